"""A budget in seconds that is far too small: the journey ends all the same, and says what it left out."""

from __future__ import annotations

import time

import pytest

from tests.journeys.journey import raw
from wizard import Wizard
from wizard.core import costs
from wizard.core.clock import Clock
from wizard.core.result import LEFT_OUT, STAGES
from wizard.stages.stage import steps_of

SLOWER = 6.0  # times: a machine on which ten seconds are too few, however fast this one is


@pytest.mark.long
@pytest.mark.parametrize("sample", ["digits", "table", "regression"])
def test_a_journey_without_time_does_what_it_must_and_names_the_rest(sample, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(Clock, "now", lambda self: SLOWER * (time.monotonic() - self._started))
    data, target = raw(sample, 240)
    wizard = Wizard(data, target, budget=10, out=tmp_path, name=sample, gates="warn").run()
    said = capsys.readouterr().out
    assert "less than what cannot be left out may take here" in said
    assert "Left out for lack of time: " in said
    assert "no time is left but for what cannot be left out" in said
    assert not [finding.step for finding in wizard.findings if finding.status == "crashed" or finding.stops]
    for stage in STAGES:
        result = wizard.results[stage]
        skipped = {finding.step for finding in result.findings if finding.status == "skipped"}
        assert not skipped & {step.name for step in steps_of(stage) if step.is_gate}
        assert set(costs.SPARED[stage]) <= skipped | {finding.step for finding in result.findings if finding.is_done}
    assert {"local_or_global", "downsampling"} <= set(wizard.results["explore"].method[LEFT_OUT])
    assert wizard.results["ensemble"].finding("test_once").measured is not None
    assert wizard.results["ensemble"].finding("calibrate").is_done, "answers would be named from another threshold"
    assert any(line.startswith("The journey was given 10 s and took ") for line in wizard.results["ensemble"].plain)
