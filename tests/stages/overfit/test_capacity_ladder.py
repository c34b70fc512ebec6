from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tests.stages.overfit.trained import OTHER, flipped
from tests.stages.tune.started import MLP
from tests.stages.walk import TINY, context_of, diabetes, journey_on, noise, tumours, walk
from wizard.core.budget import EFFORTS, Budget
from wizard.core.clock import Clock
from wizard.core.decisions import Decisions
from wizard.core.pacing import CAUTION, Pacing
from wizard.models.families import mlp
from wizard.stages.context import Context
from wizard.stages.overfit import STEPS, summarise
from wizard.stages.overfit.capacity_ladder import ENOUGH, _incumbent, capacity_ladder
from wizard.stages.overfit.diagnosis import _seconds

GIVEN = {"metric": "accuracy", "contradiction_floor": 0.0, "signal": True, "stage_configs": {}}


def climbed(journey, **given):
    return walk(journey, "overfit", "capacity_ladder", given={**GIVEN, **given})


def test_silent_on_clean_data(overfitted):
    finding = overfitted["capacity_ladder"]
    assert finding.status in ("passed", "warned")
    assert overfitted.decided["incumbent"].family == "mlp"
    assert overfitted.decided["stage_configs"]["overfit"] == overfitted.decided["incumbent"]


@pytest.mark.parametrize("times", [1.0, 40.0])
def test_later_runs_are_no_longer_than_the_rows_ask_for(tmp_path, times):
    frame = noise()
    frame["label"] = np.where(frame.iloc[:, 0] > 0, "rare", "usual")
    frame.iloc[:, 0] += np.sign(frame.iloc[:, 0])  # a gap: learnt by heart at once
    timed = replace(journey_on(frame, tmp_path, "label"), budget=Budget(replace(TINY, epochs=times)))
    walked = climbed(timed)
    own = mlp.recipe(walked.context.form(), len(walked.context.train_rows), walked.context.task)
    enough = max(own.epochs, ENOUGH * walked.decided["epochs_to_fit"])
    assert own.epochs <= enough < 40 * own.epochs
    assert abs(walked.decided["incumbent"].epochs - min(times * own.epochs, enough)) < own.look_every


def test_a_network_that_cannot_see_its_inputs_fails(tmp_path, monkeypatch):
    build = mlp.FAMILY.build
    monkeypatch.setattr(mlp, "FAMILY", replace(mlp.FAMILY, build=lambda hp, x, form: build(hp, x, form) * 0))
    finding = climbed(journey_on(tumours(200), tmp_path, "diagnosis"))["capacity_ladder"]
    assert finding.status == "failed"
    assert finding.stops
    assert (finding.causes[0].fault, finding.causes[0].tested) == ("M15", True)
    assert [cause.fault for cause in finding.causes if cause.tested] == ["M15"]


def test_a_network_that_had_no_time_to_learn_closes_no_gate(tmp_path):
    timed = replace(journey_on(noise(), tmp_path, "label"), budget=Budget(TINY, 0.1))
    walked = climbed(timed)
    finding = walked["capacity_ladder"]
    assert finding.status == "warned"
    assert "there was no time for more" in finding.headline
    assert [block.title for block in finding.blocks] == ["Rungs"], "no experiment says why, in even less time"
    summary = summarise(tuple(finding.but(step=name) for name in STEPS), walked.context)
    assert summary.verdict == finding.headline, "the page's title says it once"


@pytest.mark.parametrize(
    ("runs", "epochs"),
    [(4, 8), (5, 10), (11.9, 10), (18, 15), (24, 20), (99, 20)],  # as many of the family's own fit into regularize
)
def test_runs_are_longer_than_their_family_takes_only_where_there_is_time_for_many(
    overfitted, tmp_path, monkeypatch, runs, epochs
):
    context = overfitted.context
    pacing = Pacing(Clock(), 0.0, 1e6, tmp_path / "journal.json")
    recipe = MLP.but(epochs=10, look_every=1)
    run = context.train(recipe)
    n_folds = max(1, len(context.split.folds))
    seconds = runs * n_folds * 10 * run.seconds_an_epoch * CAUTION * 1.001
    monkeypatch.setattr(Context, "seconds_for", lambda self, stage: seconds)
    timed = replace(context, pacing=pacing, budget=Budget(EFFORTS["standard"], 1e6))
    assert _incumbent(timed, recipe, run, has_fitted=False).epochs == epochs


