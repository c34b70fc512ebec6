import gc

import pytest

from wizard.core.collector import sparing


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
