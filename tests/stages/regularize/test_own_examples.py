import numpy as np
import pytest

from tests.small import some_series
from tests.stages.regularize.started import MLP, given
from tests.stages.walk import digits, journey_on, tumours, walk
from wizard.core.errors import OptionError

FITTED = MLP.but(epochs=30)  # a network that recognises what it was trained on


def grainy(picture, random):
    return np.clip(picture + random.normal(0, 10, picture.shape), 0, 255).astype("uint8")


def upside_down(picture, random):
    return picture[::-1, ::-1].copy()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return journey_on(digits(240), tmp_path_factory.mktemp("own"))


def tried(journey, synthetic):
    key = journey.use_synthetic(synthetic)
    return walk(journey, "regularize", "creative_augment", given=given(FITTED), skip=[], synthetic=key)[
        "creative_augment"
    ]


def test_a_sound_function_is_an_experiment_like_any_other(pictures):
    finding = tried(pictures, grainy)
    assert finding.status in ("passed", "noted")
    assert finding.blocks[0].rows[0][0].endswith("made by your function")
    assert finding.blocks[1].title == "Before and after your function"
    assert finding.causes == ()


@pytest.mark.parametrize(
    ("function", "fault"), [(upside_down, "A01"), (lambda picture, random: picture, "A05")], ids=["A01", "A05"]
)
def test_a_faulty_function_is_named(pictures, function, fault):
    finding = tried(pictures, function)
    assert finding.status == "warned"
    assert fault in [cause.fault for cause in finding.causes]
    assert finding.advice


@pytest.mark.slow
def test_numbers_out_of_range_are_named(tmp_path):
    journey = journey_on(some_series(120), tmp_path)
    finding = tried(journey, lambda series, random: 100 * series)
    assert "A03" in [cause.fault for cause in finding.causes]


def test_pictures_in_another_scale_are_refused_at_the_door(tmp_path):
    x, y = digits(60)
    journey = journey_on((x / np.float32(255), y), tmp_path)
    with pytest.raises(OptionError, match="must have one scale"):
        journey.use_synthetic(lambda picture, random: picture * 255)


@pytest.mark.slow
def test_rows_of_ones_own_are_added_to_a_table(tmp_path):
    frame = tumours(320)
    journey = journey_on(frame.head(240), tmp_path, "diagnosis")
    finding = tried(journey, frame.tail(80))
    assert finding.status in ("passed", "noted")
    assert finding.blocks[0].rows[0][0] == "80 examples of your own"
