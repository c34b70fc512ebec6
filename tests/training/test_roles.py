import sys

import pytest

from tests.small import some_rows
from wizard import Wizard
from wizard.core.errors import OptionError
from wizard.training.roles import LOOPBACK, Role, role_of, team_of

ADDRESS = {"KERASTUNER_ORACLE_IP": "10.0.0.1", "KERASTUNER_ORACLE_PORT": "8000"}


def test_keras_tuners_variables_say_who_is_chief_and_who_works():
    assert role_of({}) == Role()
    chief = role_of({**ADDRESS, "KERASTUNER_TUNER_ID": "chief"})
    worker = role_of({**ADDRESS, "KERASTUNER_TUNER_ID": "worker-3"})
    assert (chief.is_chief, chief.is_worker, worker.is_chief, worker.is_worker) == (True, False, False, True)
    assert (worker.name, worker.ip, worker.port) == ("worker-3", "10.0.0.1", 8000)


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"KERASTUNER_TUNER_ID": ""}, "no KERASTUNER_TUNER_ID"), ({"KERASTUNER_ORACLE_PORT": "x"}, "Received: 'x'"),
     ({"KERASTUNER_ORACLE_PORT": "99999"}, "number of a port")],
)  # fmt: skip
def test_half_an_address_is_refused_before_anything_begins(changed, words, tmp_path, monkeypatch):
    for name, value in {**ADDRESS, "KERASTUNER_TUNER_ID": "chief", **changed}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(OptionError, match=words):
        Wizard(some_rows(60), "bought", out=tmp_path)


def test_a_team_is_started_on_loopback_or_where_the_chief_listens():
    chief = role_of({**ADDRESS, "KERASTUNER_TUNER_ID": "chief"})
    assert team_of(None, Role()) is None
    assert team_of(1, Role()) is None
    alone, joined = team_of(3, Role()), team_of(None, chief)
    assert (alone.workers, alone.ip, alone.port) == (3, LOOPBACK, 0)
    assert alone.command[0] == sys.executable
    assert (joined.workers, joined.ip, joined.port) == (0, "10.0.0.1", 8000)
    assert team_of(2, role_of({**ADDRESS, "KERASTUNER_TUNER_ID": "worker-1"})) is None  # workers start no workers
    with pytest.raises(OptionError, match="workers must be a whole number of at least 1"):
        team_of(0, Role())


def test_a_notebook_cannot_start_its_script_again(monkeypatch):
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    with pytest.raises(OptionError, match="Received: a notebook or a prompt"):
        team_of(2, Role())
