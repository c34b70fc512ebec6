import math

import pytest

from wizard.core.blocks import Gallery, Item
from wizard.core.config import TrainingConfig
from wizard.core.decisions import Decisions
from wizard.core.finding import Finding
from wizard.core.result import DatasetSummary, StageResult, decided_by

ABOUT = DatasetSummary(
    name="d", modality="table", task="binary", target="y", classes=("a", "b"), form="f", n_examples=4, n_train=2,
    n_validation=1, n_test=1, fingerprint="0",
)  # fmt: skip


def result(*findings, **fields):
    return StageResult(stage="overfit", key="k", dataset=ABOUT, verdict="v", findings=findings, **fields)


def finding(step, status="passed", gate=False, **fields):
    return Finding(step=step, title="t", status=status, headline="h", gate=gate, **fields)


def test_decisions_survive_being_stored():
    config = TrainingConfig(family="mlp", hp={"width": 8})
    decided = {"incumbent": config, "members": ((config, 0.5),), "stage_configs": {"overfit": config},
               "dumb_scores": {"mean": math.inf}, "signal": True}  # fmt: skip
    back = StageResult.model_validate_json(result(decided=decided).model_dump_json())
    assert Decisions.model_validate(back.decided) == Decisions.model_validate(decided)


def test_only_failed_gates_close_a_stage():
    one = result(finding("a", "failed"), finding("b", "failed", gate=True), finding("c", "warned", gate=True))
    assert [f.step for f in one.failed_gates] == ["b"]
    assert one.finding("a").status == "failed"
    with pytest.raises(KeyError, match="no step 'z'"):
        one.finding("z")


def test_pictures_of_all_galleries_are_named_once():
    items = tuple(Item(label="l", asset=name) for name in ("p.png", "", "q.png", "p.png"))
    assert result(finding("a", blocks=(Gallery(items=items),))).asset_names == ("p.png", "q.png")


def test_a_later_stage_may_change_what_an_earlier_one_decided():
    stages = [result(decided={"metric": "accuracy", "signal": True}), result(decided={"metric": "macro_f1"})]
    assert decided_by(stages) == Decisions(metric="macro_f1", signal=True)
    assert decided_by([]) == Decisions()
