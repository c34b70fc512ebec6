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
