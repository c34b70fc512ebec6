import numpy as np
import pandas as pd
import pytest

from tests.small import some_rows
from tests.stages.explore.known import in_two_units, levelled, moved, shaded, written
from tests.stages.walk import journey_on, noise, walk

SPOTS = {  # name: (makes the inputs, target, the nuisance that was put in)
    "brightness": (lambda **told: shaded(400, **told), None, "brightness"),
    "shift": (lambda **told: moved(400, **told), None, "shift"),
    "capitals": (lambda **told: written(300, **told), None, "case"),
    "level": (lambda **told: levelled(200, **told), None, "level"),
    "unit": (in_two_units, "diagnosis", "units:mean perimeter"),
}


def found(raw, folder, target=None, **options):
    walked = walk(journey_on(raw, folder, target, **options), "explore", "imbalance", "spurious_variation")
    return walked["spurious_variation"], walked.decided["normalise"], walked.decided["vary"]


def verdicts(finding):
    return {row[0]: row[-1] for row in finding.blocks[0].rows}


def test_no_alarm_on_clean_data(explored, kind):
    finding = explored[kind]["spurious_variation"]
    assert finding.status in ("passed", "noted")
    assert finding.blocks


@pytest.mark.parametrize("kind", SPOTS)
def test_what_says_nothing_of_the_label_is_taken_out(tmp_path, kind):
    make, target, name = SPOTS[kind]
    finding, normalise, _ = found(make(seed=1), tmp_path, target)
    assert finding.status == "noted"
    assert name in normalise
    assert verdicts(finding)[name] == "take out"


@pytest.mark.parametrize("kind", SPOTS)
def test_what_goes_with_the_label_is_no_noise(tmp_path, kind):
    make, target, name = SPOTS[kind]
    finding, normalise, vary = found(make(seed=1, told=True), tmp_path, target)
    assert verdicts(finding)[name] == "shortcut candidate"
    assert name not in (*normalise, *vary)
    assert {cause.fault for cause in finding.causes} == {"D14"}
    assert "Not noise but" in finding.headline


def test_a_heavy_tail_is_no_second_unit(tmp_path):
    random = np.random.default_rng(0)
    frame = noise(400).assign(income=np.exp(random.normal(0, 2, 400)))
    finding, normalise, _ = found(frame, tmp_path, "label")
    assert "units:income" not in verdicts(finding)
    assert normalise == ("outliers:income",)


def test_an_oscillation_that_begins_anywhere_is_taken_out_or_varied(tmp_path):
    random = np.random.default_rng(0)
    t, label = np.arange(48), random.integers(0, 2, 200)
    speed, start = np.where(label, 6, 5)[:, None] / 48, random.uniform(0, 6.3, (200, 1))
    waves = np.sin(2 * np.pi * speed * t + start) + random.normal(0, 0.5, (200, 48))
    _, normalise, vary = found((waves[..., None].astype("float32"), label.astype(str)), tmp_path)
    assert "phase" in (*normalise, *vary)


def test_a_table_without_numbers_has_no_nuisances(tmp_path):
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.choice(["x", "y"], (120, 3)), columns=list("abc"))
    frame["label"] = random.choice(["no", "yes"], 120)
    finding, normalise, vary = found(frame, tmp_path, "label")
    assert (finding.status, normalise, vary) == ("passed", (), ())


def test_rows_with_gaps_and_dates(tmp_path):
    assert found(some_rows(200), tmp_path, "bought")[0].status in ("passed", "noted")
