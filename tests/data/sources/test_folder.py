import shutil

import numpy as np
import pytest
from PIL import Image

from wizard.core.errors import DataError
from wizard.data.opening import Request, open_dataset


def test_folders_are_classes_in_a_fixed_order(class_folders):
    dataset = open_dataset(class_folders, Request())
    assert dataset.where.tolist() == ["cat/1.png", "cat/2.png", "cat/10.png", "dog/1.png", "dog/2.png", "dog/10.png"]
    assert dataset.labels.tolist() == ["cat"] * 3 + ["dog"] * 3
    assert (dataset.name, dataset.modality, dataset.target) == ("pets", "image", "class")
    assert dataset.examples[0].shape == (6, 5, 3)


def test_folder_names_that_are_numbers_stay_names(class_folders):
    (class_folders / "cat").rename(class_folders / "07")
    (class_folders / "dog").rename(class_folders / "8")
    assert sorted(set(open_dataset(class_folders, Request()).labels)) == ["07", "8"]


def test_a_broken_picture_is_left_out_and_named(class_folders):
    path = class_folders / "dog" / "2.png"
    path.write_bytes(path.read_bytes()[:60])
    dataset = open_dataset(class_folders, Request())
    assert [gone.where for gone in dataset.left_out] == ["dog/2.png"]
    assert len(dataset) == 5
    assert dataset.examples.pixels.shape == (5, 6, 5, 3)


def test_other_files_and_empty_folders_are_told(class_folders):
    (class_folders / "dog" / "notes.txt").write_text("x")
    (class_folders / "fish").mkdir()
    notes = " ".join(open_dataset(class_folders, Request()).notes)
    assert "1 .txt" in notes
    assert "'fish' holds no picture" in notes
    assert "thumbs" not in notes.lower()


def test_a_picture_outside_the_classes_is_left_out(class_folders):
    shutil.copy(class_folders / "dog" / "1.png", class_folders / "loose.png")
    dataset = open_dataset(class_folders, Request())
    assert [(gone.where, gone.why) for gone in dataset.left_out] == [("loose.png", "lies in no class folder")]


def test_train_validation_and_test_folders_are_the_users_sets(class_folders, tmp_path):
    for name in ("train", "val", "test"):
        shutil.copytree(class_folders, tmp_path / "all" / name)
    dataset = open_dataset(tmp_path / "all", Request())
    assert np.bincount(dataset.part).tolist() == [6, 6, 6]
    assert dataset.where[0] == "train/cat/1.png"
    assert dataset.name == "all"
    with pytest.raises(DataError, match="given twice"):
        open_dataset(tmp_path / "all", Request(test=class_folders))


def test_own_sets_may_lie_elsewhere(class_folders, tmp_path):
    shutil.copytree(class_folders, tmp_path / "later")
    dataset = open_dataset(class_folders, Request(test=tmp_path / "later"))
    assert dataset.part.tolist() == [0] * 6 + [2] * 6
    assert dataset.where[6] == "later/cat/1.png"


def test_what_was_done_to_pictures_is_counted(class_folders):
    Image.fromarray(np.zeros((6, 5, 4), np.uint8)).save(class_folders / "cat" / "3.png")
    assert "1 picture had transparent parts: laid on white." in open_dataset(class_folders, Request()).notes


def test_one_class_only_is_refused(class_folders):
    shutil.rmtree(class_folders / "dog")
    with pytest.raises(DataError, match="'cat' in all 3"):
        open_dataset(class_folders, Request())


def test_groups_may_be_given_as_an_array(class_folders):
    assert open_dataset(class_folders, Request(group=[1, 1, 2, 2, 3, 3])).group.tolist() == list("112233")
    with pytest.raises(DataError, match="have no columns"):
        open_dataset(class_folders, Request(group="camera"))
