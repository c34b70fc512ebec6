"""A sample of the drill on later stages: faults are caught and rightly named, their healthy twins stay quiet."""

import os
from pathlib import Path

import pytest

from tests.drills.late import FAULTS, cases, forget, healthy, run
from tests.drills.materials import OWN
from tests.drills.shards import shared_out
from tests.drills.table import lines


@pytest.mark.parametrize("group", ["E", pytest.param("A", marks=pytest.mark.long)])
def test_faults_of_the_later_stages_are_named_and_their_twins_silent(group, tmp_path):
    iris = next(material for material in OWN if material.name == "iris")
    for fault in (one for one in FAULTS if one.id.startswith(group)):
        outcome = run(fault, iris, 0, tmp_path)
        assert not outcome.crashed
        assert outcome.is_caught, outcome
        assert outcome.place == 1, outcome
        assert outcome.twin == (), outcome


@pytest.mark.drill
@pytest.mark.timeout(3 * 3600)
def test_all(tmp_path, capsys):
    folder = Path(os.environ.get("WIZARD_DRILL", tmp_path)) / "late"  # kept there, a second call goes on
    shared_out("late", folder)
    outcomes = [run(*case, folder) for case in cases(2)]
    forget(folder)
    with capsys.disabled():
        print("", *lines([*outcomes, *healthy(outcomes)], set()), sep="\n")  # noqa: T201
    assert not [one.crashed for one in outcomes if one.crashed]
    assert not [one for one in healthy(outcomes) if any(alarm.status == "failed" for alarm in one.faulty)]
    new = [one for one in outcomes if one.is_new]
    assert sum(one.is_caught for one in new) >= 0.97 * len(new)
    assert sum(one.place == 1 for one in new) >= 0.85 * sum(one.is_caught for one in new)
