from tests.stages.regularize.started import MLP, is_a_sound_trial, tried


def test_a_larger_one_is_stopped_where_its_validation_loss_is_lowest(journeys):
    finding, _ = tried(journeys["classes"], "larger_model", MLP.but(epochs=20, learning_rate=1e-2))
    assert is_a_sound_trial(finding)
    assert "width 128 · depth 2" in finding.headline
    assert "stopped after epoch" in finding.headline


def test_a_network_far_too_small_becomes_larger(journeys):
    config = MLP.but(hp={"width": 1, "depth": 1}, epochs=12)
    finding, decided = tried(journeys["pictures"], "larger_model", config)
    assert finding.status == "passed"
    assert decided["incumbent"].hp == {"width": 32, "depth": 1}


def test_the_largest_has_none_above(journeys):
    finding, _ = tried(journeys["classes"], "larger_model", MLP.but(family="linear", hp={}))
    assert finding.headline.startswith("The network is the largest")
