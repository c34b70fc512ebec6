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
    from tests.stages.walk import OPTIONS, Walked
    from wizard.core.decisions import Decisions

    given = {name: value for name, value in joined.decided.items() if name != "predictor"}
    context = journeys["classes"]._context("ensemble", OPTIONS["ensemble"], [], Decisions(), "another")
    finding = Walked(context, ("test_once",), given)["test_once"]
    assert "opened 2 times" in finding.headline


def test_the_ensemble_is_compared_with_each_on_the_same_rows(small):
    from tests.stages.ensemble.started import TWO, step_of
    from wizard.core.calibration import Calibration

    given = {"members": TWO, "human": 0.9, "ceiling": 0.96, "calibration": Calibration(temperature=1.5)}
    finding, _ = step_of(small, "test_once", given, key="compared")
    names = [row[0] for row in finding.blocks[1].rows]
    assert names[0] == "a person, on validation rows"
    assert names[-2:] == ["best single network", "ensemble"]
    person, allowed = finding.blocks[0].references
    assert (person.label, allowed.label, allowed.value) == ("a person", "what wrong labels allow", 0.96)
    assert "where chance alone gives" in finding.headline
    assert finding.blocks[-1].rows[0][0] == "test against validation, towards better"
