"""Models and scripts of the user's own go through explore and baseline."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_wine

from tests.training.own_models import amounts, declared, plain
from wizard import GateFailed, Wizard
from wizard.cli import main
from wizard.core.errors import DataError, NotAvailableError, OptionError

SCRIPTS = Path(__file__).parent / "scripts"


def wine():
    """Standardised rows and codes of three classes, shuffled."""
    both = load_wine()
    order = np.random.default_rng(0).permutation(178)
    x = (both.data - both.data.mean(0)) / both.data.std(0)
    return x[order].astype("float32"), both.target[order]


def build(last="softmax"):
    """build(hp) of a small net, as KerasTuner has it."""

    def own(hp):
        import keras

        model = keras.Sequential([
            keras.Input((13,)), keras.layers.Dense(hp.Int("width", 16, 64, default=32), "relu"),
            keras.layers.Dense(3, last),
        ])  # fmt: skip
        model.compile("adam", "sparse_categorical_crossentropy")
        return model

    return own


@pytest.mark.long
def test_a_model_of_ones_own_passes_every_gate(tmp_path):
    wizard = Wizard(wine(), model=build(), out=tmp_path, name="own").explore(examples=20).baseline()
    result = wizard.results["baseline"]
    assert not result.failed_gates
    assert result.finding("overfit_one_batch").headline.startswith("8 examples can be learnt by heart")
    again = Wizard(wine(), model=build(), out=tmp_path, name="own").explore(examples=20).baseline()
    assert again.results["baseline"].key == result.key
    other = Wizard(wine(), model=build(None), out=tmp_path, name="own", gates="warn").explore(examples=20).baseline()
    assert other.results["baseline"].key != result.key
    first = other.results["baseline"].failed_gates[0]
    assert (first.step, first.causes[0].fault, first.causes[0].tested) == ("loss_at_init", "M01", True)
    assert "taken as logits" in first.headline


@pytest.mark.slow
def test_a_closed_gate_is_raised_with_its_cause(tmp_path):
    x, y = wine()
    frame = pd.DataFrame(x).assign(kind=y)
    with pytest.raises(GateFailed, match="takes the outputs for probabilities"):
        Wizard(frame, "kind", model=build(None), out=tmp_path).explore(examples=20).baseline()


def test_a_script_is_judged_but_not_trained_again(tmp_path):
    from wizard.training.capture import capture

    wizard = Wizard(capture(SCRIPTS / "wine_argparse.py", ["--epochs", "3"]), out=tmp_path)
    with pytest.raises(NotAvailableError, match="pass the function that builds it"):
        wizard.overfit()


@pytest.mark.parametrize("where", ["y", "validation"])
def test_rows_that_are_left_out_take_their_tensors_with_them(where, tmp_path):
    x, y = wine()
    y = y.astype("float64") * 10.5  # amounts
    held = (x[:40].copy(), y[:40].copy())
    x, y = x[40:].copy(), y[40:].copy()
    (y if where == "y" else held[1])[3] = np.nan

    def amount(hp):
        import keras

        model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(1)])
        model.compile("adam", "mse")
        return model

    journey = Wizard((x, y), model=amount, validation=held, task="regression", out=tmp_path)._journey
    own, dataset = journey.own, journey.dataset
    assert len(dataset) == 177
    assert np.allclose(own.y, dataset.labels)
    frame = dataset.examples.frame.to_numpy("float64")
    assert np.allclose(own.tensors.x, frame)
    assert np.isin(journey.split.validation, np.flatnonzero(dataset.part == 1)).all()


@pytest.mark.long
def test_a_model_of_ones_own_goes_all_the_way(tmp_path):
    wizard = Wizard(wine(), model=declared, out=tmp_path, name="own", budget="quick").run()
    assert not [finding for finding in wizard.findings if finding.status in ("crashed", "failed")]
    tried = wizard.results["regularize"].finding("dropout")
    assert tried.status in ("noted", "passed")
    x, y = wine()
    assert wizard.evaluate(x, y)["accuracy"] > 0.95
    assert set(wizard.predict(x[:20])) <= {"0", "1", "2"}
    import keras

    folder = tmp_path / "own" / "predictor"
    answers = keras.saving.load_model(folder / "model.keras", compile=False)({"x": x[:20]})
    assert np.allclose(answers["probabilities"], wizard.predict_proba(x[:20]), atol=1e-6)
    single = keras.saving.load_model(folder / "network_1.keras")
    assert single.predict(x[:20], verbose=0).shape == (20, 3)
    assert "nothing is prepared inside" in (folder / "model_card.md").read_text()
    wizard.export(tmp_path / "mine.keras")
    with pytest.raises(NotAvailableError, match="no script"):
        wizard.eject(tmp_path / "train.py")
    with pytest.raises(OptionError, match=r"Received: 'dropouts'\..*'dropout'"):
        wizard.tune(space={"dropouts": [0.1, 0.2]})
    with pytest.raises(OptionError, match="Received: 'label_smoothing'"):
        wizard.tune(space={"label_smoothing": [0.1, 0.2]})
    again = Wizard(wine(), model=declared, out=tmp_path, name="own", budget="quick").run()
    assert again._journey.trainer.n_trained == 0
    assert [r.key for r in again.results.values()] == [r.key for r in wizard.results.values()]


@pytest.mark.long
def test_amounts_go_all_the_way_with_a_loss_of_ones_own(tmp_path):
    wizard = Wizard(amounts(), model=plain, out=tmp_path, name="own", budget="quick", gates="warn").run()
    assert not [finding for finding in wizard.findings if finding.status == "crashed"]
    x, y = amounts()
    assert wizard.evaluate(x, y)["r2"] > 0.8
    assert wizard.predict(x[:4]).shape == (4,)
    assert wizard.results["ensemble"].finding("calibrate").unit == "percent of targets inside"
    assert wizard.results["ensemble"].finding("hand_over").status == "passed"


@pytest.mark.parametrize(
    ("dataset", "options", "error", "says"),
    [
        ("data.csv", {}, DataError, "must be what your model is fitted to"),
        (wine(), {"group": np.arange(178)}, OptionError, "do not apply"),
        (wine(), {"corrections": "labels.csv"}, OptionError, "put labels right in y"),
        (pd.DataFrame({"a": [1.0] * 60, "b": ["x", "y"] * 30}), {}, OptionError, "target= must name"),
        (pd.DataFrame({"a": ["u"] * 60, "b": [0, 1] * 30}), {"target": "b"}, DataError, "takes numbers"),
    ],
    ids=["path", "group", "corrections", "no target", "words"],
)
def test_what_cannot_be_judged_is_said(dataset, options, error, says, tmp_path):
    with pytest.raises(error, match=says):
        Wizard(dataset, model=build(), out=tmp_path, **options)


def check(script, folder, *arguments):
    return main(["check", "--out", str(folder), str(SCRIPTS / script), *arguments])


@pytest.mark.slow
def test_a_healthy_script_passes(tmp_path, capsys):
    assert check("wine_argparse.py", tmp_path, "--epochs", "3") == 0
    assert "passes every gate" in capsys.readouterr().out


@pytest.mark.slow
def test_a_broken_script_fails_with_the_name_of_its_bug(tmp_path, capsys):
    assert check("digits_logits.py", tmp_path) == 1
    said = capsys.readouterr().out
    assert "takes the outputs for probabilities" in " ".join(said.split())
    assert (tmp_path / "check digits_logits" / "2-baseline" / "report.html").is_file()


@pytest.mark.long
@pytest.mark.parametrize(
    ("script", "code"),
    [("digits_sequential.py", 0), ("digits_functional_tfdata.py", 0), ("digits_pydataset.py", 0),
     ("digits_subclass_frozen.py", 1), ("two_inputs_unscaled.py", 1), ("digits_sorted_validation.py", 1)],
)  # fmt: skip
def test_every_script_is_judged_rightly(script, code, tmp_path):
    assert check(script, tmp_path) == code


def test_a_script_that_breaks_by_itself_says_where(tmp_path, capsys):
    script = tmp_path / "train.py"
    script.write_text("import numpy as np\n\nx = np.zeros(3)\nx[7]\n")
    assert main(["check", "--out", str(tmp_path / "runs"), str(script)]) == 2
    assert "line 4" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()
