from tests.stages.regularize.started import is_a_sound_trial, tried


def test_kept_only_beyond_the_noise(journeys):
    assert is_a_sound_trial(tried(journeys["classes"], "label_smoothing")[0])


def test_several_labels_can_be_smoothed(journeys):
    assert is_a_sound_trial(tried(journeys["labels"], "label_smoothing", metric="label_f1")[0])


def test_numbers_cannot(journeys):
    finding, _ = tried(journeys["amounts"], "label_smoothing", metric="rmse")
    assert finding.status == "noted"
    assert finding.headline.startswith("Nothing to smooth")
