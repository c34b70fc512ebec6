from tests.report.examples import FINDINGS, HREFS, RESULTS, result_of
from wizard.report import journey_of
from wizard.report.journey import status_of


def test_all_six_stages_are_there_in_order():
    states = journey_of({"explore": RESULTS["explore"]}, HREFS)
    assert [state.stage for state in states] == ["explore", "baseline", "overfit", "regularize", "tune", "ensemble"]
    assert [state.status for state in states] == ["warned"] + ["not run"] * 5
    assert states[0].headline == RESULTS["explore"].verdict
    assert states[1].headline == ""
    assert states[0].href == "../1-explore/report.html"
    assert states[1].href == "", "a stage that was not run has no page"


def test_the_worst_finding_counts():
    assert status_of(RESULTS["baseline"]) == "failed"
    assert status_of(RESULTS["overfit"]) == "done"
    crashed = FINDINGS["baseline"][1]
    assert status_of(result_of("baseline", findings=(crashed,))) == "warned"
    assert status_of(result_of("baseline", findings=(crashed.but(gate=True),))) == "failed"
