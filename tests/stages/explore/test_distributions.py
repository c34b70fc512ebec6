import re

import numpy as np
import pandas as pd
import pytest

from tests.stages.walk import digits, journey_on, tumours, walk
from wizard.stages.looks.table import coded_missing


def test_silent_on_clean_data(explored, kind):
    assert explored[kind]["distributions"].status in ("passed", "noted")


@pytest.mark.parametrize(("code", "share"), [(-999, 0.05), (99999, 0.02), (-999, 0.6)])
def test_a_code_for_missing_is_named(tmp_path, code, share):
    frame = tumours()
    frame["mean area"] = frame["mean area"].mask(np.random.default_rng(0).random(len(frame)) < share, code)
    finding = walk(journey_on(frame, tmp_path, "diagnosis"), "explore", "distributions")["distributions"]
    assert finding.status == "warned"
    assert finding.headline.startswith("1 thing to look at: column 'mean area' has")
    assert f"at {code}, far from the rest" in finding.headline


def test_zeros_where_nothing_else_comes_near_are_a_code():
    random = np.random.default_rng(0)
    lengths = random.normal(60, 8, 500).round(1)
    lengths[:3] = 0
    assert coded_missing(lengths) == 0


def test_most_of_a_column_may_be_the_code():
    values = np.random.default_rng(0).normal(size=500)
    values[:400] = -999
    assert coded_missing(values) == -999


def test_nines_far_away_are_a_code_among_few_values():
    values = np.random.default_rng(0).integers(1, 6, 500).astype(float)
    assert coded_missing(np.where(np.arange(500) % 20 == 0, -999, values)) == -999
    assert coded_missing(np.where(np.arange(500) % 20 == 0, 99, values)) == 99
    assert coded_missing(np.where(np.arange(500) % 20 == 0, 100, values)) is None
    assert coded_missing(np.where(np.arange(500) % 20 == 0, 9, values)) is None


@pytest.mark.parametrize("draw", [
    lambda r: r.normal(size=2000),
    lambda r: r.exponential(size=2000) * (r.random(2000) < 0.3),  # mostly zero, as amounts spent are
    lambda r: r.lognormal(0, 2, 2000),
    lambda r: r.poisson(3, 2000).astype(float),
    lambda r: r.integers(0, 100, 2000).astype(float),
    lambda r: np.minimum(r.normal(3, 1, 2000), 4.5),  # capped, as house prices are
    lambda r: r.standard_cauchy(2000),
    lambda r: np.where(r.random(2000) < 0.5, 0, r.integers(1, 60, 2000)).astype(float),
])  # fmt: skip
def test_no_alarm_on_what_amounts_look_like(draw):
    assert coded_missing(draw(np.random.default_rng(0))) is None


def test_gaps_are_told_and_no_alarm(tmp_path):
    frame = tumours()
    frame.loc[::3, "mean area"] = None
    finding = walk(journey_on(frame, tmp_path, "diagnosis"), "explore", "distributions")["distributions"]
    assert finding.status == "passed"
    assert re.search(r"none with an odd spike; values are missing in 'mean area' \(3\d%\)\.$", finding.headline)


def test_every_kind_of_column_has_its_line(tmp_path):
    random = np.random.default_rng(0)
    frame = pd.DataFrame({
        "number": random.normal(size=60), "word": random.choice(["x", "y"], 60),
        "day": pd.Timestamp("2020-01-31") + pd.to_timedelta(np.arange(60), unit="D"), "y": ["u", "v"] * 30,
    })  # fmt: skip
    finding = walk(journey_on(frame, tmp_path, "y"), "explore", "distributions")["distributions"]
    table = next(block for block in finding.blocks if block.kind == "table")
    assert [row[:2] for row in table.rows] == [("number", "number"), ("word", "category"), ("day", "date")]
    assert table.rows[2][4] >= "2020-01-31"


def test_pictures_of_several_sizes(tmp_path):
    x, y = digits(60)
    pictures = [np.kron(p, np.ones((1 + i % 2, 1), "uint8")) for i, p in enumerate(x)]
    finding = walk(journey_on((pictures, y % 2), tmp_path), "explore", "distributions")["distributions"]
    assert finding.headline.startswith("Pictures have 2 sizes, from 8 × 8 to 16 × 8 pixels;")


@pytest.mark.parametrize("draw", [
    lambda r: r.normal(70, 12, 600),  # a blood pressure
    lambda r: np.maximum(r.normal(29, 9, 600), 7).round(),  # a skin fold
    lambda r: r.uniform(18, 90, 600),
])  # fmt: skip
def test_zeros_where_none_can_be_are_a_code(draw):
    random = np.random.default_rng(0)
    values = draw(random)
    assert coded_missing(values) is None
    assert coded_missing(np.where(random.random(600) < 0.05, 0, values)) == 0


def test_a_code_is_given_as_the_cause(tmp_path):
    frame = tumours()
    frame["mean area"] = frame["mean area"].mask(np.random.default_rng(0).random(len(frame)) < 0.05, -999)
    finding = walk(journey_on(frame, tmp_path, "diagnosis"), "explore", "distributions")["distributions"]
    assert finding.causes[0].fault == "D04"
    assert "'mean area'" in finding.causes[0].sentence


def test_columns_that_are_missing_together_are_shown(tmp_path):
    frame = tumours()
    frame.loc[::5, ["mean area", "mean radius"]] = None
    finding = walk(journey_on(frame, tmp_path, "diagnosis"), "explore", "distributions")["distributions"]
    table = next(block for block in finding.blocks if block.title == "Missing together")
    assert [row[0] for row in table.rows] == ["nothing", "mean radius, mean area"]
    heat = next(block for block in finding.blocks if block.kind == "heatmap")
    assert heat.values == ((1.0, 1.0), (1.0, 1.0))
