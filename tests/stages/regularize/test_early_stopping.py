from tests.stages.regularize.started import MLP, is_a_sound_trial, tried


def test_an_epoch_is_named(regularized):
    finding = regularized["early_stopping"]
    assert finding.status in ("passed", "noted")
    assert "epoch" in finding.headline


def test_the_incumbent_is_the_last_one_kept(regularized):
    config = regularized.decided["incumbent"]
    kept = [name for name in ("dropout", "weight_decay") if regularized[name].status == "passed"]
    assert all(getattr(config, name) > 0 for name in kept)
    assert regularized.decided["stage_configs"]["regularize"] == config
    assert regularized["augment"].status == "skipped"


def test_nothing_is_trained_for_a_stop_that_no_score_would_show(journeys):
    finding, decided = tried(journeys["classes"], "early_stopping", MLP.but(epochs=30, schedule="cosine"))
    assert finding.headline.endswith("there is nothing to stop early.")
    assert decided["incumbent"].stop_after is None


def test_a_run_that_has_overfitted_is_stopped(journeys):
    config = MLP.but(epochs=40, learning_rate=2e-2, hp={"width": 128, "depth": 2})
    finding, _ = tried(journeys["classes"], "early_stopping", config)
    assert is_a_sound_trial(finding)
    assert finding.headline.startswith("Stopping after epoch")
