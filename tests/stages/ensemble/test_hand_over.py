import numpy as np

from tests.small import temporary_folders
from tests.stages.ensemble.started import SHORT
from tests.stages.walk import Walked
from wizard.core.calibration import Calibration
from wizard.core.run import TrainingRun
from wizard.export.known import read_known
from wizard.export.predictor import load_predictor, predict_raw
from wizard.stages.ensemble.hand_over import _trained_on


def folder_of(walked):
    return walked.context.trainer.store.path("predictor", walked.decided["predictor"])


def test_the_files_agree_with_what_was_measured(joined):
    finding = joined["hand_over"]
    assert finding.status == "passed"
    assert finding.measured <= 1e-6
    made = {path.name for path in folder_of(joined).iterdir()}
    assert {"model.keras", "saved_model", "input.json"} <= made


def test_the_page_tells_size_and_time_of_both_files(joined):
    table = joined["hand_over"].blocks[0]
    assert [column.name for column in table.columns] == ["what", "predictor/model.keras", "predictor/saved_model"]
    told = {row[0]: row[1:] for row in table.rows}
    assert all(value.endswith(" MB") for value in told["size"])
    assert all(value.endswith(" ms") for value in told["time for one example"])
    assert any(what.startswith("time for a batch of") for what in told)


def test_a_calibration_is_inside_and_the_files_are_held_to_it(joined):
    calibration = Calibration(temperature=3.0, threshold=0.7)
    given = {name: value for name, value in joined.decided.items() if name != "predictor"}
    walked = Walked(joined.context, ("hand_over",), {**given, "calibration": calibration})
    assert walked["hand_over"].status == "passed"
    place, known = read_known(folder_of(walked))
    assert known.calibration == calibration
    examples = joined.context.examples(joined.context.split.validation)
    preparation, task = known.preparation(), known.task
    calm, plain = (
        predict_raw(load_predictor(folder / "model.keras"), preparation, examples, task)
        for folder in (place, folder_of(joined))
    )
    told = plain.min(1) > 1e-9  # nearer to 0, what float32 holds is not the odds
    odds, calmer = (np.log(p[told, 1] / p[told, 0]) for p in (plain, calm))
    own = joined.decided["calibration"].temperature  # the stage's own is inside the other file
    np.testing.assert_allclose(3 * calmer, own * odds, rtol=1e-3, atol=1e-3)


def test_nothing_is_made_outside_the_run_folder(joined, monkeypatch):
    made = temporary_folders(monkeypatch)
    given = {name: value for name, value in joined.decided.items() if name != "predictor"}
    Walked(joined.context, ("hand_over",), {**given, "calibration": Calibration(temperature=2.5)})
    assert made  # Keras's
    assert all(path.is_relative_to(joined.context.trainer.store.folder) for path in made)


def test_a_file_that_disagrees_fails(joined, monkeypatch):
    module = "wizard.stages.ensemble.hand_over.predict_raw"
    monkeypatch.setattr(module, lambda *given: predict_raw(*given)[::-1])
    finding = Walked(joined.context, ("hand_over",), joined.decided)["hand_over"]
    assert finding.status == "failed"
    assert finding.stops


def test_rows_that_networks_were_trained_on_are_those_of_each():
    runs = [(TrainingRun(key="", config=SHORT, n_train=n), 0.5) for n in (1_400, 1_700)]
    assert _trained_on(runs) == "1,400 to 1,700"
    assert _trained_on(runs[:1]) == "1,400"
