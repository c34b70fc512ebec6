"""Predictions for files, by what lies in the predictor's folder alone."""

import os

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.export.predictors import LINEAR, made
from tests.small import as_rows, dataset_of, some_rows, some_series, trainer_for
from wizard.cli import main
from wizard.core.errors import ColumnError, DataError, OptionError
from wizard.data.reading import read_examples
from wizard.export.known import FILE, Known
from wizard.export.predicting import predict_file
from wizard.export.predictor import Member, answers_of, build_predictor


@pytest.fixture(scope="module")
def handed(tmp_path_factory):
    """Folders of predictors by kind, as hand_over writes them, with what made them."""
    place = tmp_path_factory.mktemp("handed")
    found = {}
    for kind in ("table", "pictures", "texts", "amounts", "labels"):
        one = made(kind, place)
        folder = place / kind / "predictor"
        folder.mkdir()
        one.model.save(folder / "model.keras")
        (folder / FILE).write_text(one.known.model_dump_json())
        found[kind] = (place / kind, one)
    return found


def test_a_table_row_by_row_in_order_none_dropped(handed, tmp_path):
    run, one = handed["table"]
    rows = some_rows(40, seed=1)
    rows.loc[3] = None
    rows.loc[4, "city"] = "Atlantis"
    rows.drop(columns="bought").to_csv(tmp_path / "new.csv", index=False)
    assert main(["predict", str(run), str(tmp_path / "new.csv"), "--out", str(tmp_path / "out.csv")]) == 0
    found = pd.read_csv(tmp_path / "out.csv")
    assert found["row"].tolist() == list(range(1, 41))
    new = read_examples(rows.drop(columns="bought"), one.known.dataset())
    expected = answers_of(one.model, one.preparation, new, one.task)
    assert found["probability of yes"].to_numpy() == pytest.approx(expected["probabilities"][:, 1], abs=1e-6)
    assert found["prediction"].tolist() == expected["label"].tolist()


def test_a_folder_of_pictures_by_their_names(handed, tmp_path):
    run, one = handed["pictures"]
    for number in range(3):
        Image.fromarray(one.dataset.examples[number][:, :, 0]).save(tmp_path / f"{number} a.png")
    assert predict_file(run, tmp_path, tmp_path / "out.csv") == 3
    found = pd.read_csv(tmp_path / "out.csv")
    assert found["file"].tolist() == ["0 a.png", "1 a.png", "2 a.png"]
    expected = answers_of(one.model, one.preparation, one.dataset.examples.take(np.arange(3)), one.task)
    assert found.iloc[:, 2:].to_numpy() == pytest.approx(expected["probabilities"], abs=1e-6)


def test_a_folder_of_texts(handed, tmp_path):
    run, _ = handed["texts"]
    for name, text in (("a", "soup and bread"), ("b", "sail and tide")):
        (tmp_path / f"{name}.txt").write_text(text)
    predict_file(run, tmp_path, tmp_path / "out.csv")
    found = pd.read_csv(tmp_path / "out.csv")
    assert found["file"].tolist() == ["a.txt", "b.txt"]
    assert found[["probability of food", "probability of sea"]].sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-5)


def test_amounts_with_their_intervals_and_labels_in_one_cell(handed, tmp_path):
    run, _ = handed["amounts"]
    pd.DataFrame({"area": [50.0, 70.0]}).to_csv(tmp_path / "new.csv", index=False)
    predict_file(run, tmp_path / "new.csv", tmp_path / "out.csv")
    found = pd.read_csv(tmp_path / "out.csv")
    assert (found["high of price"] - found["low of price"]).to_numpy() == pytest.approx(1e5)
    assert len(found) == 2
    run, one = handed["labels"]
    pd.DataFrame(one.dataset.examples.frame).to_csv(tmp_path / "new.csv", index=False)
    predict_file(run, tmp_path / "new.csv", tmp_path / "labels.csv")
    found = pd.read_csv(tmp_path / "labels.csv", keep_default_na=False)
    chances = found.iloc[:, 2:].to_numpy()
    named = [len([name for name in one.split("; ") if name]) for one in found["prediction"]]
    assert named == (chances >= 0.4).sum(1).tolist()


