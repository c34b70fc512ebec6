"""A journey with each family that explore does not choose by itself on small data: the one that was asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.small import some_rows, some_series, some_texts
from tests.stages.walk import TINY, diabetes
from wizard import Wizard
from wizard.core.budget import Budget

CASES = {  # family: data set, target
    "tabm": lambda: (some_rows(240), "bought"),
    "realmlp": lambda: (diabetes(240), "progression"),
    "transformer": lambda: (some_texts(160), None),
    "minirocket": lambda: (some_series(120), None),
    "inception_time": lambda: (some_series(90), None),
}


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_a_journey_with_a_family_that_was_asked_for(name, tmp_path, monkeypatch):
    tiny = Budget(replace(TINY, rungs=1, trials=2, steps=40, epochs=0.1))
    monkeypatch.setattr("wizard.wizard.parse_budget", lambda _: tiny)
    data, target = CASES[name]()
    wizard = Wizard(data, target, out=tmp_path, name="asked for", gates="warn").explore(examples=10).baseline()
    wizard.overfit(family=name).regularize(only=("dropout", "early_stopping")).tune(trials=2).ensemble()
    assert [finding.step for finding in wizard.findings if finding.status == "crashed"] == []
    assert next(one for one in wizard.findings if one.step == "hand_over").status == "passed"
    assert name in {config.family for config, _ in wizard.decisions.members}  # others of the journey may join
    raw = data.drop(columns=[target]).head(3) if target else data[0][:3]
    assert np.array_equal(wizard.predict(raw), wizard.predict(raw))


@pytest.mark.long
def test_pretrained_without_weights_goes_on_from_scratch_and_says_so(tmp_path, monkeypatch):
    from tests.small import some_digits

    tiny = Budget(replace(TINY, rungs=1, steps=40, epochs=0.1))
    monkeypatch.setattr("wizard.wizard.parse_budget", lambda _: tiny)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    wizard = Wizard(some_digits(120), out=tmp_path, name="pictures", gates="warn").explore(examples=10).baseline()
    wizard.overfit(family="pretrained")
    said = next(finding for finding in wizard.findings if finding.step == "pick_model")
    assert "no pretrained weights are at hand" in said.headline
    assert any("~/.keras/models" in getattr(block, "text", "") for block in said.blocks)
    assert wizard.decisions.incumbent.family == "resnet"
