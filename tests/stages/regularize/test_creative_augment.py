import pytest

from tests.small import some_series, some_texts
from tests.stages.regularize.started import MLP, is_a_sound_trial, tried
from tests.stages.walk import journey_on

SMALL = MLP.but(epochs=3)


@pytest.mark.parametrize(("kind", "metric"), [("classes", "accuracy"), ("amounts", "rmse")])
def test_rows_of_tables_are_disturbed(journeys, kind, metric):
    finding, _ = tried(journeys[kind], "creative_augment", SMALL, metric)
    assert is_a_sound_trial(finding)
    assert finding.headline.startswith("Noise and swapped cells")


def test_pictures_get_shades_and_holes(journeys):
    finding, _ = tried(journeys["pictures"], "creative_augment", SMALL)
    assert is_a_sound_trial(finding)
    before, after = finding.blocks[-1].items[:2]
    assert before.asset != after.asset


def test_words_are_lost_and_swapped(tmp_path):
    finding, _ = tried(journey_on(some_texts(160), tmp_path), "creative_augment", SMALL)
    assert is_a_sound_trial(finding)
    items = finding.blocks[-1].items
    assert any(a.text != b.text for a, b in zip(items[::2], items[1::2], strict=True))
    assert all(set(b.text.split()) <= set(a.text.split()) for a, b in zip(items[::2], items[1::2], strict=True))


def test_series_are_warped(tmp_path):
    finding, _ = tried(journey_on(some_series(120), tmp_path), "creative_augment", SMALL)
    assert is_a_sound_trial(finding)
    before, after = finding.blocks[-1].items[:2]
    assert before.curves[0].y != after.curves[0].y
