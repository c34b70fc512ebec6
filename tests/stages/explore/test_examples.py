import numpy as np
import pandas as pd
import pytest

from tests.stages.walk import digits, journey_on, tumours, walk


def test_shown_on_clean_data(explored, kind):
    finding = explored[kind]["examples"]
    assert finding.status == "noted"
    assert finding.measured == 40 == len(finding.blocks[0].items)


def test_only_training_rows_are_shown(explored, journeys, kind):
    shown = {item.attributes["row"] for item in explored[kind]["examples"].blocks[0].items}
    assert shown <= set(journeys[kind].split.train.tolist())


def test_rare_classes_have_their_turn(tmp_path):
    x, y = digits(300)
    keep = np.flatnonzero((y != 3) | (np.cumsum(y == 3) <= 10))
    finding = walk(journey_on((x[keep], y[keep]), tmp_path), "explore", "examples")["examples"]
    labels = [item.label for item in finding.blocks[0].items]
    assert labels.count("3") == 4 == labels.count("0")


def test_all_rows_where_there_are_fewer_than_wanted(tmp_path):
    journey = journey_on(tumours(40), tmp_path, "diagnosis")
    finding = walk(journey, "explore", "examples", examples=500)["examples"]
    assert finding.measured == len(journey.split.train)
    assert sorted(i.attributes["row"] for i in finding.blocks[0].items) == journey.split.train.tolist()


def test_unusual_cells_come_first(tmp_path):
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"a": random.normal(size=200), "b": random.normal(size=200), "y": ["u", "v"] * 100})
    frame["b"] = frame["b"] + np.where(frame.index % 50 == 0, 40, 0)
    finding = walk(journey_on(frame, tmp_path, "y"), "explore", "examples", examples=200)["examples"]
    marked = [item for item in finding.blocks[0].items if float({c[0]: c[1] for c in item.cells}["b"]) > 20]
    assert marked
    assert all(item.cells[0][0] == "b" and item.cells[0][2] for item in marked)


def test_whole_numbers_name_their_class_without_a_point(tmp_path):
    x, y = digits(100)
    finding = walk(journey_on((x, (y % 2).astype("float64")), tmp_path), "explore", "examples")["examples"]
    assert {item.label for item in finding.blocks[0].items} == {"0", "1"}


def test_what_is_known_of_a_row_stands_with_its_looks(explored, journeys, kind):
    rows = [item.attributes for item in explored[kind]["examples"].blocks[0].items]
    folds = journeys[kind].split.folds
    for attributes in rows:
        number = next((i for i, (_, held) in enumerate(folds, start=1) if attributes["row"] in held), 0)
        assert attributes["split"] == (f"training, held out in fold {number}" if number else "training")


@pytest.mark.parametrize("kind", ["targets"])
def test_each_of_several_targets_can_be_sorted_by(explored, kind):
    items = explored[kind]["examples"].blocks[0].items
    assert all(isinstance(item.attributes["progression"], float) for item in items)
    assert all(f"{item.attributes['progression']:.6g}" in item.label for item in items)


@pytest.mark.parametrize("kind", ["labels"])
def test_several_labels_are_found_one_by_one(explored, kind):
    items = explored[kind]["examples"].blocks[0].items
    assert {len(item.groups) for item in items} > {1, 2}
    assert all(", ".join(item.groups) == item.label for item in items if len(item.groups) <= 4)


@pytest.mark.parametrize("kind", ["amounts"])
def test_an_amount_lies_in_a_quarter_of_the_targets_range(explored, journeys, kind):
    y = journeys[kind].dataset.labels[journeys[kind].split.train]
    middle = np.quantile(y, [0.25, 0.5, 0.75])
    for item in explored[kind]["examples"].blocks[0].items:
        number = int((float(item.label) > middle).sum())
        assert item.groups[0].startswith(f"{number + 1}. {('lowest', 'second', 'third', 'highest')[number]} quarter")


@pytest.mark.parametrize("kind", ["pictures"])
def test_pictures_can_be_sorted_by_how_they_look(explored, kind):
    items = explored[kind]["examples"].blocks[0].items
    assert {"brightness", "contrast", "sharpness", "height", "width"} <= set(items[0].attributes)


def test_a_text_is_kept_in_full_up_to_a_limit_that_is_told(tmp_path):
    texts = [f"{word} " * 1500 if i == 7 else f"a {word} text" for i, word in enumerate(["red", "blue"] * 20)]
    journey = journey_on((texts, ["a", "b"] * 20), tmp_path, modality="text")
    items = walk(journey, "explore", "examples")["examples"].blocks[0].items
    by_row = {item.attributes["row"]: item for item in items}
    assert all(item.text == texts[row] for row, item in by_row.items() if row != 7)
    if 7 in by_row:
        assert by_row[7].text.endswith("… (cut after 4,000 characters)")
        assert by_row[7].attributes["characters"] == len(texts[7])


def test_a_row_is_kept_in_full_up_to_a_limit_that_is_told(tmp_path):
    random = np.random.default_rng(0)
    for n, last in ((60, "c59"), (130, "not shown")):
        frame = pd.DataFrame(random.normal(size=(60, n)), columns=[f"c{i}" for i in range(n)]) * 0.01
        frame.iloc[3, 0], frame["y"] = np.nan, ["u", "v"] * 30
        items = walk(journey_on(frame, tmp_path / str(n), "y"), "explore", "examples", examples=60)["examples"]
        cells = [item.cells for item in items.blocks[0].items]
        assert {len(own) for own in cells} == {min(n, 101)}
        assert last in {name for own in cells for name, _, _ in own}
        missing = [item.attributes["missing cells"] for item in items.blocks[0].items if item.attributes["row"] == 3]
        assert missing in ([1], [])
