"""Steps look at groups and copies wherever they look at rows."""

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import wizard.stages
from tests.stages.walk import context_of, journey_on
from wizard.stages.ensemble import slices as all_slices
from wizard.stages.ensemble.selection import halves

ASKED = {"bootstrap": 7, "gain_between": 8, "association": 5}  # arguments by place, the units last
STAGES = Path(wizard.stages.__file__).parent
FILES = [path for path in sorted(STAGES.rglob("*.py")) if path.parent.name != "experiments"]  # pipelines have none


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """24 persons, 15 rows each, whose age is theirs and whose other numbers are each row's."""
    random, person = np.random.default_rng(0), np.repeat(np.arange(24), 15)
    frame = pd.DataFrame({"age": random.normal(50, 10, 24)[person], "level": random.normal(size=360)})
    frame["label"], frame["person"] = random.choice(["no", "yes"], 360), np.char.add("p", person.astype(str))
    return context_of(journey_on(frame, tmp_path_factory.mktemp("persons"), "label", group="person"), "ensemble")


def test_every_interval_is_told_which_rows_belong_together():
    asked, untold = 0, []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if name in ASKED:
                asked += 1
                is_told = any(one.arg == "units" for one in node.keywords) or len(node.args) == ASKED[name]
                untold += [] if is_told else [f"{path.name}, line {node.lineno}: {name}"]
    assert asked > 15
    assert not untold


def test_rows_of_a_person_are_one_unit_and_persons_are_several(context):
    rows = context.deciding_rows
    person = context.dataset.group[rows]
    units = context.units(rows)
    assert all(len(np.unique(units[person == one])) == 1 for one in np.unique(person))
    assert len(np.unique(units)) == len(np.unique(person))
    first, second = halves(context, rows)
    assert not set(units[first]) & set(units[second])
    assert len(first) + len(second) == len(rows)


def test_persons_who_are_harder_make_no_slice_worse_but_a_number_that_fools_the_network_does(context, monkeypatch):
    random, rows = np.random.default_rng(0), context.deciding_rows
    parts = list(all_slices._parts(context, rows))
    monkeypatch.setattr(all_slices, "_parts", lambda *_: parts)
    names, person = np.unique(context.dataset.group[rows], return_inverse=True)
    alarms = 0
    for seed in range(25):
        context.seed = seed
        wrong = random.random(len(rows)) < random.beta(1, 4, len(names))[person]
        alarms += any(one.is_beyond for one in all_slices.slices(context, rows, wrong.astype("float64")))
    assert alarms <= 4
    level = context.examples(rows).frame["level"].to_numpy("float64")
    wrong = random.random(len(rows)) < np.where(level > np.quantile(level, 0.75), 0.6, 0.1)
    worst = all_slices.slices(context, rows, wrong.astype("float64"))[0]
    assert worst.is_beyond
    assert "level in its highest quarter" in worst.name


def test_a_score_of_a_journey_of_persons_is_as_uncertain_as_they_are(context, monkeypatch):
    context.shared["decided_here"] = ("metric",)
    rows = context.deciding_rows
    y, person = context.y(rows), np.unique(context.dataset.group[rows], return_inverse=True)[1]
    is_right = np.random.default_rng(0).random(len(rows)) < np.where(person % 2, 0.95, 0.5)
    p = np.eye(2)[np.where(is_right, y, 1 - y)]
    wide = context.interval(p)
    monkeypatch.setattr(type(context), "units", lambda self, rows: rows)
    narrow = context.interval(p)
    assert wide.high - wide.low > 1.8 * (narrow.high - narrow.low)
