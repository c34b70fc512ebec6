import errno

import numpy as np
import pytest

from tests.mounting import mounted
from tests.small import temporary_folders
from wizard.core.disk import is_full, writing
from wizard.core.errors import RunFolderError
from wizard.core.store import PARTIAL, Store, write_file
from wizard.handed import Handed

LARGE = np.zeros(100_000)  # 800 KB


def left_over(folder):
    return [str(path) for path in folder.rglob(f"{PARTIAL}*")]


def save(folder):
    np.savez(folder / "weights.npz", LARGE)


@pytest.fixture
def disk(tmp_path):
    with mounted(tmp_path / "disk", 400) as mount:
        yield mount


def test_a_full_disk_costs_one_sentence_and_nothing_of_what_is_stored(disk):
    store = Store(disk.place / "run")
    store.write("training", "small", lambda folder: (folder / "note").write_text("one"))
    with pytest.raises(RunFolderError, match=r"Could not write to .*/run: there is no space left\. Free some space"):
        store.write("training", "large", save)
    assert store.keys("training") == ("small",)
    assert not left_over(disk.place)
    disk.grow(4000)
    store.write("training", "large", save)
    assert store.keys("training") == ("large", "small")


def test_a_file_that_does_not_fit_leaves_the_old_one_as_it_was(disk):
    path = disk.place / "page.html"
    write_file(path, b"old")
    with pytest.raises(RunFolderError, match=r"page\.html: there is no space left"):
        write_file(path, LARGE.tobytes())
    assert path.read_bytes() == b"old"
    assert not left_over(disk.place)


def test_a_closed_disk_costs_one_sentence_also_for_root(disk):
    store = Store(disk.place / "run")
    store.write("training", "k", lambda folder: None)
    disk.close()
    with pytest.raises(RunFolderError, match=r"/run: Read-only file system\. Make it writable"):
        store.write("training", "other", save)
    with pytest.raises(RunFolderError, match="Read-only file system"), store.locked():
        pass
    assert Store(disk.place / "run").has("training", "k")


@pytest.mark.parametrize("kind", ["keras", "saved_model"])
def test_a_full_disk_is_known_in_what_libraries_make_of_it(kind, disk, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # Keras leaves a folder there
    from wizard.core.backend import keras

    model = keras.Sequential([keras.Input((400,)), keras.layers.Dense(400)])

    def fill(folder):
        model.save(folder / "model.keras") if kind == "keras" else model.export(folder / "saved", verbose=False)

    with pytest.raises(RunFolderError, match="there is no space left"):
        Store(disk.place / "run").write("predictor", "k", fill)
    assert not left_over(disk.place)


def test_an_export_that_does_not_fit_leaves_nothing_behind_here_or_elsewhere(disk, monkeypatch):
    from wizard.core.backend import keras

    model = keras.Sequential([keras.Input((400,)), keras.layers.Dense(400)])
    made = temporary_folders(monkeypatch)
    with pytest.raises(RunFolderError, match=r"model\.keras: there is no space left"):
        Handed(model, None, None, None, None).save(disk.place / "model.keras")
    assert len(made) > 1  # Keras's too
    assert not any(folder.exists() for folder in made)
    assert not list(disk.place.iterdir())


def test_other_errors_pass():
    with pytest.raises(ZeroDivisionError), writing("place"):
        raise ZeroDivisionError
    assert not is_full(ValueError("a full moon"))
    assert is_full(OSError(errno.ENOSPC, "No space left on device"))


@pytest.mark.parametrize("content", [b"", b"{", b'{"stage": "explore"}', b"\xff\xfe"], ids=repr)
def test_an_entry_that_cannot_be_read_is_kept_aside_and_made_again(content, tmp_path, capsys):
    import json

    def read(folder):
        return json.loads((folder / "note.json").read_bytes())["text"]

    store = Store(tmp_path)
    store.write("stages", "k", lambda folder: (folder / "note.json").write_bytes(content))
    assert store.read("stages", "k", read) is None
    assert "is moved to" in capsys.readouterr().out.replace("\n", " ")
    (aside,) = (tmp_path / "store" / "damaged").iterdir()
    assert (aside / "note.json").read_bytes() == content
    store.write("stages", "k", lambda folder: (folder / "note.json").write_text('{"text": "again"}'))
    assert store.read("stages", "k", read) == "again"


def test_a_folder_of_somebody_elses_is_not_written_over(tmp_path):
    (tmp_path / "predictor").mkdir()
    (tmp_path / "predictor" / "mine.txt").write_text("mine")
    with pytest.raises(RunFolderError, match="is no run folder, but holds predictor"):
        Store(tmp_path)


def test_a_marker_that_is_no_text_is_another_version(tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "format").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RunFolderError, match="another version"):
        Store(tmp_path)
