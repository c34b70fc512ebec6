"""How texts come in: every door, what is left out, and new ones."""

import numpy as np
import pandas as pd
import pytest

from tests.small import dataset_of, some_texts
from wizard.core.errors import ColumnError, DataError, OptionError
from wizard.data.opening import Request, open_dataset, read_examples, read_labelled

TEXTS = [
    "The soup was good today",
    "Waves broke over the old pier",
    "We had bread and cheese",
    "The tide took our boat",
]
Y = ["food", "sea", "food", "sea"]


def frame(**more):
    return pd.DataFrame(
        {"body": TEXTS * 5, "y": Y * 5} | {name: list(cells) * 5 for name, cells in more.items()}
    ).assign(body=lambda f: [f"{text} {i}" for i, text in enumerate(f["body"])])


@pytest.mark.parametrize(
    "x", [TEXTS, tuple(TEXTS), np.array(TEXTS), np.array(TEXTS, object), pd.Series(TEXTS), np.array(TEXTS)[:, None],
          pd.DataFrame({"body": TEXTS})], ids=["list", "tuple", "array", "objects", "series", "column", "frame"],
)  # fmt: skip
def test_texts_in_memory_are_texts(x):
    dataset = open_dataset((x, Y), Request())
    assert dataset.modality == "text"
    assert [dataset.examples[i] for i in range(4)] == TEXTS
    assert dataset.labels.tolist() == Y


def test_strings_that_are_numbers_or_few_categories_stay_a_table():
    assert dataset_of((pd.Series(["1.5", "2", "3", "4"]), Y)).modality == "table"
    assert dataset_of((pd.Series(["red", "blue"] * 10), Y * 5)).modality == "table"
    assert dataset_of((pd.Series(["red", "blue"] * 10), Y * 5), modality="text").modality == "text"


def test_a_table_whose_only_input_is_free_text_is_text_also_from_a_file(tmp_path):
    frame().to_csv(tmp_path / "letters.csv", index=False)
    for raw in (frame(), tmp_path / "letters.csv"):
        dataset = dataset_of(raw, "y")
        assert (dataset.modality, [c.name for c in dataset.columns], dataset.notes) == ("text", ["body"], ())
    assert dataset_of(frame(), "y", modality="table").modality == "table"
    assert dataset_of(frame(age=range(4)), "y", ignore=("age",), group="age").modality == "text"


def test_a_mixed_table_stays_one_unless_asked():
    mixed = frame(age=[1, 2, 3, 5], title=[f"A fine title number {i}" for i in "abcd"])
    table = dataset_of(mixed, "y")
    assert table.modality == "table"
    assert any('modality="text"' in note for note in table.notes)
    text = dataset_of(mixed.assign(title=mixed["title"] + mixed["body"].str[-3:]), "y", modality="text")
    assert text.modality == "text"
    assert text.examples[0].split("\n")[0] == "The soup was good today 0"
    assert "\n" in text.examples[0]
    assert "Columns beside the text are not used: 'age'." in text.notes


def test_a_table_without_text_is_refused_as_text():
    with pytest.raises(DataError, match="column of text"):
        dataset_of(pd.DataFrame({"a": range(9), "y": list("uvw") * 3}), "y", modality="text")


def test_empty_texts_and_missing_labels_are_left_out_and_named():
    dataset = dataset_of(([*TEXTS, "  \n", None, "", "And one without a label"], [*Y, "sea", "sea", "food", None]))
    assert [(gone.where, gone.why) for gone in dataset.left_out] == [
        ("x[4]", "is empty"), ("x[5]", "is empty"), ("x[6]", "is empty"), ("x[7]", "no label"),
    ]  # fmt: skip
    assert len(dataset) == 4


@pytest.fixture
def folders(tmp_path):
    """Two classes of text files in UTF-8, with a mark, in Windows-1252, and one that is no text."""
    root = tmp_path / "letters"
    for label, contents in {
        "food": ["Süppe".encode(), "\ufeffBread".encode()],
        "sea": [b"caf\xe9", b"a\0b", b"Tide"],
    }.items():
        (root / label).mkdir(parents=True)
        for i, content in enumerate(contents):
            (root / label / f"{i}.txt").write_bytes(content)
    (root / "sea" / "photo.bin").write_bytes(b"x")
    return root


def test_class_folders_of_text_files(folders):
    dataset = dataset_of(folders)
    assert [dataset.examples[i] for i in range(len(dataset))] == ["Süppe", "Bread", "café", "Tide"]
    assert dataset.labels.tolist() == ["food", "food", "sea", "sea"]
    assert [(gone.where, gone.why) for gone in dataset.left_out] == [("sea/1.txt", "is binary (it has zero bytes)")]
    assert any(note.startswith("1 file is not UTF-8") for note in dataset.notes)
    assert "Files that are no texts were passed over: 1 .bin." in dataset.notes


