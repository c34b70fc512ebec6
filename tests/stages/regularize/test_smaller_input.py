import json

import numpy as np
import pandas as pd
import pytest

from tests.stages.regularize.started import MLP, is_a_sound_trial, tried
from tests.stages.walk import journey_on


def with_noise(n=240):
    """Two columns that tell the label, and sixty that do not."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(n, 62)), columns=[f"c{i}" for i in range(62)])
    return frame.assign(label=np.where(frame["c0"] + frame["c1"] > 0, "yes", "no"))


SPARE = tuple(f"c{i}" for i in range(2, 62))


@pytest.mark.slow
def test_columns_of_noise_are_dropped(tmp_path):
    journey = journey_on(with_noise(), tmp_path, "label")
    finding, decided = tried(journey, "smaller_input", MLP.but(epochs=20), spare=SPARE, smallest_input=None)
    assert finding.status == "passed"
    assert json.loads(decided["incumbent"].inputs["leave_out"]) == sorted(SPARE)


def test_a_smaller_picture_is_tried(journeys):
    smaller = {"height": 4, "width": 4}
    finding, _ = tried(journeys["pictures"], "smaller_input", spare=(), smallest_input=smaller)
    assert is_a_sound_trial(finding)
    assert "4 × 4 pixels" in finding.headline


def test_nothing_is_tried_where_explore_found_none(journeys):
    for smallest in (None, {"height": 8, "width": 8}, {"height": 64, "width": 64}):
        finding, _ = tried(journeys["pictures"], "smaller_input", spare=(), smallest_input=smallest)
        assert finding.headline.startswith("Explore found no smaller input")


def at_many_levels(n=160):
    """Series told by a bump, at levels that are anything and far larger."""
    random = np.random.default_rng(0)
    y = random.integers(0, 2, n)
    bump = np.where(y, 1.0, -1.0)[:, None] * np.hanning(16)
    x = bump + 40 * random.normal(size=(n, 1)) + 0.1 * random.normal(size=(n, 16))
    return x[..., None].astype("float32"), np.array(["down", "up"])[y]


def test_a_level_that_tells_nothing_is_taken_out(tmp_path):
    journey = journey_on(at_many_levels(), tmp_path)
    finding, decided = tried(journey, "smaller_input", MLP.but(epochs=20), spare=(), normalise=("level", "phase"))
    assert finding.status == "passed", finding.headline
    assert finding.headline.startswith("Inputs without their own level: ")
    assert decided["incumbent"].inputs["even"] == "level"


def test_nothing_is_taken_out_of_texts_and_rows_as_their_preparation_does(journeys):
    finding, _ = tried(journeys["classes"], "smaller_input", spare=(), normalise=("tail:mean area",))
    assert finding.headline.startswith("Explore found no smaller input")
