from tests.stages.ensemble.started import SHORT, step_of


def test_many_wrong_labels_forbid_it(small):
    finding, walked = step_of(small, "leave_training", {"label_noise": 0.3})
    assert finding.status == "skipped"
    assert "30%" in finding.headline
    assert "incumbent" not in (set(walked.decided) - {"incumbent"})


def test_what_was_stopped_too_early_is_left_training_and_offered(small):
    early = SHORT.but(epochs=2, learning_rate=1e-3)
    given = {"incumbent": early, "candidates": (early,), "members": ((early, 1.0),)}
    finding, walked = step_of(small, "leave_training", given)
    kept = walked.decided["incumbent"]
    assert finding.status == "passed", finding.headline
    assert (kept.epochs, kept.average) == (6, 0.25)
    assert walked.decided["members"] != ((early, 1.0),)


def test_what_does_not_gain_changes_nothing(small):
    long = SHORT.but(epochs=24)
    finding, walked = step_of(small, "leave_training", {"incumbent": long, "members": ((long, 1.0),)})
    assert finding.status == "noted"
    assert walked.decided["incumbent"] == long
    assert walked.decided["members"] == ((long, 1.0),)
