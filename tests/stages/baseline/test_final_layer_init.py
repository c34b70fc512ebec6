import numpy as np
import pytest

from tests.stages.walk import diabetes, journey_on, noise, walk


def bias(frame, folder):
    return walk(journey_on(frame, folder, "label"), "baseline", "final_layer_init")["final_layer_init"]


def test_silent_on_clean_data(based, kind):
    assert based[kind]["final_layer_init"].status in ("passed", "noted")


@pytest.mark.parametrize("kind", ["pictures"])
def test_even_classes_have_nothing_to_gain(based, kind):
    finding = based[kind]["final_layer_init"]
    assert finding.status == "noted"
    assert finding.measured < 0.01


def test_uneven_classes_gain_what_the_bias_knows(tmp_path):
    frame = noise(600)
    frame["label"] = np.where(np.arange(600) % 20 == 0, "rare", "usual")
    finding = bias(frame, tmp_path)
    assert finding.status == "passed"
    assert 0.2 < finding.measured < np.log(2)


def test_amounts_are_standardised(tmp_path):
    frame = diabetes().rename(columns={"progression": "label"})
    finding = bias(frame.assign(label=frame["label"] + 1e6), tmp_path)
    assert finding.status == "passed"
    assert finding.measured == pytest.approx((1e6 / frame["label"].std()) ** 2, rel=0.1)
    assert "e+" not in finding.headline


def test_the_axis_counts_the_steps_that_were_made(tmp_path):
    finding = bias(noise(80), tmp_path)
    line = finding.blocks[0].lines[0]
    assert line.x[0] == 2.0  # 48 rows of a fold in batches of 32
    assert finding.blocks[0].title == "The first 20 steps"
