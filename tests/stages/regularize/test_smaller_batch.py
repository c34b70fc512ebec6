from tests.stages.regularize.started import MLP, is_a_sound_trial, tried


def test_half_the_batch_is_tried(journeys):
    finding, _ = tried(journeys["amounts"], "smaller_batch", metric="rmse")
    assert is_a_sound_trial(finding)
    assert "batches of 16 instead of 32" in finding.headline.lower()


def test_a_batch_that_is_far_too_large_is_made_smaller(journeys):
    config = MLP.but(batch=256, learning_rate=1e-3)
    finding, decided = tried(journeys["amounts"], "smaller_batch", config, metric="rmse")
    assert finding.status == "passed"
    assert decided["incumbent"].batch == 128
    assert decided["stage_configs"]["regularize"].batch == 128


def test_small_ones_stay_as_they_are(journeys):
    finding, _ = tried(journeys["amounts"], "smaller_batch", MLP.but(batch=6), metric="rmse")
    assert finding.headline.startswith("Batches of 6 are as small")
