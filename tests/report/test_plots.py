import math
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from typing import get_args

import matplotlib
import pytest

from tests.report.example_blocks import (
    BASELINES,
    BRIGHTNESS,
    CONFUSION,
    CURVES,
    HARMED,
    HOSTILE,
    LONG,
    RATES,
    SEARCH,
    TRIALS,
)  # fmt: skip
from wizard.core.blocks import (
    Axis,
    Bars,
    Block,
    Counts,
    Heatmap,
    Histogram,
    Line,
    Lines,
    Parallel,
    Path,
    Points,
    Reference,
    Scatter,
)  # fmt: skip
from wizard.report.plots import draw, note_of, svg_of
from wizard.report.plots.labels import apart, in_free_rows
from wizard.report.plots.scales import scale_of
from wizard.report.words import clean

FIGURES = (BASELINES, CURVES, RATES, TRIALS, BRIGHTNESS, CONFUSION, SEARCH)
WRITTEN_BY_TEMPLATES = {"replay", "text", "table", "gallery", "numbers", "file"}
ODD = (
    Bars(labels=(), values=(), value_label="nothing"),
    Bars(labels=("one",), values=(0.5,), value_label="one bar"),
    Bars(labels=tuple(f"{LONG}{i}" for i in range(20)), values=tuple(i - 9.5 for i in range(20)), value_label="weight"),
    Bars(labels=("a", "b"), values=(0.0, 0.0), value_label="zeros"),
    Bars(labels=("a", "b", "c"), values=(math.nan, math.inf, 1e-9), value_label="gaps", intervals=((math.nan, 1.0),)),
    Bars(labels=tuple(map(str, range(100))), values=tuple(map(float, range(100))), value_label="many"),
    Lines(lines=(), x_label="x", y_label="y"),
    Lines(lines=(Line(name="diverged", x=(0, 1), y=(math.nan, math.inf)),), x_label="x", y_label="y"),
    Lines(lines=(Line(name="flat", x=(1, 1), y=(5, 5)),), x_label="x", y_label="y", log_x=True, log_y=True),
    Lines(lines=(Line(name="below zero", x=(0, 1), y=(-1, 1e300)),), x_label="x", y_label="y", log_y=True),
    Scatter(clouds=(), x_label="x", y_label="y"),
    Scatter(clouds=(Points(name="one", x=(1,), y=(1,)),), x_label="x", y_label="y", diagonal=True),
    Scatter(clouds=(Points(name="many", x=tuple(range(9000)), y=tuple(range(9000))),), x_label="x", y_label="y"),
    Histogram(edges=(), groups=(), x_label="x"),
    Histogram(edges=(0, 1, math.inf), groups=(Counts(name="", values=(1, 2)),), x_label="x"),
    Parallel(axes=(), paths=()),
    Parallel(axes=(Axis(name="flat", low=1, high=1),), paths=(Path(name="", values=(math.inf,)),)),
    Parallel(axes=(Axis(name=LONG, low=1e-9, high=1e9, is_log=True),), paths=(Path(name="", values=(-1.0,)),) * 400),
    Heatmap(rows=(), columns=(), values=(), x_label="x", y_label="y", value_label="v"),
    Heatmap(rows=("a",), columns=("b",), values=((None,),), x_label="x", y_label="y", value_label="v"),
    Heatmap(
        rows=tuple(map(str, range(60))),
        columns=tuple(map(str, range(60))),
        values=((0.5,) * 60,) * 60,
        x_label="x",
        y_label="y",
        value_label="v",
    ),
)


def test_every_block_kind_is_drawn_or_written():
    for kind in get_args(get_args(Block)[0]):
        name = kind.model_fields["kind"].default
        is_drawn = draw.dispatch(kind) is not draw.dispatch(object)
        assert is_drawn != (name in WRITTEN_BY_TEMPLATES), name


def drawn_anew(block):
    svg_of.cache_clear()
    return svg_of(block, "a", "t")


