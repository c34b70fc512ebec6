import numpy as np
import pandas as pd

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
