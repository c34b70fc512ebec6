"""A sample of the drill on models and tensors: faults are caught and rightly named, their healthy twins stay quiet."""

import os
from pathlib import Path

import pytest

from tests.drills.net_drill import cases, does_harm, run
from tests.drills.net_faults import FAULTS, HEALTHY
from tests.drills.networks import MATERIALS, pipeline
from tests.drills.shards import shared_out
from tests.drills.table import lines
from wizard.stages.experiments.diagnosis import diagnose
from wizard.stages.experiments.evidence import Evidence

SAMPLE = {  # fault and the material it is put into: one of each group, cheap ones; `-m drill` has all in all
    "raw numbers into a loss of probabilities": "flat digits", "softmax on one unit": "tumours",
    "weights start at 0": "wine", "examples are mixed": "wine", "sign turned": "diabetes",
    "rate times 10,000": "tumours", "validation not standardised": "tumours", "codes from 1": "flat digits",
}  # fmt: skip
PLAIN, SLOW = ("validation not standardised",), ("weights start at 0", "sign turned")
LATER = [
    pytest.param(name, marks=pytest.mark.slow if name in SLOW else pytest.mark.long)
    for name in SAMPLE
    if name not in PLAIN
]
UNUSUAL = [("wine", "label smoothing"), ("diabetes", "heavy-tailed targets"), ("tags", "as it is")]


def named(parts, seed=0):
    """Ids of the faults that are named, the likeliest first."""
    return [one.fault for one in diagnose(Evidence(pipeline(parts, seed))) if one.level != "noted"]


@pytest.mark.filterwarnings("ignore:.*You are using a softmax over axis -1")
@pytest.mark.parametrize("name", [*PLAIN, *LATER])
def test_a_fault_is_caught_and_rightly_named(name):
    fault = next(one for one in FAULTS if one.name == name)
    assert named(fault.inject(MATERIALS[SAMPLE[name]]()))[0] in (fault.id, *fault.also)


@pytest.mark.parametrize(("material", "variant"), UNUSUAL)
def test_an_unusual_but_correct_pipeline_is_no_alarm(material, variant):
    assert named(HEALTHY[variant](MATERIALS[material]())) == []


@pytest.mark.drill
@pytest.mark.timeout(3 * 3600)
def test_all(tmp_path, capsys):
    folder = Path(os.environ.get("WIZARD_DRILL", tmp_path)) / "networks"  # kept there, a second call goes on
    shared_out("networks", folder)
    outcomes = [run(*case, folder) for case in cases()]
    pairs = {(name.partition(" ")[2], material) for name, material, _ in cases(1) if name.startswith("fault")}
    harmless = {pair for pair in pairs if not does_harm(*pair, folder)}
    with capsys.disabled():
        print("", *lines(outcomes, harmless), sep="\n")  # noqa: T201
    assert not [one.crashed for one in outcomes if one.crashed]
    healthy = [one for one in outcomes if not one.fault]
    assert len(healthy) >= 150
    assert not [one for one in healthy if any(alarm.status == "failed" for alarm in one.faulty)]
    new = [one for one in outcomes if one.fault and one.is_new and (one.fault, one.material) not in harmless]
    assert sum(one.is_caught for one in new) >= 0.97 * len(new)
    assert sum(one.place == 1 for one in new) >= 0.85 * sum(one.is_caught for one in new)
