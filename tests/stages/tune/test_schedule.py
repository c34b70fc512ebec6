from dataclasses import replace

import numpy as np

from tests.stages.tune.started import MLP, given, tuned_from
from tests.stages.walk import context_of
from wizard.core.budget import EFFORTS, Budget
from wizard.core.decisions import Decisions
from wizard.stages.context import Judged
from wizard.stages.tune.schedule import _answer, _lengths, _schedules
from wizard.training.compare import Interval


def test_kept_only_beyond_the_noise(tuned):
    finding = tuned["schedule"]
    assert finding.status in ("passed", "noted")
    if finding.interval is not None:
        assert (finding.status == "passed") == (finding.interval[0] > 0)


def test_without_a_candidate_it_is_skipped(journeys):
    assert tuned_from(journeys["classes"], "schedule")["schedule"].status == "skipped"


def test_a_decay_ends_where_training_did_and_more_effort_tries_more(journeys):
    context = context_of(replace(journeys["classes"], budget=Budget(EFFORTS["thorough"])), "tune")
    context.decisions = Decisions.model_validate(given())
    stopped = MLP.but(epochs=20, stop_after=8, schedule="cosine")
    changes = [change for change, _ in _schedules(context, stopped)]
    assert [change["schedule"] for change in changes] == ["cycles", "constant"]
    assert all(change["epochs"] == 8 and change["stop_after"] is None for change in changes)
    assert [change["epochs"] for change, _ in _lengths(context, stopped)] == [16, 4]


def test_what_is_taken_is_remembered_as_no_find_of_the_search(journeys):
    context = context_of(journeys["classes"], "tune")
    context.decisions = Decisions.model_validate(given(candidates=(MLP,)))
    context.shared["decided_here"] = ("candidates", "metric")
    base, cosine = (Judged(MLP.but(schedule=name), (), np.arange(3), [], 0.9) for name in ("constant", "cosine"))
    outcome = _answer(context, base, [("a cosine", cosine, Interval(0.02, 0.01, 0.03))])
    assert outcome.decides["candidates"] == (cosine.config, MLP)
    assert context.shared["scheduled"] == cosine.config