def test_series_of_a_table_by_their_names(tmp_path):
    table = as_rows(*some_series(60))
    dataset = dataset_of(table, "label", modality="series", group="run", time="ms")
    trainer = trainer_for(dataset, tmp_path)
    run = trainer.train(LINEAR)
    model = build_predictor([Member(run.config, trainer.prepared(run.config), trainer.weights(run), 1.0)], trainer.task)
    model.save(tmp_path / "model.keras")
    (tmp_path / FILE).write_text(Known.of(dataset, trainer.task, None).model_dump_json())
    table[table["run"].isin(["r7", "r3"])].drop(columns="label").to_csv(tmp_path / "new.csv", index=False)
    predict_file(tmp_path, tmp_path / "new.csv", tmp_path / "out.csv")
    assert pd.read_csv(tmp_path / "out.csv")["run"].tolist() == ["r3", "r7"]


def test_a_missing_column_is_one_clear_error_and_nothing_is_written(handed, tmp_path, capsys):
    run, _ = handed["table"]
    some_rows(5).drop(columns=["city", "bought"]).to_csv(tmp_path / "new.csv", index=False)
    with pytest.raises(ColumnError, match="'city'"):
        predict_file(run, tmp_path / "new.csv", tmp_path / "out.csv")
    assert main(["predict", str(run), str(tmp_path / "new.csv"), "--out", str(tmp_path / "out.csv")]) == 2
    assert "'city'" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.csv"]


def test_a_broken_picture_is_named(handed, tmp_path):
    run, _ = handed["pictures"]
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"broken\.png"):
        predict_file(run, tmp_path, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_file_is_replaced_only_by_force(handed, tmp_path):
    run, _ = handed["amounts"]
    pd.DataFrame({"area": [50.0]}).to_csv(tmp_path / "new.csv", index=False)
    (tmp_path / "out.csv").write_text("mine")
    with pytest.raises(OptionError, match="--force"):
        predict_file(run, tmp_path / "new.csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "mine"
    predict_file(run, tmp_path / "new.csv", tmp_path / "out.csv", may_replace=True)
    assert len(pd.read_csv(tmp_path / "out.csv")) == 1
    with pytest.raises(OptionError, match="another name"):
        predict_file(run, tmp_path / "new.csv", tmp_path / "new.csv", may_replace=True)


def test_only_a_file_is_replaced_and_a_link_stays_one(handed, tmp_path):
    run, _ = handed["amounts"]
    pd.DataFrame({"area": [50.0]}).to_csv(tmp_path / "new.csv", index=False)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "to pipe").symlink_to("pipe")
    for name, says in (("pipe", "a pipe"), ("to pipe", "a pipe"), ("folder", "a folder"), ("loop", "loop")):
        with pytest.raises(OptionError, match=f"must be a file.*{says}"):
            predict_file(run, tmp_path / "new.csv", tmp_path / name, may_replace=True)
    assert (tmp_path / "pipe").is_fifo()
    (tmp_path / "real.csv").write_text("mine")
    for name, aim in (("link.csv", "real.csv"), ("early.csv", "to come.csv")):
        (tmp_path / name).symlink_to(aim)
        predict_file(run, tmp_path / "new.csv", tmp_path / name, may_replace=True)
        assert (tmp_path / name).is_symlink()
        assert len(pd.read_csv(tmp_path / aim)) == 1


@pytest.mark.parametrize("given", [("-", "out.csv"), ("new.csv", "-")])
def test_streams_are_refused_in_a_sentence(given, handed, capsys):
    assert main(["predict", str(handed["amounts"][0]), given[0], "--out", given[1]]) == 2
    assert "must be files. Received: -, a stream" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["run", "data"])
def test_what_is_not_there_is_named(what, handed, tmp_path):
    run, _ = handed["table"]
    given = {"run": tmp_path if what == "run" else run, "data": tmp_path / "none.csv" if what == "data" else tmp_path}
    with pytest.raises(OptionError, match=r"none\.csv|predictor/model\.keras"):
        predict_file(given["run"], given["data"], tmp_path / "out.csv")
