import numpy as np
import pandas as pd
import pytest

from tests.stages.ensemble.started import SHORT, TWO, step_of
from tests.stages.walk import OPTIONS, Walked, context_of, diabetes, journey_on
from wizard.core.calibration import Calibration
from wizard.core.decisions import Decisions
from wizard.stages.ensemble.explained import explain
from wizard.stages.ensemble.fair import as_promised
from wizard.stages.ensemble.pool import Candidate
from wizard.stages.ensemble.selection import MOVED, answers, select
from wizard.training.calibration import fit_threshold, named
from wizard.training.compare import Interval


def test_the_test_set_is_opened_and_agrees_with_validation(joined):
    finding = joined["test_once"]
    assert finding.status in ("passed", "noted", "warned")
    assert f"{len(joined.context.split.test)} sealed test rows" in finding.headline
    assert joined.context.is_test_open


def test_bars_begin_with_the_simple_methods_and_end_with_the_ensemble(joined):
    labels = joined["test_once"].blocks[0].labels
    assert labels[0] in ("majority class", "stratified guess")
    assert labels[-1] == "ensemble"


def test_opening_again_says_so(journeys, joined):
    given = {name: value for name, value in joined.decided.items() if name != "predictor"}
    context = journeys["classes"]._context("ensemble", OPTIONS["ensemble"], [], Decisions(), "another")
    finding = Walked(context, ("test_once",), given)["test_once"]
    assert "opened 2 times" in finding.headline


def test_the_ensemble_is_compared_with_each_on_the_same_rows(small):
    given = {"members": TWO, "human": 0.9, "ceiling": 0.96, "calibration": Calibration(temperature=1.5)}
    finding, _ = step_of(small, "test_once", given, key="compared")
    names = [row[0] for row in finding.blocks[1].rows]
    assert names[0] == "a person, on validation rows"
    assert names[-2:] == ["best single network", "ensemble"]
    person, allowed = finding.blocks[0].references
    assert (person.label, allowed.label, allowed.value) == ("a person", "what wrong labels allow", 0.96)
    assert "where chance alone gives" in finding.headline
    assert finding.blocks[-1].rows[0][0] == "test against validation, towards better"


@pytest.fixture(scope="module")
def rare(tmp_path_factory):
    """A journey on 700 rows of which one in eight is positive, scored by balanced accuracy."""
    random = np.random.default_rng(0)
    x = random.normal(size=(700, 3))
    frame = pd.DataFrame(x, columns=list("abc"))
    frame["ill"] = np.where(random.random(700) < 1 / (1 + np.exp(2.9 - 1.5 * x[:, 0] - x[:, 1])), "yes", "no")
    return journey_on(frame, tmp_path_factory.mktemp("rare") / "run", "ill", metric="balanced_accuracy")


def test_a_threshold_is_no_gain_of_the_ensemble_over_the_network_that_it_is(rare):
    given = {"members": ((SHORT, 1.0),), "dumb_scores": {"majority class": 0.5, "linear model": 0.6}}
    _, calibrated = step_of(rare, "calibrate", given)
    assert calibrated.decided["calibration"].threshold < 0.4
    finding, _ = step_of(rare, "test_once", {**given, "calibration": calibrated.decided["calibration"]})
    rows = {row[0]: row for row in finding.blocks[1].rows}
    assert rows["best single network"][1:4] == rows["ensemble"][1:4]
    assert rows["best single network"][4:] == (0, 0, 0)
    assert rows["linear model"][1] > 0.65, "the simple method has a threshold of its own"
    assert "a threshold of its own" in finding.blocks[1].caption


