import io

import datasets
import pandas as pd
import pytest
from datasets import ClassLabel, DatasetDict, Features, List, Value
from PIL import Image

from tests.small import dataset_of
from wizard.core.errors import ColumnError, DataError, NotAvailableError
from wizard.data.opening import read_examples, read_labelled

SENTIMENT = ClassLabel(names=["neg", "pos"])


def rows(labels=(0, 1, 1, 0)):
    features = Features({"text": Value("string"), "n": Value("int32"), "label": SENTIMENT})
    return datasets.Dataset.from_dict({"text": list("abcd"), "n": [1, None, 3, 4], "label": list(labels)}, features)


def png(grey):
    file = io.BytesIO()
    Image.new("L", (4, 3), grey).save(file, "PNG")
    return {"bytes": file.getvalue(), "path": None}


def pictures(cells, labels):
    features = Features({"image": datasets.Image(), "label": SENTIMENT, "who": Value("string")})
    columns = {"image": cells, "label": labels, "who": list("abcdef")[: len(cells)]}
    return datasets.Dataset.from_dict(columns, features)


def test_features_give_the_target_and_the_names_of_classes():
    dataset = dataset_of(rows())
    assert dataset.target == "label"
    assert dataset.labels.tolist() == ["neg", "pos", "pos", "neg"]
    assert [(c.name, c.kind) for c in dataset.columns] == [("text", "category"), ("n", "number")]
    assert dataset_of(rows(), "n").columns[1].kind == "category"


def test_examples_without_a_class_are_left_out():
    dataset = dataset_of(rows((0, -1, 1, None)))
    assert [(gone.where, gone.why) for gone in dataset.left_out] == [("row 1", "no label"), ("row 3", "no label")]


def test_the_splits_are_the_sets():
    dataset = dataset_of(DatasetDict({"train": rows(), "validation": rows(), "test": rows()}))
    assert dataset.part.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert dataset.where[-1] == "test row 3"
    with pytest.raises(DataError, match="'train', 'unsupervised'"):
        dataset_of(DatasetDict({"train": rows(), "unsupervised": rows()}))
    with pytest.raises(DataError, match=r"test set must have rows with a label"):
        dataset_of(DatasetDict({"train": rows(), "test": rows((-1, -1, -1, -1))}))


def test_rows_chosen_and_shuffled_are_those_read():
    chosen = rows().shuffle(seed=1).select([0, 2])
    assert dataset_of(chosen).examples.frame["text"].tolist() == list(chosen["text"])


def test_objects_inside_are_flattened_and_lists_of_classes_are_named():
    features = Features({"a": {"b": Value("int32")}, "tags": List(SENTIMENT), "y": Value("float64")})
    data = datasets.Dataset.from_dict({"a": [{"b": 1}, {"b": 2}], "tags": [[0], [0, 1]], "y": [1.0, 2.0]}, features)
    from wizard.data.sources.hugging_face import frame_of

    assert frame_of(data)["tags"].tolist() == [["neg"], ["neg", "pos"]]
    assert [c.name for c in dataset_of(data, "y").columns] == ["a.b", "tags"]
    assert dataset_of(data, "a.b").labels.tolist() == [1.0, 2.0]


def test_pictures_are_decoded_and_bad_ones_left_out():
    data = pictures([png(1), {"bytes": b"bad", "path": None}, None, png(2), {"path": "/no/1.png"}], [0, 1, 0, 1, 1])
    dataset = dataset_of(data, validation=data.select([3]), group=list("abcdef"))
    assert dataset.modality == "image"
    assert [int(dataset.examples[i][0, 0, 0]) for i in range(3)] == [1, 2, 2]
    assert [gone.where for gone in dataset.left_out] == ["row 1", "row 2", "row 4"]
    assert "no picture at all" in dataset.left_out[1].why
    assert "No such file" in dataset.left_out[2].why


def test_new_data_may_be_hugging_faces_too():
    table, images = dataset_of(rows()), dataset_of(pictures([png(1), png(2)], [0, 1]))
    assert len(read_examples(rows(), table)) == 4
    assert read_labelled(rows(), None, table)[1].tolist() == ["neg", "pos", "pos", "neg"]
    new = pictures([png(3), png(4)], [1, 0])
    assert int(read_examples(new, images)[1][0, 0, 0]) == 4
    assert read_labelled(new, None, images)[1].tolist() == ["pos", "neg"]


def test_pictures_may_be_put_aside_for_the_table_beside_them():
    assert dataset_of(pictures([png(1), png(2)], [0, 1]), ignore=("image",)).modality == "table"
    with pytest.raises(DataError, match="ignore="):
        dataset_of(pictures([png(1), png(2)], [0, 1]), modality="table")


def test_pictures_beyond_memory_are_decoded_again(monkeypatch):
    monkeypatch.setattr("wizard.data.picture_sets.KEEP_BYTES", 10)
    dataset = dataset_of(pictures([png(1), png(2)], [0, 1]))
    assert int(dataset.examples[1][0, 0, 0]) == 2


def test_streams_say_what_to_pass_instead():
    for stream in (rows().to_iterable_dataset(), datasets.IterableDatasetDict({"train": rows().to_iterable_dataset()})):
        with pytest.raises(NotAvailableError, match=r"stream\.take"):
            dataset_of(stream)
    taken = datasets.Dataset.from_list(list(rows().to_iterable_dataset().take(3)), features=rows().features)
    assert len(dataset_of(taken)) == 3


def test_what_cannot_be_used_gets_a_clear_error():
    with pytest.raises(NotAvailableError, match=r"datasets\.load_dataset\('imdb'\)"):
        dataset_of("hf:imdb")
    with pytest.raises(DataError, match="validation set must be a datasets"):
        dataset_of(rows(), validation=pd.DataFrame({"n": [1]}))
    with pytest.raises(ColumnError, match="'text', 'n', 'label'"):
        dataset_of(rows(), "lable")
    with pytest.raises(DataError, match="rows and columns"):
        dataset_of(datasets.Dataset.from_dict({}))
    sound = Features({"s": datasets.Audio(decode=False), "y": SENTIMENT})
    with pytest.raises(NotAvailableError, match=r"'s' of Audio.*remove_columns"):
        dataset_of(datasets.Dataset.from_dict({"s": [None, None], "y": [0, 1]}, sound))
