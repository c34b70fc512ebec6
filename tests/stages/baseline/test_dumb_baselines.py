import numpy as np
import pandas as pd
import pytest

from tests.stages.walk import journey_on, noise, tumours, walk
from wizard.stages.baseline.dumb_baselines import predict
from wizard.training.probes import dumb_baselines as fits
from wizard.training.probes import flat


def judged(frame, folder, target="label", metric="accuracy", **options):
    journey = journey_on(frame, folder, target, **options)
    return walk(journey, "baseline", "dumb_baselines", given={"metric": metric})


def test_noted_on_clean_data(based, kind):
    finding = based[kind]["dumb_baselines"]
    assert finding.status == "noted"
    assert based[kind].decided["signal"] is True
    assert finding.headline.startswith("To beat: ")


def test_labels_that_have_nothing_to_do_with_the_inputs_are_warned_of(tmp_path):
    walked = judged(noise(), tmp_path)
    assert walked["dumb_baselines"].status == "warned"
    assert walked.decided["signal"] is False


def test_shuffled_labels_are_warned_of_and_do_not_fail(tmp_path):
    frame = tumours()
    frame["diagnosis"] = np.random.default_rng(0).permutation(frame["diagnosis"])
    walked = judged(frame, tmp_path, "diagnosis")
    assert walked["dumb_baselines"].status == "warned"
    assert "there may be no usable signal" in walked["dumb_baselines"].headline


def test_a_signal_that_does_not_move_the_majority_is_still_one(tmp_path):
    random = np.random.default_rng(0)
    frame = noise(900)
    frame["label"] = np.where(random.random(900) < 0.25 + 0.1 * np.tanh(2 * frame["a"]), "rare", "usual")
    walked = judged(frame, tmp_path)
    assert walked["dumb_baselines"].status == "noted"
    assert walked.decided["signal"] is True


def test_amounts_without_signal_are_warned_of(tmp_path):
    frame = noise().assign(label=np.random.default_rng(1).normal(size=300))
    assert judged(frame, tmp_path, metric="rmse").decided["signal"] is False


def test_a_column_that_is_the_target_in_words_is_named(tmp_path):
    frame = noise()
    frame["alive"] = np.where(frame["label"] == "yes", "y", "n")
    finding = judged(frame, tmp_path)["dumb_baselines"]
    assert finding.status == "warned"
    assert finding.headline.startswith("Column 'alive' alone tells the target almost perfectly")


def test_every_prediction_is_by_a_model_that_did_not_see_the_row(journeys, based):
    context = based["classes"].context
    out = predict(context, "nearest neighbours")
    rows = context.deciding_rows
    for fold, (train, held) in enumerate(context.split.folds):
        prepared = context.prepared(context.decisions.skeleton.but(fold=fold))
        assert not set(train) & set(held)
        fit = fits(context.task, 0)["nearest neighbours"]
        alone = fit(flat(prepared, train), context.y(train), None)(flat(prepared, held))
        assert np.array_equal(out[np.searchsorted(rows, held)], alone)


def test_a_class_that_some_folds_do_not_have(tmp_path):
    frame = noise(90)
    frame["label"] = ["once"] + ["no", "yes"] * 44 + ["yes"]
    finding = judged(frame, tmp_path)["dumb_baselines"]
    assert finding.status in ("noted", "warned")


@pytest.mark.parametrize("n", [8, 30])
def test_very_few_rows(tmp_path, n):
    frame = pd.DataFrame({"x": np.arange(n), "label": ["no", "yes"] * (n // 2)})
    assert judged(frame, tmp_path)["dumb_baselines"].status in ("noted", "warned")