def test_what_validation_said_rests_on_no_threshold_that_its_rows_chose(rare, monkeypatch):
    context = context_of(rare, "ensemble")
    rows = context.deciding_rows
    random = np.random.default_rng(1)
    p = np.column_stack([np.ones(len(rows)), random.random(len(rows))]) / 2
    p[:, 0] = 1 - p[:, 1]
    monkeypatch.setattr("wizard.stages.ensemble.fair.joined", lambda context: p)  # answers that know nothing
    y = context.y(rows)
    threshold = fit_threshold(p, y, None, context.metric, context.task)
    context.decisions = Decisions(members=((SHORT, 1.0),), calibration=Calibration(threshold=threshold))
    context.shared["decided_here"] = tuple(Decisions.model_fields)
    flattered = context.metric.score(y, named(p, threshold, context.task), None)
    assert context.metric.score(y, as_promised(context), None) < flattered


def test_intervals_that_do_not_hold_are_named_for_the_worst_target(tmp_path):
    journey = journey_on(diabetes(240), tmp_path, ["progression", "s5"])
    given = {"members": ((SHORT, 1.0),), "dumb_scores": {"mean": 0.0, "linear model": 0.0}}
    finding, _ = step_of(journey, "test_once", {**given, "calibration": Calibration(half_widths=(1e4, 0.01))})
    assert finding.status == "warned"
    assert [cause.fault for cause in finding.causes] == ["E12"]
    assert "of 's5', the fewest" in finding.headline
    assert "the intervals" in finding.advice


def test_where_a_simple_method_does_as_well_the_difference_from_validation_is_explained_still(small):
    given = {"members": ((SHORT.but(epochs=1), 1.0),)}
    finding, _ = step_of(small, "test_once", given, key="simple")
    assert finding.status == "warned"
    assert "A much simpler method does as well" in finding.headline
    assert "than validation" in finding.headline


def test_the_summary_does_not_call_rows_sealed_that_were_opened_before(small):
    from wizard.stages.ensemble import _sealed

    assert "had been sealed until now" in _sealed(1)
    assert "opened 2 times" in _sealed(2)
    assert _sealed(0) == "The test rows are sealed still."


def test_members_are_picked_by_the_smooth_score_where_another_threshold_than_one_half_is_best(rare):
    """The metric at one half says how bold networks are, not how well they tell rows apart."""
    context = context_of(rare, "ensemble")
    rows = context.deciding_rows
    y, random = context.y(rows), np.random.default_rng(2)

    def candidate(shift, noise, seed):
        odds = 2.0 * y - 3.0 + random.normal(0, 1, len(rows)) + random.normal(0, noise, len(rows))
        p = 1 / (1 + np.exp(-(odds + shift)))
        p = np.column_stack([1 - p, p])
        loss = float(-np.log(p[np.arange(len(y)), y]).mean())
        return Candidate(SHORT.but(seed=seed), p, (), loss)

    bold, modest = candidate(2.5, 1.5, 0), candidate(0.0, 0.1, 1)
    score = context.metric.score
    assert score(y, bold.predictions, None) > score(y, modest.predictions, None)
    selection = select(context, [bold, modest], most=1)
    assert context.shared[MOVED]
    assert set(selection.picks) == {1}
    assert np.array_equal(selection.alone, modest.predictions)
    assert not np.array_equal(answers(context, modest.predictions), modest.predictions)


@pytest.mark.parametrize(("test", "is_noise"), [(0.89, True), (0.80, False)])
def test_a_difference_from_validation_is_worse_beyond_drawing_rows_or_explained_by_it(small, test, is_noise):
    """204 rows decided and 36 are sealed: half the interval of such a difference is about .05."""
    context = context_of(small, "ensemble")
    context.decisions = Decisions(metric="accuracy", members=((SHORT, 1.0),))
    context.shared["decided_here"] = tuple(Decisions.model_fields)
    found = explain(context, Interval(test, test - 0.02, test + 0.02), Interval(0.90, 0.88, 0.92))
    assert found.difference.value == pytest.approx(test - 0.90)
    assert found.is_noise == is_noise
    assert "worse than validation" in found.sentence(context)
    assert ("beyond what drawing other rows explains" in found.sentence(context)) != is_noise