def test_train_and_test_folders_are_the_users_sets(folders, tmp_path):
    import shutil

    for name in ("train", "test"):
        shutil.copytree(folders, tmp_path / "all" / name)
    dataset = dataset_of(tmp_path / "all")
    assert np.bincount(dataset.part).tolist() == [4, 0, 4]
    assert dataset.where[0] == "train/food/0.txt"


def test_paths_of_text_files(folders):
    paths = sorted(folders.glob("*/*.txt"))
    for given in (paths, list(map(str, paths))):
        dataset = dataset_of((given, [path.parent.name for path in paths]))
        assert dataset.examples[2] == "café"
        assert len(dataset.left_out) == 1


def test_own_sets_of_texts():
    dataset = dataset_of((TEXTS, Y), test=(TEXTS[:2], Y[:2]), validation=(pd.Series(TEXTS), Y))
    assert np.bincount(dataset.part).tolist() == [4, 4, 2]
    with pytest.raises(DataError, match="test set must hold texts"):
        dataset_of((TEXTS, Y), test=(np.eye(2), Y[:2]))
    with pytest.raises(ColumnError, match="without 'body'"):
        dataset_of(frame(), "y", test=frame().rename(columns={"body": "text"}))


def test_a_modality_that_disagrees_is_refused_in_words():
    with pytest.raises(OptionError, match="which holds a table"):
        dataset_of(pd.DataFrame({"a": range(4), "y": Y}), "y", modality="image")
    with pytest.raises(OptionError, match='"text", "series" or None'):
        dataset_of((TEXTS, Y), modality="txt")


def test_one_letter_is_one_character_however_it_was_typed():
    one, other = (dataset_of(([word, "b c d"], [0, 1])).examples for word in ("caf\u00e9", "cafe\u0301"))
    assert one.hashes() == other.hashes()
    assert dataset_of((["a \ud800 b", "c d"], [0, 1])).examples[0] == "a \ufffd b"


def test_new_texts_of_every_kind(folders, tmp_path):
    known = dataset_of(frame(), "y")
    new = [f"{TEXTS[0]} 0", ""]
    table = pd.DataFrame({"body": new, "more": [1, 2]})
    table.to_csv(tmp_path / "new.csv", index=False)
    for raw in (new, np.array(new), pd.Series(new), table, dict(table), table.to_dict("records"), tmp_path / "new.csv"):
        assert read_examples(raw, known).texts == tuple(new)
    assert read_examples("just this", known).texts == ("just this",)
    assert read_examples({"body": "just this"}, known).texts == ("just this",)
    assert read_examples([], known).texts == ()
    assert read_examples("x" * 5000, known).texts == ("x" * 5000,)
    assert read_examples(folders / "food", known).texts == ("Süppe", "Bread")
    assert read_examples(folders / "food" / "1.txt", known).texts == ("Bread",)
    with pytest.raises(ColumnError, match="without 'body'"):
        read_examples(pd.DataFrame({"b": ["x"]}), known)
    with pytest.raises(DataError, match="binary"):
        read_examples(folders / "sea", known)
    with pytest.raises(DataError, match="New texts"):
        read_examples(np.eye(3), known)


def test_new_texts_with_their_labels(folders):
    known = dataset_of(frame(), "y")
    assert read_labelled(frame(), None, known)[1].tolist() == Y * 5
    assert read_labelled(TEXTS, Y, known)[1].tolist() == Y
    (folders / "sea" / "1.txt").unlink()
    assert read_labelled(folders, None, dataset_of(folders))[1].tolist() == ["food", "food", "sea", "sea"]


def test_many_short_texts_open_quickly():
    x, y = some_texts(300)
    assert dataset_of((x, y)).examples.lengths.max() < 100


def test_new_texts_of_a_table_come_from_the_only_column_or_the_one_called_text(tmp_path):
    known = dataset_of((TEXTS, Y))
    new = pd.DataFrame({"id": [7, 8], "message": TEXTS[:2]})
    new.to_csv(tmp_path / "new.csv", index=False)
    for raw in (new, tmp_path / "new.csv", new.to_dict("records")):
        with pytest.raises(ColumnError, match="Received: 'id', 'message'"):
            read_examples(raw, known)
    for raw in (new[["message"]], new.rename(columns={"message": "Text"}), new[["message"]].assign(target="food")):
        assert read_examples(raw, known).texts == tuple(TEXTS[:2])
    with pytest.raises(ColumnError, match="Received: none"):
        read_examples(new[["id"]].rename(columns={"id": "target"}), known)


def test_files_of_a_folder_that_are_no_texts_are_counted(folders, capsys):
    (folders / "sea" / "1.txt").unlink()
    assert len(read_examples(folders, dataset_of((TEXTS, Y)))) == 4
    assert capsys.readouterr().out == "Files that are no texts were passed over: 1 .bin.\n"
