"""One thread an operation, where data are small."""

import os
import sys

import numpy as np
import pytest

from tests.small import fresh
from wizard.core.threads import SMALL_EXAMPLE, SMALL_ROWS, VARIABLE, suit

SMALL, LARGE = np.zeros((20, 8, 8, 1), "uint8"), np.zeros((20, 64, 64, 1), "uint8")
IN_A_PROCESS = """
import os, sys
import numpy as np
from wizard import Wizard

numbers = np.arange(40, dtype="uint8")
Wizard((np.zeros((40, 8, 8), "uint8") + numbers[:, None, None], numbers % 2), out=sys.argv[1])
from wizard.core.backend import tf

tf.function(lambda x, w: tf.nn.conv2d(x, w, 1, "SAME"))(tf.ones((32, 8, 8, 4)), tf.ones((3, 3, 4, 8)))
print(len(os.listdir("/proc/self/task")))
"""


@pytest.fixture
def alone(monkeypatch):
    """A process of several cores in which nothing loaded TensorFlow and nothing is set."""
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.delenv(VARIABLE)


def test_small_data_ask_for_one_thread_once_and_say_so(alone, capsys):
    suit(SMALL)
    assert os.environ[VARIABLE] == "1"
    assert "one thread an operation, as the data are small" in capsys.readouterr().out
    suit(SMALL)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "examples",
    [LARGE, np.zeros((SMALL_ROWS + 1, 2)), [np.str_("a" * (SMALL_EXAMPLE + 1))], [{"a": 1.0}] * (SMALL_ROWS + 1)],
    ids=["pictures", "rows", "texts", "cells"],
)
def test_larger_data_change_nothing(alone, examples, capsys):
    suit(examples)
    assert VARIABLE not in os.environ
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("examples", [["a few words"] * 9, [{"a": 1.0, "b": ""}] * 9], ids=["texts", "cells"])
def test_texts_and_rows_count_as_well(alone, examples):
    suit(examples)
    assert os.environ[VARIABLE] == "1"


def test_what_is_set_or_loaded_stays(alone, monkeypatch, capsys):
    monkeypatch.setenv(VARIABLE, "3")
    suit(SMALL)
    assert os.environ[VARIABLE] == "3"
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setitem(sys.modules, "tensorflow", object())
    suit(SMALL)
    assert VARIABLE not in os.environ
    assert capsys.readouterr().out == ""


def test_larger_data_that_come_later_are_told_where_they_go_faster(alone, capsys):
    suit(SMALL)
    capsys.readouterr()
    suit(LARGE)
    assert f"one of 4 threads here ({VARIABLE}=1), which suits small data" in capsys.readouterr().out


def test_one_core_needs_no_words(alone, monkeypatch, capsys):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    suit(SMALL)
    assert VARIABLE not in os.environ
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(not os.path.isdir("/proc/self/task") or (os.cpu_count() or 1) < 2, reason="needs Linux, two cores")
def test_tensorflow_keeps_to_it(tmp_path):
    given = {name: value for name, value in os.environ.items() if name != VARIABLE}
    own = int(fresh(IN_A_PROCESS, tmp_path / "own", env=given).splitlines()[-1])
    three = int(fresh(IN_A_PROCESS, tmp_path / "three", env={**given, VARIABLE: "3"}).splitlines()[-1])
    assert three - own == 2
