import os
from pathlib import Path

import pytest

from tests.drills.drill import FAULTS, Case, cases, run
from tests.drills.faults import Fault
from tests.drills.kill import does_harm
from tests.drills.materials import OWN
from tests.drills.shards import shared_out
from tests.drills.table import lines, share

BY_NAME = {material.name: material for material in OWN}
SAMPLE = (("D04", "wine"), ("L04", "iris"), ("S05", "wine"))  # one of each group, on the smallest materials


def first(fault_id: str) -> Fault:
    return next(fault for fault in FAULTS if fault.id == fault_id)


@pytest.mark.parametrize(
    ("fault_id", "name"), [SAMPLE[0], *(pytest.param(*one, marks=pytest.mark.long) for one in SAMPLE[1:])]
)
def test_a_fault_is_caught_and_named_and_its_twin_is_silent(fault_id, name, tmp_path):
    outcome = run(Case(first(fault_id), BY_NAME[name], 0), tmp_path)
    assert not outcome.crashed
    assert outcome.is_caught, outcome
    assert 1 <= outcome.place <= 3, outcome


def test_nothing_fails_in_healthy_data(tmp_path):
    outcome = run(Case(None, BY_NAME["wine"], 0), tmp_path)
    assert not outcome.crashed
    assert [alarm for alarm in outcome.faulty if alarm.status in ("warned", "failed")] == []


def test_shares_have_wilsons_interval():
    assert share(58, 60) == "0.97 (58 of 60, 0.89 to 0.99)"


@pytest.mark.drill
@pytest.mark.timeout(3 * 3600)
def test_all(tmp_path, capsys):
    folder = Path(os.environ.get("WIZARD_DRILL", tmp_path))  # kept there, a second call goes on where the first stopped
    shared_out("explore", folder)
    outcomes = [run(case, folder) for case in cases()]
    pairs = {(case.fault, case.material) for case in cases(1) if case.fault}
    harmless = {(f"{fault.id} {fault.name}", material.name) for fault, material in pairs
                if not does_harm(fault, material, folder / "kill")}  # fmt: skip
    with capsys.disabled():
        print("", *lines(outcomes, harmless), sep="\n")  # noqa: T201
    assert not [one.crashed for one in outcomes if one.crashed]
    assert not [one for one in outcomes if not one.fault and any(a.status == "failed" for a in one.faulty)]
    new = [one for one in outcomes if one.fault and one.is_new and (one.fault, one.material) not in harmless]
    assert sum(one.is_caught for one in new) >= 0.97 * len(new)
