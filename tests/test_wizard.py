import numpy as np
import pandas as pd
import pytest

from tests.small import short_recipe, some_digits, some_rows
from wizard import GateFailed, StageOrderError, Wizard
from wizard.core.config import TrainingConfig
from wizard.core.errors import ColumnError, DataError, NotAvailableError, OptionError, UnsupportedTaskError
from wizard.core.result import STAGES

LINEAR = TrainingConfig(family="linear", epochs=2, learning_rate=1e-2)
FRAME = some_rows(120)


@pytest.fixture
def short(monkeypatch):
    """Stages 2 to 5 answer at once."""
    monkeypatch.setattr("wizard.stages.stage.steps_of", short_recipe(LINEAR))


def wizard_in(folder, **options):
    return Wizard(FRAME, "bought", **{"out": folder, "name": "run", "budget": "quick"} | options)


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"budget": "soon"}, OptionError, "budget must be"),
        ({"gates": "rise"}, OptionError, "Did you mean 'raise'"),
        ({"seed": 1.5}, OptionError, "seed must be a whole number"),
        ({"seed": True}, OptionError, "seed must be a whole number"),
        ({"task": "clasification"}, OptionError, "Did you mean 'classification'"),
        ({"task": "forecasting"}, UnsupportedTaskError, "not what this library is for"),
        ({"task": "regression"}, DataError, "'yes'|'no'"),
        ({"metric": "rmse"}, OptionError, "metric must be one that binary has"),
        ({"modality": "sound"}, OptionError, "modality"),
        ({"modality": "image"}, OptionError, "agree with the data"),
        ({"target": "bougt"}, ColumnError, "Did you mean 'bought'"),
        ({"ignore": "agee"}, ColumnError, "Did you mean 'age'"),
        ({"group": "bought"}, ColumnError, "must not be the target"),
        ({"time": "city"}, DataError, "time"),
        ({"weight": "city"}, DataError, "weight"),
        ({"validation": 3}, DataError, "validation|must be"),
        ({"test": 3}, DataError, "test|must be"),
        ({"corrections": []}, OptionError, "corrections"),
        ({"model": 3}, OptionError, "must be a function build"),
        ({"model": lambda hp: 3}, OptionError, "Received: int from build"),
        ({"distribution": "mirrored"}, OptionError, "distribution must be a strategy of tf.distribute"),
        ({"version": "1"}, OptionError, "version` is for streams"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_option_is_said_before_anything_is_written(options, error, says, tmp_path):
    with pytest.raises(error, match=says):
        Wizard(FRAME, **{"target": "bought", "out": tmp_path} | options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda w: w.explore(examples=0), OptionError, "examples must be a whole number of at least 1"),
        (lambda w: w.baseline(human=0.9), StageOrderError, r"Call explore\(\) first"),
        (lambda w: w.overfit(family="mpl"), OptionError, "Did you mean 'mlp'"),
        (lambda w: w.regularize(only="dropuot"), OptionError, "Did you mean 'dropout'"),
        (lambda w: w.regularize(skip=("augmet",)), OptionError, "Did you mean 'augment'"),
        (lambda w: w.regularize(synthetic=1), DataError, "synthetic"),
        (lambda w: w.tune(trials=0), OptionError, "trials must be a whole number of at least 1"),
        (lambda w: w.tune(tuner="baysian"), OptionError, "Did you mean 'bayesian'"),
        (lambda w: w.tune(tuner=3), OptionError, "or a KerasTuner Oracle"),
        (lambda w: w.ensemble(size=0), OptionError, "size must be a whole number of at least 1"),
        (lambda w: w.ensemble(distill="yes"), OptionError, "distill must be True or False"),
        (lambda w: w.export("model.onnx"), NotAvailableError, r"\.keras"),
        (lambda w: w.label_suspects, StageOrderError, r"Call explore\(\) first"),
        (lambda w: w.share("a.html"), StageOrderError, r"Call explore\(\) first"),
        (lambda w: w.share("a.pdf"), OptionError, r"ends in \.html"),
        (lambda w: w.share("a.html", examples="all"), OptionError, "True or False"),
        (lambda w: w.eject("a.py"), StageOrderError, "no network yet"),
        (lambda w: w.eject("a.txt"), OptionError, "end its name in .py"),
        (lambda w: w.baseline(), StageOrderError, r"Call explore\(\) first"),
        (lambda w: w.tune(), StageOrderError, r"Call explore\(\) first"),
        (lambda w: w.predict(FRAME), StageOrderError, r"no network yet. Call explore\(\)"),
        (lambda w: w.evaluate(), StageOrderError, "no network yet"),
        (lambda w: w.export("model.keras"), StageOrderError, "no network yet"),
    ],
)
def test_a_wrong_call_says_what_to_do_instead(call, error, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=says):
        call(wizard_in(tmp_path))


