def test_the_file_agrees_with_what_was_measured(joined):
    finding = joined["hand_over"]
    assert finding.status == "passed"
    assert finding.measured <= 1e-6
    key = joined.decided["predictor"]
    assert (joined.context.trainer.store.path("predictor", key) / "model.keras").is_file()


def test_a_file_that_disagrees_fails(joined, monkeypatch):
    from tests.stages.walk import Walked

    module = "wizard.stages.ensemble.hand_over.predict_raw"
    from wizard.export.predictor import predict_raw

    monkeypatch.setattr(module, lambda *given: predict_raw(*given)[::-1])
    finding = Walked(joined.context, ("hand_over",), joined.decided)["hand_over"]
    assert finding.status == "failed"
    assert finding.stops
