import math

import pytest

from wizard.core.blocks import Bars, Column, Gallery, Heatmap, Item, Line, Lines, Numbers, Table, Text
from wizard.core.finding import STATUSES, Cause, Finding

NAN, INFINITY = math.nan, math.inf
BLOCKS = (
    Text(text="Grüße & <b>"),
    Table(columns=(Column(name="a"),), rows=((1,), (1.0,), (True,), (None,), ("x",), (NAN,), (INFINITY,))),
    Bars(labels=("a", "b"), values=(NAN, -INFINITY), intervals=(None, (0.0, INFINITY)), value_label="v"),
    Lines(lines=(Line(name="l", x=(1.0, 2.0), y=(NAN, 1.0)),), x_label="x", y_label="y"),
    Heatmap(rows=("a",), columns=("b",), values=((NAN,),), x_label="x", y_label="y", value_label="v"),
    Gallery(items=(Item(label="l", attributes={"loss": INFINITY, "row": 3}, cells=(("a", "b", True),)),)),
    Numbers(tree={"a": {"b": NAN, "c": -INFINITY}, "d": True}),
)


def finding(**fields):
    return Finding(**{"step": "s", "title": "t", "status": "passed", "headline": "h"} | fields)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.kind)
def test_every_block_comes_back_from_json_as_it_was(block):
    one = finding(measured=NAN, expected=INFINITY, interval=(-INFINITY, 1.0), blocks=(block,))
    back = Finding.model_validate_json(one.model_dump_json())
    assert repr(back) == repr(one)  # NaN is not equal to itself, but reads the same


def test_causes_and_advice_come_back_from_json():
    one = finding(causes=(Cause(fault="M01", sentence="s", tested=False),), advice="a", unit="nats", gate=True)
    assert Finding.model_validate_json(one.model_dump_json()) == one


@pytest.mark.parametrize("status", STATUSES)
def test_a_gate_stops_where_its_step_failed_or_broke(status):
    assert finding(status=status, gate=True).stops == (status in ("failed", "crashed"))
    assert not finding(status=status).stops