def test_probabilities_are_for_classes_only(tmp_path):
    with pytest.raises(OptionError, match=r"for regression call predict\(\)"):
        Wizard(pd.DataFrame({"x": range(60), "y": np.arange(60) / 7}), "y", out=tmp_path).predict_proba([[1]])


def test_a_journey_leaves_pages_results_and_a_predictor(short, tmp_path):
    wizard = wizard_in(tmp_path).run()
    folder = tmp_path / "run"
    assert list(wizard.results) == list(STAGES)
    assert wizard.report == folder / "index.html"
    for number, stage in enumerate(STAGES, start=1):
        page = (folder / f"{number}-{stage}" / "report.html").read_text()
        assert wizard.results[stage].verdict.split("'")[0] in page
        assert f"{number}-{stage}/report.html" in wizard.report.read_text()
    assert (folder / "predictor" / "model.keras").is_file()
    assert len(wizard.findings) == sum(len(result.findings) for result in wizard.results.values())
    assert wizard.decisions.members
    assert wizard.predict(FRAME).shape == (120,)
    assert set(wizard.evaluate(FRAME)) == set(wizard.evaluate()) >= {"accuracy", "log_loss"}
    assert "ensemble" in repr(wizard)
    assert "report.html" in wizard._repr_html_()

    again = wizard_in(tmp_path).run()
    assert {k: v.key for k, v in again.results.items()} == {k: v.key for k, v in wizard.results.items()}
    assert again._journey.trainer.n_trained == 0


@pytest.mark.slow
def test_more_examples_to_look_at_drop_later_pages_but_retrain_nothing(short, tmp_path, capsys):
    wizard = wizard_in(tmp_path).explore().baseline().overfit()
    wizard.predict(FRAME)
    keys = {stage: result.key for stage, result in wizard.results.items()}
    trained = wizard._journey.trainer.n_trained
    wizard.explore(examples=50)
    assert list(wizard.results) == ["explore"]
    assert "baseline, overfit are dropped" in capsys.readouterr().out
    assert not (tmp_path / "run" / "2-baseline").exists()
    with pytest.raises(StageOrderError):
        wizard.predict(FRAME)
    wizard.baseline().overfit().predict(FRAME)
    assert wizard.results["explore"].key != keys["explore"]
    assert wizard.results["overfit"].key == keys["overfit"]
    assert wizard._journey.trainer.n_trained == trained


def test_calling_a_stage_again_with_the_same_options_drops_nothing(short, tmp_path):
    wizard = wizard_in(tmp_path).explore().baseline().explore()
    assert list(wizard.results) == ["explore", "baseline"]


def test_a_failed_gate_says_what_was_measured_and_expected_and_where_the_page_is(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        "wizard.stages.stage.steps_of", short_recipe(LINEAR, failing=("loss_at_init", "final_layer_init"))
    )
    wizard = wizard_in(tmp_path).explore()
    with pytest.raises(GateFailed) as caught:
        wizard.baseline()
    said = str(caught.value)
    page = tmp_path / "run" / "2-baseline" / "report.html"
    for words in ("loss_at_init answered.", "measured 1.25, expected 0.5 nats", "likely: Something is wired wrongly.",
                  "Look at it.", str(page), "gates='warn'"):  # fmt: skip
        assert words in said
    assert [finding.step for finding in caught.value.findings] == ["loss_at_init"]  # the other is no gate
    assert caught.value.report == str(page)
    assert page.is_file()

    lenient = wizard_in(tmp_path, gates="warn").explore().baseline().overfit()
    assert "loss_at_init answered." in capsys.readouterr().out
    assert list(lenient.results) == ["explore", "baseline", "overfit"]


@pytest.mark.slow
def test_a_copy_goes_its_own_way(short, tmp_path):
    wizard = wizard_in(tmp_path).explore().baseline()
    twin = wizard.copy("twin")
    assert list(twin.results) == ["explore", "baseline"]
    assert (tmp_path / "twin" / "index.html").is_file()
    twin.explore(examples=7)
    assert list(wizard.results) == ["explore", "baseline"]
    assert (tmp_path / "run" / "2-baseline").is_dir()
    with pytest.raises(OptionError, match="needs a new name"):
        wizard.copy("twin")


@pytest.mark.slow
def test_two_wizards_share_a_folder_in_one_process(short, tmp_path):
    one, two = wizard_in(tmp_path).explore(), wizard_in(tmp_path).explore()
    one.baseline()
    two.baseline().overfit()
    assert one.results["baseline"].key == two.results["baseline"].key
    assert one.overfit().results["overfit"].key == two.results["overfit"].key


@pytest.mark.slow
def test_the_same_name_for_other_data_does_not_mix_them(short, tmp_path):
    wizard_in(tmp_path).explore()
    x, y = some_digits(60)
    other = Wizard((x, y), out=tmp_path, name="run", budget="quick").explore()
    assert other.results["explore"].dataset.modality == "image"
    assert wizard_in(tmp_path).explore().results["explore"].dataset.modality == "table"