@pytest.mark.parametrize("block", [*FIGURES, *HARMED, *ODD], ids=lambda block: block.kind)
def test_a_drawing_is_one_svg_that_reaches_nowhere(block):
    svg = svg_of(block, "step-1", "What it shows")
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.find("title").text == "What it shows"
    assert root.get("aria-labelledby") == root.find("title").get("id") == "step-1-title"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(name.startswith("step-1-") for name in ids)
    for element in root.iter():
        assert element.tag not in ("script", "style", "foreignObject", "a")
        assert not any(name.startswith("on") for name in element.attrib)
        assert element.get("href", "#").startswith(("#", "data:image/png"))
        assert not re.search(r"#[0-9a-f]{6}", element.get("style", "")), "every colour is the page's to choose"
    assert len(svg) < 500_000


@pytest.mark.parametrize("block", FIGURES, ids=lambda block: block.kind)
def test_same_block_same_bytes(block):
    assert drawn_anew(block) == drawn_anew(block)


def test_a_drawing_is_kept_by_all_that_it_shows():
    assert svg_of(BASELINES, "a", "t") is svg_of(BASELINES.model_copy(), "a", "t")
    others = (FIGURES[1], "a", "t"), (BASELINES, "b", "t"), (BASELINES, "a", "u")
    kept = svg_of(BASELINES, "a", "t")
    assert len({kept, *(svg_of(*other) for other in others)}) == 4
    assert svg_of(BASELINES, "a", "t") is kept, "all figures of a journey's pages are kept, not the last alone"


@pytest.mark.parametrize("block", HARMED, ids=lambda block: block.kind)
def test_hostile_names_are_text_of_the_drawing(block):
    texts = {text.text for text in ET.fromstring(svg_of(block, "a", "t")).iter("text")}
    if block.kind not in ("heatmap", "parallel"):  # names are shortened to the tiles, and to half an axis's distance
        assert any(str(text).startswith(clean(HOSTILE[0])[:12]) for text in texts)
    assert "_underscore" in texts


def test_a_line_across_axes_says_its_name_when_pointed_at_and_the_best_lie_on_top():
    root = ET.fromstring(svg_of(SEARCH, "a", "t"))
    tips = [group.find("title").text for group in root.iter("g") if group.get("class") == "tip"]
    assert set(tips) == {path.name for path in SEARCH.paths}
    assert set(tips[-3:]) == {SEARCH.paths[i].name for i in SEARCH.emphasis}


def test_labels_stay_inside_the_drawing():
    for block in (*FIGURES, *HARMED, *ODD):
        root = ET.fromstring(svg_of(block, "a", "t"))
        _, _, width, height = map(float, root.get("viewBox").split())
        for text in root.iter("text"):
            assert -1 <= float(text.get("x", 0)) <= width + 1
            assert -1 <= float(text.get("y", 0)) <= height + 1


def test_marks_of_an_axis_never_touch():
    for values in ([0.0, 5.5e12], [0.0, 1e-8], [1e6, 1e6 + 1e-3], [0, 1], [-1e300, 1e290], [1, 100], [5, 5]):
        scale = scale_of(values)
        assert len(set(scale.labels)) == len(scale.labels) >= 2
        assert sum(map(len, scale.labels)) * 8 < 600


def test_labels_keep_apart():
    positions = apart([10.0, 11.0, 12.0, 90.0], gap=15, low=0, high=100)
    assert all(b - a >= 15 for a, b in pairwise(positions))
    assert in_free_rows([(10.0, "human"), (12.0, "this net"), (300.0, "far")], right=680) == [
        (0, False),
        (1, False),
        (0, False),
    ]


def test_what_is_not_drawn_is_said():
    assert note_of(ODD[5]) == "The first 60 of 100 bars are drawn."
    assert note_of(ODD[12]) == "2,000 of 9,000 points are drawn, evenly spread."
    assert note_of(BASELINES) == ""


def test_a_users_own_style_neither_leaks_in_nor_is_lost():
    plain = drawn_anew(BASELINES)
    with matplotlib.rc_context({"font.size": 30, "axes.edgecolor": "red"}):
        assert drawn_anew(BASELINES) == plain
        assert matplotlib.rcParams["font.size"] == 30


def test_a_reference_is_labelled():
    svg = svg_of(
        Bars(labels=("a",), values=(1.0,), value_label="v", references=(Reference(value=0.5, label="human"),)), "a", "t"
    )
    assert "human 0.5<" in svg
