import gc

import pytest

from tests.small import some_rows
from tests.stages.walk import journey_on
from wizard import journey as journeys
from wizard.core.collector import sparing
from wizard.core.decisions import Decisions


@pytest.fixture(autouse=True)
def _thawed():
    """As memory is for a user: the tests' own set-up freezes it."""
    gc.unfreeze()
    yield
    gc.freeze()


def test_memory_is_passed_over_while_it_lasts():
    with sparing():
        assert gc.get_freeze_count() > 10_000
    assert gc.get_freeze_count() == 0


def test_memory_is_gone_over_again_after_an_error():
    with pytest.raises(ZeroDivisionError), sparing():
        raise ZeroDivisionError
    assert gc.get_freeze_count() == 0


def test_what_somebody_froze_stays_frozen():
    gc.freeze()
    with sparing():
        pass
    assert gc.get_freeze_count() > 10_000


def test_what_came_while_it_lasted_is_collected():
    with sparing():
        for _ in range(3):
            ring = []
            ring.append(ring)
            del ring
        assert gc.collect() >= 3


def test_a_stage_runs_while_memory_is_passed_over(tmp_path, monkeypatch):
    found = []

    def run_stage(context, key, about):
        found.append(gc.get_freeze_count())
        raise KeyboardInterrupt

    monkeypatch.setattr(journeys, "run_stage", run_stage)
    with pytest.raises(KeyboardInterrupt):
        journey_on(some_rows(60), tmp_path, "bought").run("explore", {}, [], Decisions())
    assert found[0] > 10_000
    assert gc.get_freeze_count() == 0
