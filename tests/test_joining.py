"""What a worker does at a stage, where there is nothing to wait for."""

import socket

import pytest

from tests.small import some_rows
from tests.stages.walk import journey_on
from wizard.core.announced import Announced
from wizard.core.config import TrainingConfig
from wizard.core.decisions import Decisions
from wizard.core.errors import RunFolderError
from wizard.joining import joined
from wizard.training.roles import LOOPBACK, Role


@pytest.fixture
def journey(tmp_path):
    return journey_on(some_rows(60), tmp_path / "run", "bought")


def test_a_worker_ends_where_the_search_is_over(journey, capsys):
    with pytest.raises(SystemExit) as ended:
        joined(journey, Role("worker-1", LOOPBACK, 1), "ensemble", {}, [], Decisions())
    assert ended.value.code == 0
    assert "worker-1: the search is over" in capsys.readouterr().out
    assert not journey.folder.exists()  # it writes nothing


def test_a_worker_that_would_train_other_runs_is_refused(journey):
    with socket.socket() as chief:
        chief.bind((LOOPBACK, 0))
        chief.listen()
        port = chief.getsockname()[1]
        config = TrainingConfig(family="linear")
        other = Announced(incumbent=config, run_key="other data", metric="accuracy", ip=LOOPBACK, port=port)
        other.write(journey.folder)
        with pytest.raises(RunFolderError, match="worker-1 cannot help"):
            joined(journey, Role("worker-1", LOOPBACK, port), "explore", {}, [], Decisions())
