import numpy as np
import pandas as pd
import pytest

from tests.small import some_series, some_texts
from tests.stages.walk import context_of, digits, journey_on, tumours, walk
from wizard.stages.explore.outliers import outlier_scores
from wizard.stages.second_unit import second_unit


def found(raw, folder, target=None, **options):
    return walk(journey_on(raw, folder, target, **options), "explore", "outliers")["outliers"]


def scaled(values, share=0.03, ratio=1000.0, seed=0):
    """Numbers of which a share is in another unit, and which."""
    chosen = np.random.default_rng(seed).random(len(values)) < share
    return np.where(chosen, values * ratio, values), chosen


def test_clean_data_are_shown_without_an_alarm(explored, kind):
    finding = explored[kind]["outliers"]
    assert finding.status == "noted"
    assert any(block.kind == "gallery" for block in finding.blocks)


def test_clean_texts_and_series_are_shown_without_an_alarm(tmp_path):
    for name, raw in (("texts", some_texts(120)), ("series", some_series(80))):
        finding = found(raw, tmp_path / name)
        assert finding.status == "noted"
        assert "no numbers are in a second unit." in finding.headline


@pytest.mark.parametrize(("column", "ratio"), [("mean area", 1000), ("mean radius", 100), ("mean texture", 10)])
def test_a_second_unit_is_named_with_its_column_ratio_and_rows(tmp_path, column, ratio):
    frame = tumours()
    frame[column], chosen = scaled(frame[column].to_numpy(), ratio=ratio)
    journey = journey_on(frame, tmp_path, "diagnosis")
    finding = walk(journey, "explore", "outliers")["outliers"]
    assert (finding.status, finding.causes[0].fault) == ("warned", "D09")
    assert f"column {column!r}" in finding.headline
    assert f"about {ratio:,} times larger" in finding.headline
    listed = {row[0] for row in finding.blocks[0].rows}
    assert listed == {str(journey.dataset.where[row]) for row in journey.split.train if chosen[row]}


def test_a_second_unit_that_only_held_out_rows_have_is_named_too(tmp_path):
    frame = tumours()
    split = journey_on(frame, tmp_path / "clean", "diagnosis").split
    rows = np.concatenate([split.validation[:3], split.test[:2]])
    frame.loc[rows, "mean area"] *= 1000
    own = {"validation": frame.iloc[split.validation], "test": frame.iloc[split.test]}
    finding = found(frame.iloc[split.train], tmp_path / "mixed", "diagnosis", **own)
    assert (finding.status, finding.causes[0].fault) == ("warned", "D09")
    assert "5 values of column 'mean area'" in finding.headline
    assert "5 of them are held out" in finding.headline


def test_series_in_a_second_unit_are_named(tmp_path):
    series, labels = some_series(300)
    for one in series[::25]:
        one[:, 0] *= 1000
    finding = found((series, labels), tmp_path)
    assert finding.status == "warned"
    assert "size of channel 1" in finding.headline


def test_pictures_on_another_scale_are_named(tmp_path):
    x, y = digits(400)
    x = x.astype("float32")
    x[::30] /= 255
    finding = found((x, y), tmp_path)
    assert finding.status == "warned"
    assert "0–1 and 0–255" in finding.headline


@pytest.mark.parametrize("draw", [
    lambda r: r.normal(size=2000),
    lambda r: r.lognormal(0, 2, 2000),
    lambda r: r.standard_cauchy(2000),
    lambda r: r.pareto(0.5, 2000),
    lambda r: np.where(r.random(2000) < 0.9, 0, np.where(r.random(2000) < 0.05, 99_999, r.lognormal(8, 1, 2000))),
    lambda r: np.where(r.random(2000) < 0.03, -999, r.normal(50, 9, 2000)),  # a code for missing is another fault
    lambda r: np.append(r.normal(5, 1, 1997), [50, 52, 49]),  # slips of the hand: too few for a unit
    lambda r: np.where(r.random(2000) < 0.3, 1000, 1) * r.normal(5, 0.5, 2000),  # two kinds of things
])  # fmt: skip
def test_heavy_tails_and_codes_are_no_second_unit(draw):
    assert all(second_unit(draw(np.random.default_rng(seed))) is None for seed in range(20))


def test_smaller_numbers_are_found_too():
    values, chosen = scaled(np.random.default_rng(0).normal(170, 8, 800), ratio=1 / 2.54)
    unit = second_unit(values)
    assert (unit.ratio, unit.is_smaller) == (2.54, True)
    assert (unit.places == np.flatnonzero(chosen)).all()


def test_a_few_numbers_are_enough_where_units_are_far_apart():
    values, chosen = scaled(np.round(np.random.default_rng(0).normal(5.8, 0.8, 100), 1), share=0.04)
    assert 3 <= chosen.sum() < 6
    unit = second_unit(values)
    assert (unit.ratio, list(unit.places)) == (1000.0, list(np.flatnonzero(chosen)))


def test_a_strange_row_comes_first_with_its_reason(tmp_path):
    journey = journey_on(tumours(), tmp_path, "diagnosis")
    row = int(journey.split.train[0])
    frame = tumours()
    frame.loc[row, ["mean texture", "mean smoothness", "mean symmetry"]] = 300.0, 5.0, -7.0
    journey = journey_on(frame, tmp_path / "strange", "diagnosis")
    finding = walk(journey, "explore", "outliers")["outliers"]
    gallery = next(block for block in finding.blocks if block.kind == "gallery")
    assert gallery.items[0].attributes["row"] == row
    assert "robust standard deviations" in gallery.items[0].caption
    cells = next(block for block in finding.blocks if block.title == "Unusual cells")
    assert {"column 'mean texture'", "column 'mean smoothness'"} <= {line[1] for line in cells.rows[:3]}


def test_scores_are_for_training_rows_and_the_same_each_time(tmp_path):
    context = context_of(journey_on(digits(300), tmp_path), "explore")
    rows, scores = outlier_scores(context)
    assert np.isin(rows, context.train_rows).all()
    assert rows.shape == scores.shape
    again = outlier_scores(context_of(journey_on(digits(300), tmp_path), "explore"))
    assert (again[1] == scores).all()


def test_rare_words_and_too_few_rows(tmp_path):
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"colour": ["red", "green"] * 60, "size": random.normal(size=120), "y": ["u", "v", "v", "u"] * 30}
    )
    frame.loc[:119:40, "colour"] = "mauve"
    assert "the rare 'mauve'" in found(frame, tmp_path, "y").model_dump_json()
    assert "too few" in found(frame[:12], tmp_path / "few", "y").headline


def test_a_single_number_is_in_another_unit_only_far_beyond_all_others():
    values = np.random.default_rng(0).normal(5, 1, 70).round(1)
    for factor, is_found in ((1000, True), (5, False)):
        slipped = values.copy()
        slipped[3] *= factor
        assert (second_unit(slipped) is not None) == is_found, factor
    assert all(second_unit(np.random.default_rng(seed).lognormal(0, 2, 200)) is None for seed in range(50))
