import numpy as np

from tests.stages.explore.known import curves, large_digits, striped, told_at, two_of_twenty
from tests.stages.walk import digits, journey_on, noise, walk
from wizard.stages.reductions import image


def found(raw, folder, target=None):
    walked = walk(journey_on(raw, folder, target), "explore", "imbalance", "downsampling")
    return walked["downsampling"], walked.decided.get("smallest_input")


def test_no_alarm_on_clean_data(explored, kind):
    finding = explored[kind]["downsampling"]
    assert finding.status == "noted"
    assert len(finding.blocks) == 3


def test_digits_survive_a_quarter_of_their_pixels(tmp_path):
    x, y = large_digits(500)
    finding, smallest = found((x.astype("uint8"), y), tmp_path)
    assert smallest == {"height": 8, "width": 8}
    assert finding.headline.startswith("8 × 8 pixels tell as much as 32 × 32 pixels")


def test_fine_stripes_do_not(tmp_path):
    finding, smallest = found(striped(300), tmp_path)
    assert smallest == {"height": 32, "width": 32}
    assert finding.headline.startswith("Smaller inputs tell less")


def test_texts_told_at_the_start_may_be_cut(tmp_path):
    finding, smallest = found(told_at(200, "start", 80), tmp_path)
    assert (finding.status, smallest) == ("noted", {"length": 10})


def test_texts_told_at_the_end_may_not(tmp_path):
    finding, smallest = found(told_at(200, "end", 80), tmp_path)
    assert (finding.status, smallest) == ("noted", {"length": 80})


def test_texts_that_networks_would_not_read_to_the_telling_end_are_warned_of(tmp_path):
    finding, _ = found(told_at(150, "end", 320), tmp_path)
    assert finding.status == "warned"
    assert [cause.fault for cause in finding.causes] == ["P08"]
    assert "100% of the texts are longer than the 256 tokens" in finding.headline


def test_long_texts_that_tell_at_the_start_are_no_alarm(tmp_path):
    finding, _ = found(told_at(150, "start", 320), tmp_path)
    assert finding.status == "noted"
    assert not finding.causes


def test_a_trend_survives_slow_sampling(tmp_path):
    assert found(curves(300, "trend"), tmp_path)[1] == {"length": 8}


def test_a_fast_oscillation_does_not(tmp_path):
    assert found(curves(300, "fast"), tmp_path)[1] == {"length": 64}


def test_two_columns_of_twenty_tell_all(tmp_path):
    finding, smallest = found(two_of_twenty(500), tmp_path, "label")
    assert smallest is None
    assert finding.headline.startswith("The best 2 of 20 columns tell as much as all 20 columns")
    left_out = finding.blocks[1].rows[-1][-1].split(", ")
    assert len(left_out) == 18
    assert not {"c7", "c13"} & set(left_out)


def test_nothing_is_claimed_where_there_is_no_signal(tmp_path):
    finding, smallest = found(noise(300), tmp_path, "label")
    assert (finding.status, smallest) == ("noted", None)
    assert "no better than chance" in finding.headline


def test_one_step_is_as_small_as_can_be(tmp_path):
    random = np.random.default_rng(0)
    y = random.integers(0, 2, 200)
    steps = (y + random.normal(0, 0.1, 200))[:, None, None].astype("float32")
    assert found((steps, y.astype(str)), tmp_path)[0].headline.startswith("Inputs of 1 step are as small as can be.")


def test_pictures_are_described_alike_however_many_at_a_time(monkeypatch):
    x, _ = digits(50)
    pictures = x[..., None].astype("float32")
    at_once = image.texture_and_pixels(pictures)
    monkeypatch.setattr(image, "AT_ONCE", 7)
    assert (image.texture_and_pixels(pictures) == at_once).all()
