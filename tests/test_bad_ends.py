"""What a user meets who brings a folder that cannot be: one sentence with the way out, and nothing lost."""

import json

import pytest

from tests.journeys.stopping import quick_stages
from tests.small import some_rows
from wizard import Wizard
from wizard.cli import main
from wizard.core.config import TrainingConfig
from wizard.core.errors import OptionError, RunFolderError
from wizard.core.store import Store

LINEAR = TrainingConfig(family="linear", epochs=2, learning_rate=1e-2)
FRAME = some_rows(120)


def wizard_in(out):
    return Wizard(FRAME, "bought", budget="quick", out=out, name="run", gates="warn")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A journey whose middle stages answered at once."""
    out = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wizard.stages.stage.steps_of", quick_stages(LINEAR))
        wizard_in(out).run()
        yield out / "run"


def test_out_must_be_no_file(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OptionError, match="out must be a folder"):
        wizard_in(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_of_another_version_is_refused_before_anything_is_done(tmp_path):
    (tmp_path / "run" / "store").mkdir(parents=True)
    (tmp_path / "run" / "store" / "format").write_text("0")
    with pytest.raises(RunFolderError, match="another version"):
        wizard_in(tmp_path)


def test_results_and_runs_that_are_cut_short_are_made_again(finished, monkeypatch, capsys):
    """As a power cut can leave them: every kind of file in turn, the pages' views as well."""
    before = {path: path.read_bytes() for path in finished.glob("*/result.json")}
    wizard = wizard_in(finished.parent).run()
    run = wizard.results["ensemble"].runs[0]
    for path in (
        Store(finished).path("stages", wizard.results["baseline"].key) / "result.json",
        Store(finished).path("training", run) / "weights.npz",
        Store(finished).path("predictor", wizard.decisions.model_dump()["predictor"]) / "model.keras",
        finished / "2-baseline" / "result.json",
    ):
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
    capsys.readouterr()
    wizard_in(finished.parent).run()
    said = capsys.readouterr().out.replace("\n", " ")
    assert said.count("is moved to") == 3
    assert len(list((finished / "store" / "damaged").iterdir())) == 3
    assert "Traceback" not in said
    after = {path: path.read_bytes() for path in finished.glob("*/result.json")}
    assert [without_seconds(content) for content in after.values()] == [without_seconds(before[path]) for path in after]
    assert wizard_in(finished.parent).run().predict(FRAME).shape == (120,)


def without_seconds(content):
    return {name: value for name, value in json.loads(content).items() if name in ("verdict", "decided", "runs", "key")}


def test_a_view_that_cannot_be_read_ends_the_report_with_a_sentence(finished, capsys):
    view = finished / "3-overfit" / "result.json"
    content = view.read_bytes()
    try:
        for broken in (b"", content[:100], b'{"stage": "overfit", "of": "another version"}'):
            view.write_bytes(broken)
            assert main(["report", str(finished)]) == 2
            error = capsys.readouterr().err
            assert "3-overfit/result.json cannot be read" in error
            assert error.count("\n") == 1
    finally:
        view.write_bytes(content)


def test_a_predictor_that_is_cut_short_ends_a_prediction_with_a_sentence(finished, tmp_path, capsys):
    FRAME.drop(columns="bought").to_csv(tmp_path / "new.csv", index=False)
    (tmp_path / "predictor").mkdir()
    for name in ("model.keras", "input.json"):
        content = (finished / "predictor" / name).read_bytes()
        for other in ("model.keras", "input.json"):
            (tmp_path / "predictor" / other).write_bytes((finished / "predictor" / other).read_bytes())
        (tmp_path / "predictor" / name).write_bytes(content[: len(content) // 2])
        assert main(["predict", str(tmp_path), str(tmp_path / "new.csv"), "--out", str(tmp_path / "out.csv")]) == 2
        error = capsys.readouterr().err
        assert f"{name} cannot be read" in error
        assert error.count("\n") == 1
        assert not (tmp_path / "out.csv").exists()
