from types import SimpleNamespace

import numpy as np

from tests.stages.ensemble.started import GIVEN, SHORT, TWO, step_of
from tests.stages.walk import context_of
from wizard.core.decisions import Decisions
from wizard.stages.ensemble.disturbances import STRENGTHS, disturbed
from wizard.stages.ensemble.error_analysis import _robustness

JOINED = "wizard.stages.ensemble.error_analysis.joined"


def test_clean_data_raise_no_alarm(small):
    finding, _ = step_of(small, "error_analysis", {"members": TWO})
    assert finding.status == "noted"
    assert [block.kind for block in finding.blocks] == ["heatmap", "table", "gallery", "lines", "table"]
    assert "Disturbed inputs" in finding.headline or "disturbed inputs" in finding.headline


def test_rows_that_are_answered_the_wrong_way_round_are_found(small, monkeypatch):
    def turned(context):
        rows = context.deciding_rows
        p = np.eye(2)[context.y(rows)] * 0.8 + 0.1
        values = context.examples(rows).frame["mean texture"].to_numpy("float64")
        is_turned = values > np.quantile(values, 0.75)
        return np.where(is_turned[:, None], p[:, ::-1], p)

    monkeypatch.setattr(JOINED, turned)
    finding, _ = step_of(small, "error_analysis", {"members": TWO})
    assert finding.status == "warned"
    assert "mean texture in its highest quarter" in finding.headline
    assert finding.measured > 0.9


def test_strong_disturbances_cost_what_weak_ones_do_not(small):
    context = context_of(small, "ensemble")
    learnt = SHORT.but(epochs=40)
    context.decisions = Decisions.model_validate({**GIVEN, "incumbent": learnt, "members": ((learnt, 1.0),)})
    context.reads = (*context.reads, "members")
    still, *shaken = disturbed(context)
    assert still.score.value > 0.85
    assert still.change.ends == (0, 0)
    assert tuple(one.strength for one in shaken) == STRENGTHS == (0.1, 0.25, 0.5)
    assert shaken[-1].score.value < still.score.value - 0.02
    assert shaken[-1].change.value < min(0, shaken[0].change.value)


def test_a_model_of_ones_own_is_told_why_its_inputs_are_not_disturbed():
    assert "not measured" in _robustness(SimpleNamespace(own=object()), [])
    assert _robustness(SimpleNamespace(own=None), []) == ""
