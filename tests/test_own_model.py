"""Models and scripts of the user's own go through explore and baseline."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_wine

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


def test_a_model_of_ones_own_passes_every_gate(tmp_path):
    wizard = Wizard(wine(), model=build(), out=tmp_path, name="own").explore(examples=20).baseline()
    result = wizard.results["baseline"]
    assert not result.failed_gates
    assert result.finding("overfit_one_batch").headline.startswith("8 examples can be learnt by heart")
    with pytest.raises(NotAvailableError, match="explore\\(\\) and baseline\\(\\)"):
        wizard.overfit()
    again = Wizard(wine(), model=build(), out=tmp_path, name="own").explore(examples=20).baseline()
    assert again.results["baseline"].key == result.key
    other = Wizard(wine(), model=build(None), out=tmp_path, name="own", gates="warn").explore(examples=20).baseline()
    assert other.results["baseline"].key != result.key
    first = other.results["baseline"].failed_gates[0]
    assert (first.step, first.causes[0].fault, first.causes[0].tested) == ("loss_at_init", "M01", True)
    assert "taken as logits" in first.headline


def test_a_closed_gate_is_raised_with_its_cause(tmp_path):
    x, y = wine()
    frame = pd.DataFrame(x).assign(kind=y)
    with pytest.raises(GateFailed, match="takes the outputs for probabilities"):
        Wizard(frame, "kind", model=build(None), out=tmp_path).explore(examples=20).baseline()


@pytest.mark.parametrize(
    ("dataset", "options", "error", "says"),
    [
        ("data.csv", {}, DataError, "must be what your model is fitted to"),
        (wine(), {"group": np.arange(178)}, OptionError, "do not apply"),
        (pd.DataFrame({"a": [1.0] * 60, "b": ["x", "y"] * 30}), {}, OptionError, "target= must name"),
        (pd.DataFrame({"a": ["u"] * 60, "b": [0, 1] * 30}), {"target": "b"}, DataError, "takes numbers"),
    ],
    ids=["path", "group", "no target", "words"],
)
def test_what_cannot_be_judged_is_said(dataset, options, error, says, tmp_path):
    with pytest.raises(error, match=says):
        Wizard(dataset, model=build(), out=tmp_path, **options)


def check(script, folder, *arguments):
    return main(["check", "--out", str(folder), str(SCRIPTS / script), *arguments])


def test_a_healthy_script_passes(tmp_path, capsys):
    assert check("wine_argparse.py", tmp_path, "--epochs", "3") == 0
    assert "passes every gate" in capsys.readouterr().out


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
