"""Texts of several scripts walk through all six stages, as classes and as amounts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.small import some_texts
from tests.stages.walk import TINY
from wizard import Wizard
from wizard.core.budget import Budget

ODD = ["", "我爱北京", "👍🏽 soup", "<b>harbour</b> &amp; sail", "the tide " * 20_000]


@pytest.mark.slow
@pytest.mark.parametrize("task", ["classification", pytest.param("regression", marks=pytest.mark.long)])
def test_a_journey_on_texts(task, tmp_path, monkeypatch):
    tiny = Budget(replace(TINY, rungs=1, trials=1, steps=60, epochs=0.2))
    monkeypatch.setattr("wizard.wizard.parse_budget", lambda _: tiny)
    texts, labels = some_texts(110)
    texts[3:6] = ["我爱北京天安门 soup bread", "👍🏽 cheese oven " * 3, "<p>the harbour, a tide</p> and wave"]
    y = labels
    if task == "regression":
        y = (labels == "sea") * 10.0 + np.random.default_rng(0).normal(size=len(texts))
    wizard = Wizard((texts, y), out=tmp_path, name="letters", gates="warn")
    wizard.explore(examples=20).baseline().overfit().regularize(only="augment").tune(trials=1).ensemble()
    assert {finding.step for finding in wizard.findings if finding.status in ("crashed", "failed")} <= {
        "capacity_ladder"
    }
    answers = wizard.predict(ODD)
    assert len(answers) == len(ODD)
    assert wizard.predict(ODD[1:])[-1] == answers[-1]
    if task == "regression":
        assert np.isfinite(answers).all()
    else:
        assert wizard.predict(["soup bread cheese", "harbour sail tide"]).tolist() == ["food", "sea"]
    assert (tmp_path / "letters" / "predictor" / "model.keras").is_file()
