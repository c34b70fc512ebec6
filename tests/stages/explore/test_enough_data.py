import numpy as np
import pandas as pd
import pytest

from tests.small import some_series
from tests.stages.explore.known import cells, curves, slipped, told_at
from tests.stages.walk import diabetes, digits, journey_on, noise, walk


def found(raw, folder, target=None, **options):
    walked = walk(journey_on(raw, folder, target, **options), "explore", "imbalance", "enough_data")
    return walked["enough_data"], walked.decided["is_learnable"]


def test_no_alarm_on_clean_data(explored, kind):
    finding = explored[kind]["enough_data"]
    assert finding.status == "noted"
    assert explored[kind].decided["is_learnable"] is True
    assert "training rows" in finding.headline


@pytest.mark.parametrize("raw", [some_series(120), told_at(200, "start", 20)], ids=["series", "texts"])
def test_no_alarm_on_clean_series_and_texts(tmp_path, raw):
    finding, is_learnable = found(raw, tmp_path)
    assert (finding.status, is_learnable) == ("noted", True)


def test_inputs_that_say_nothing_are_warned_of(tmp_path):
    finding, is_learnable = found(noise(400), tmp_path, "label")
    assert (finding.status, is_learnable) == ("warned", False)
    assert [cause.fault for cause in finding.causes] == ["L03"]
    assert finding.headline.startswith("There is no usable signal")


def test_shuffled_labels_are_no_signal(tmp_path):
    frame = diabetes()
    frame["progression"] = frame["progression"].sample(frac=1, random_state=0).to_numpy()
    assert found(frame, tmp_path, "progression")[1] is False


def rows_with_slipped_labels():
    frame = cells().sample(frac=1, random_state=0).reset_index(drop=True)
    return frame.assign(diagnosis=slipped(frame["diagnosis"].to_numpy(), 250))


def amounts_with_slipped_labels():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(500, 4)), columns=list("abcd"))
    y = (2 * frame["a"] + frame["b"]).to_numpy() + np.random.default_rng(1).normal(0, 0.5, 500)
    return frame.assign(y=slipped(y, 250))


SLIPPED = {  # name: (inputs, target, rows from which labels are another row's)
    "pictures": (lambda: (digits(600)[0], slipped(digits(600)[1], 240)), None, 240),
    "rows": (rows_with_slipped_labels, "diagnosis", 250),
    "amounts": (amounts_with_slipped_labels, "y", 250),
    "texts": (lambda: (told_at(600, "start", 8)[0], slipped(told_at(600, "start", 8)[1], 300)), None, 300),
    "series": (lambda: (curves(300, "trend")[0], slipped(curves(300, "trend")[1], 150)), None, 150),
}


@pytest.mark.parametrize("kind", SLIPPED)
def test_labels_that_slipped_by_a_row_fail(tmp_path, kind):
    make, target, start = SLIPPED[kind]
    finding, _ = found(make(), tmp_path, target)
    assert finding.status == "failed"
    assert [cause.fault for cause in finding.causes] == ["L04"]
    assert "1 row further down" in finding.headline
    named = int(finding.headline.split("row ")[1].split(" ")[0].replace(",", ""))
    assert abs(named - start) <= 40


def test_labels_that_slipped_by_two_rows_the_other_way(tmp_path):
    x, y = digits(600)
    finding, _ = found((x, slipped(y, 300, by=-2)), tmp_path)
    assert "2 rows further up" in finding.headline


def test_rows_sorted_by_class_are_no_slip(tmp_path):
    x, y = digits(600)
    order = np.argsort(y, kind="stable")
    assert found((x[order], y[order]), tmp_path)[0].status == "noted"


def drifting(n=600, seed=0):
    """Rows in time: the label follows a slow season and a trend, and what one column says of it wears off."""
    random = np.random.default_rng(seed)
    t = np.arange(n)
    season = np.sin(t / 30) + t / n
    y = season + random.normal(0, 0.3, n)
    fading = y * (t < n / 2) + random.normal(0, 0.3, n)
    late = np.concatenate([np.zeros(3), y[:-3]]) + random.normal(0, 0.5, n)
    return pd.DataFrame({"a": fading, "b": random.normal(size=n), "late": late, "day": t, "y": y})


@pytest.mark.parametrize("seed", [0, 1])
def test_drift_over_time_is_no_slip(tmp_path, seed):
    assert found(drifting(seed=seed), tmp_path, "y")[0].status == "noted"
    assert found(drifting(seed=seed), tmp_path / "time", "y", time="day")[0].status != "failed"
