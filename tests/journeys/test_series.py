"""Series walk through all six stages, once with classes and once with amounts."""

import json
import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest

from tests.journeys.journey import without_teachers
from tests.small import ROOT, as_rows, some_series
from wizard import Wizard
from wizard.core.budget import EFFORTS
from wizard.core.result import STAGES
from wizard.stages.regularize import STEPS

SERIES, LABELS = some_series(90, steps=(16, 20))
AMOUNTS = np.array([np.nanmean(one[:, 0]) * 10 + np.nanstd(one[:, 1]) for one in SERIES])
SKIPPED = tuple(name for name in STEPS if name not in ("augment", "creative_augment", "first_layer"))
TOO_FEW = ("drift", "label_noise")  # 14 held-out rows and 62 to train on

pytestmark = pytest.mark.slow  # a journey


def walked(wizard):
    return wizard.explore(examples=20).baseline().overfit().regularize(skip=SKIPPED).tune(trials=1).ensemble()


@pytest.fixture(scope="module", autouse=True)
def _tiny():
    """The smallest effort: every step runs, none for long."""
    quick = EFFORTS["quick"]
    EFFORTS["quick"] = replace(quick, epochs=0.2, rungs=1, trials=1, steps=60)
    yield
    EFFORTS["quick"] = quick


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs")
    options = {"modality": "series", "group": "run", "time": "ms"}
    return walked(Wizard(as_rows(SERIES, LABELS), "label", budget="quick", out=out, gates="warn", **options))


@pytest.fixture(scope="module")
def amounts(tmp_path_factory):
    return walked(Wizard((SERIES, AMOUNTS), budget="quick", out=tmp_path_factory.mktemp("runs"), gates="warn"))


@pytest.mark.parametrize("kind", ["classes", pytest.param("amounts", marks=pytest.mark.long)])
def test_every_stage_ends_without_failure_and_skips_only_what_it_must(kind, request):
    wizard = request.getfixturevalue(kind)
    assert list(wizard.results) == list(STAGES)
    statuses = {finding.step: finding.status for finding in wizard.findings}
    assert {name for name, status in statuses.items() if status in ("failed", "crashed")} == set()
    skipped = {name for name, status in statuses.items() if status == "skipped"}
    assert skipped == {*SKIPPED, *TOO_FEW, *without_teachers(wizard)}


@pytest.mark.parametrize("kind", ["classes", pytest.param("amounts", marks=pytest.mark.long)])
def test_pages_are_whole_and_small(kind, request):
    folder = request.getfixturevalue(kind).report.parent
    pages = list(folder.glob("*/report.html"))
    assert len(pages) == 6
    assert all(page.stat().st_size < 8e6 for page in pages)
    assert (folder / "1-explore" / "report.html").read_text().count("<path d=") >= 40
    augmented = json.loads((folder / "4-regularize" / "result.json").read_bytes())["findings"][1]["blocks"][-1]
    captions = {item["caption"] for item in augmented["items"]}
    assert {"as it is", "strength 0.5"} <= captions <= {"as it is", "strength 0.5", "strength 1"}
    assert all(item["curves"] for item in augmented["items"])


def test_classes_are_learnt_and_new_rows_predicted(classes):
    new, labels = some_series(20, seed=5, steps=(16, 20))
    assert (classes.predict(as_rows(new, labels)) == labels).mean() > 0.8
    assert classes.evaluate(as_rows(new, labels))["accuracy"] > 0.8


@pytest.mark.long
def test_amounts_are_predicted_better_than_by_their_mean(amounts):
    new, _ = some_series(30, seed=5, steps=(16, 20))
    truth = np.array([np.nanmean(one[:, 0]) * 10 + np.nanstd(one[:, 1]) for one in new])
    assert np.abs(amounts.predict(new) - truth).mean() < np.abs(AMOUNTS.mean() - truth).mean()


def test_the_predictor_answers_the_same_in_a_fresh_process(classes, tmp_path):
    new, _ = some_series(4, seed=6, steps=(20, 20))
    rows = as_rows(new, ["fast"] * 4)
    batch = np.stack([np.where(np.isnan(one).any(1, keepdims=True), np.nan, one) for one in new]).astype("float32")
    expected = classes.predict_proba(rows)
    np.save(tmp_path / "x.npy", batch)
    code = (
        "import sys, numpy as np, keras, wizard; model, x, out = sys.argv[1:]\n"
        "np.save(out, keras.saving.load_model(model).predict({'series': np.load(x)}, verbose=0)['probabilities'])"
    )
    model = classes.export(tmp_path / "model.keras")
    paths = [str(model), str(tmp_path / "x.npy"), str(tmp_path / "y.npy")]
    subprocess.run([sys.executable, "-c", code, *paths], check=True, cwd=ROOT)
    assert np.load(tmp_path / "y.npy") == pytest.approx(expected, abs=1e-6)
    assert keras.saving.load_model(model).input["series"].shape == (None, None, 2)
