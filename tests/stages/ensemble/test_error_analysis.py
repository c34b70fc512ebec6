import numpy as np

from tests.stages.ensemble.started import TWO, step_of

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