@pytest.mark.parametrize(("n_looks", "seconds"), [(1, 12.0), (12, 1.0), (300, 0.4)])
def test_an_experiment_is_taken_to_last_as_long_as_it_does(n_looks, seconds):
    failing = SimpleNamespace(history={"loss": (1.0,) * n_looks}, seconds=2.0)
    assert _seconds(failing) == pytest.approx(seconds)


@pytest.mark.parametrize(("less", "n_rungs"), [(0, 3), (1, 1)])
def test_a_larger_rung_is_not_tried_with_fewer_epochs_than_its_family_takes(tmp_path, less, n_rungs):
    timed = replace(journey_on(noise(), tmp_path, "label"), budget=Budget(replace(TINY, epochs=1.0, rungs=3), 1e6))
    context = context_of(timed, "overfit")
    context.decisions = Decisions.model_validate(GIVEN)
    own = mlp.recipe(context.form(), len(context.train_rows), context.task)

    def cap(what, wanted, seconds_each, seconds):
        if "looks" not in what:
            return wanted
        return 1 if "rung 1" in what else own.epochs // own.look_every - less

    context.pacing.cap = cap
    outcome = capacity_ladder.run(context)
    assert len(context.shared["ladder"]) == n_rungs
    assert ("there was no time for more" in outcome.headline) == bool(less)


def test_labels_without_signal_do_not_fail(tmp_path, monkeypatch):
    build = mlp.FAMILY.build
    monkeypatch.setattr(mlp, "FAMILY", replace(mlp.FAMILY, build=lambda hp, x, form: build(hp, x, form) * 0))
    walked = climbed(journey_on(noise(), tmp_path, "label"), signal=False)
    assert walked["capacity_ladder"].status == "warned"


@pytest.mark.parametrize("floor", [0.4])
def test_contradictions_lower_what_is_asked(tmp_path, floor):
    frame = noise()
    frame["label"] = np.where(np.arange(300) % 3 == 0, "rare", "usual")
    finding = climbed(journey_on(frame, tmp_path, "label"), contradiction_floor=floor)["capacity_ladder"]
    assert finding.status == "passed"
    assert finding.expected == floor


def test_a_rate_far_too_high_is_named(tmp_path, monkeypatch):
    recipe = mlp.FAMILY.recipe
    high = replace(
        mlp.FAMILY, recipe=lambda *about: (usual := recipe(*about)).but(learning_rate=1e3 * usual.learning_rate)
    )
    monkeypatch.setattr(mlp, "FAMILY", high)
    finding = climbed(journey_on(diabetes(200), tmp_path, "progression"), metric="rmse")["capacity_ladder"]
    assert finding.status in ("failed", "warned")
    assert (finding.causes[0].fault, finding.causes[0].tested) == ("O01", True)
    assert finding.advice.startswith("Lower the learning rate")


def test_a_rate_far_too_low_is_named(tmp_path, monkeypatch):
    recipe = mlp.FAMILY.recipe
    low = replace(
        mlp.FAMILY, recipe=lambda *about: (usual := recipe(*about)).but(learning_rate=1e-4 * usual.learning_rate)
    )
    monkeypatch.setattr(mlp, "FAMILY", low)
    finding = climbed(journey_on(tumours(250), tmp_path, "diagnosis"))["capacity_ladder"]
    assert finding.status == "failed"
    assert (finding.causes[0].fault, finding.causes[0].tested) == ("O02", True)


def test_contradictory_labels_are_named(tmp_path):
    frame = tumours(150)
    copies = frame.iloc[:70].assign(diagnosis=frame["diagnosis"].iloc[:70].map(OTHER))
    both = pd.concat([frame, copies], ignore_index=True)
    finding = climbed(journey_on(both, tmp_path, "diagnosis"), label_noise=0.0)["capacity_ladder"]
    assert finding.status == "warned"
    assert "L01" in [cause.fault for cause in finding.causes if cause.tested], finding.causes


def test_wrong_labels_need_not_be_learnt(tmp_path):
    frame, _ = flipped(60)
    given = {"label_noise": 0.15, "label_noise_interval": (0.1, 0.2)}
    finding = climbed(journey_on(frame, tmp_path, "diagnosis"), **given)["capacity_ladder"]
    assert finding.status == "passed"
    assert "Nothing is left to learn that holds" in finding.headline
    assert finding.expected == 0.15
