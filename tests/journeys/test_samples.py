"""Each sample walks through all six stages."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import textwrap

import numpy as np

from tests.journeys.compare import STAGES, timeless
from tests.journeys.journey import raw, walk, without_teachers


def test_every_step_of_every_stage_appears_exactly_once(journey):
    _, _, folder = journey
    for stage in STAGES:
        result = json.loads((folder / stage / "result.json").read_bytes())
        steps = importlib.import_module(f"wizard.stages.{stage[2:]}").STEPS
        assert [finding["step"] for finding in result["findings"]] == list(steps)
        for finding in result["findings"]:
            assert {"step", "title", "status", "headline", "measured", "expected", "causes", "advice"} <= set(finding)
            assert finding["status"] != "crashed", finding["headline"]


def test_no_gate_fails_on_clean_data(journey):
    _, wizard, _ = journey
    assert [finding.step for finding in wizard.findings if finding.status == "failed"] == []


def test_only_what_does_not_apply_is_skipped(journey):
    name, wizard, _ = journey
    skipped = {finding.step for finding in wizard.findings if finding.status == "skipped"}
    expected = {"weight_decay", "pretrain", "class_weights"}  # left out on request; no weights; even classes or none
    expected |= without_teachers(wizard)
    assert skipped == (expected if name == "digits" else expected | {"augment", "position"})


def test_the_network_beats_guessing_on_the_test_set(journey):
    _, wizard, _ = journey
    bars = wizard.results["ensemble"].finding("test_once").blocks[0]
    scores = dict(zip(bars.labels, bars.values, strict=True))
    guess, best = scores[bars.labels[0]], scores["ensemble"]
    assert best > guess if wizard.results["explore"].dataset.task != "regression" else best < guess


def test_running_again_computes_nothing(journey, monkeypatch):
    name, _, folder = journey
    before = timeless(folder)
    monkeypatch.setattr("wizard.training.trainer.Trainer._train", _must_not_run)
    monkeypatch.setattr("wizard.journey.run_stage", _must_not_run)
    again = walk(name, folder.parent)
    assert timeless(folder) == before
    assert list(again.results) == [stage[2:] for stage in STAGES]


def test_the_predictor_answers_the_same_in_a_fresh_process(journey, tmp_path):
    name, wizard, folder = journey
    (data, target), regression = raw(name, 60), name == "regression"
    inputs = data[0] if target is None else data.drop(columns=[target])
    expected = wizard.predict(inputs) if regression else wizard.predict_proba(inputs)
    script = """
        import sys, numpy as np, keras, wizard
        from tests.journeys.journey import raw
        name, path, out = sys.argv[1:]
        data, target = raw(name, 60)
        model = keras.saving.load_model(path)
        if target is None:
            batch = {"image": data[0]}
        else:
            batch = {c: data[c].to_numpy("float64") for c in data.columns if c in model.input}
        answers = model.predict(batch, verbose=0)
        np.save(out, answers["prediction" if name == "regression" else "probabilities"])
    """
    file, out = folder / "predictor" / "model.keras", tmp_path / "answers.npy"
    if name == "regression":  # a column of words is given as words, see the doors' tests; diabetes has numbers only
        assert all(column.kind == "number" for column in wizard._journey.dataset.columns)
    subprocess.run([sys.executable, "-c", textwrap.dedent(script), name, str(file), str(out)], check=True)
    scale = np.abs(expected).max() if regression else 1.0
    assert np.abs(np.load(out) - expected).max() <= (1e-5 if regression else 1e-6) * scale


def _must_not_run(*_, **__):
    raise AssertionError("something was computed again")
