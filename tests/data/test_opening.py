import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from wizard.core.errors import DataError, NotAvailableError, OptionError, UnsupportedTaskError
from wizard.data.opening import Request, doors, open_dataset


def hugging_face_rows():
    from datasets import ClassLabel, Dataset, Features, Value

    features = Features({"n": Value("int64"), "label": ClassLabel(names=["no", "yes"])})
    return Dataset.from_dict({"n": [1, 2, 3], "label": [0, 1, 0]}, features=features)


@pytest.fixture
def one_of_each(class_folders, tmp_path, people):
    people.to_csv(tmp_path / "people.csv", index=False)
    labelled = tmp_path / "labelled"
    (labelled / "a").mkdir(parents=True)
    for name in ("1", "2"):
        Image.new("L", (3, 3)).save(labelled / "a" / f"{name}.png")
    (labelled / "labels.csv").write_text("file,y\n1.png,0\n2.png,1\n")
    for label in "ab":
        (tmp_path / "letters" / label).mkdir(parents=True)
        (tmp_path / "letters" / label / "1.txt").write_text(f"a letter about {label}")
    from tests.data.sources.streams import Batches, stream_of, tiny_info

    stream = stream_of(np.eye(3), [0, 1, 0])
    return {
        "text_folder": tmp_path / "letters",
        "arrays": (np.eye(3), [0, 1, 0]),
        "table": tmp_path / "people.csv",
        "folder": class_folders,
        "hugging_face": hugging_face_rows(),
        "labelled_folder": labelled,
        "tf_data": stream,
        "keras_data": Batches(),
        "tfds": ({"train": stream}, tiny_info()),
    }


def test_exactly_one_door_accepts_each_kind(one_of_each):
    assert set(one_of_each) == {door.__name__.rpartition(".")[2] for door in doors()}
    for name, raw in one_of_each.items():
        assert [door.__name__.rpartition(".")[2] for door in doors() if door.accepts(raw)] == [name]


def test_every_door_describes_itself_and_opens(one_of_each):
    for door in doors():
        assert door.DESCRIPTION
        assert "\n" not in door.DESCRIPTION
    for name, raw in one_of_each.items():
        dataset = open_dataset(raw, Request(target="income" if name == "table" else None))
        assert len(dataset) == len(dataset.where) == len(dataset.labels)
        assert dataset.fingerprint == open_dataset(raw, Request(target=dataset.target)).fingerprint


@pytest.mark.parametrize("raw", [None, 7, "x" * 5000, "a\0b", [1, 2], np.eye(3), object(), lambda: 0, (1, 2, 3)])
def test_what_fits_no_door_gets_a_clear_error(raw):
    with pytest.raises(DataError, match="Received"):
        open_dataset(raw, Request())


def test_a_path_that_leads_nowhere_suggests_the_nearest(class_folders):
    with pytest.raises(DataError, match="Did you mean 'pets'"):
        open_dataset(class_folders.parent / "pest", Request())


def test_a_folder_without_data_says_what_is_missing(tmp_path):
    with pytest.raises(DataError, match="empty"):
        open_dataset(tmp_path, Request())
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(DataError, match=r"\.txt.*folder for each class"):
        open_dataset(tmp_path, Request())
    with pytest.raises(DataError, match=r"a\.txt.*Tables end in"):
        open_dataset(tmp_path / "a.txt", Request())


@pytest.mark.parametrize("task", ["forecasting", "Segmentation", "object detection"])
def test_tasks_of_other_kinds_are_refused(people, task):
    with pytest.raises(UnsupportedTaskError, match="Received"):
        open_dataset(people, Request(target="income", task=task))


def test_other_libraries_data_are_not_available_yet():
    class Dataset:
        pass

    Dataset.__module__ = "torch.utils.data"
    for raw in (Dataset(), "keras:mnist"):
        with pytest.raises(NotAvailableError, match=r"pass \(x, y\)"):
            open_dataset(raw, Request())


def test_a_version_is_for_streams(people):
    with pytest.raises(OptionError, match="version"):
        open_dataset(people, Request(target="income", version="v1"))


def test_a_modality_must_be_known_and_agree(people):
    with pytest.raises(OptionError, match="must be"):
        open_dataset(people, Request(target="income", modality="sound"))
    with pytest.raises(OptionError, match="agree"):
        open_dataset(people, Request(target="income", modality="image"))


def test_the_doors_import_no_tensorflow():
    code = (
        "import sys; from wizard.data.opening import doors; doors(); "
        "print([m for m in ('tensorflow', 'keras', 'pandas', 'PIL', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_fingerprint_follows_the_content(people):
    ask = Request(target="income")
    first = open_dataset(people, ask).fingerprint
    assert open_dataset(people.copy(), ask).fingerprint == first
    people.loc[0, "age"] = 31
    assert open_dataset(people, ask).fingerprint != first
