import json

import numpy as np
import pandas as pd

from tests.stages.regularize.started import MLP, is_a_sound_trial, tried
from tests.stages.walk import journey_on


def with_noise(n=240):
    """Two columns that tell the label, and sixty that do not."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(n, 62)), columns=[f"c{i}" for i in range(62)])
    return frame.assign(label=np.where(frame["c0"] + frame["c1"] > 0, "yes", "no"))


SPARE = tuple(f"c{i}" for i in range(2, 62))


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
