import numpy as np
import pytest

from tests.drills.networks import _a_tenth, _falling, pipeline, wine
from wizard.core.backend import keras
from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.in_the_plan import best_not_kept, decayed_early
from wizard.stages.experiments.planned import plan, stopped, unrestored


def trained(**changes):
    return Evidence(pipeline(wine().but(**changes), 0))


def test_a_rate_that_comes_to_nothing_while_the_loss_would_fall_is_named():
    found = decayed_early(trained(optimizer=_falling(8), fit={"batch": 16, "epochs": 30}))
    assert (found.fault, found.level, found.tested) == ("O03", "failed", True)
    assert "ExponentialDecay" in found.sentence


def test_a_schedule_of_the_right_length_is_silent():
    evidence = trained(optimizer=_falling(90), fit={"batch": 16, "epochs": 30})
    assert evidence.plan.alive > 0.9
    assert decayed_early(evidence) is None


def test_rates_of_a_callback_are_foreseen():
    fit = {"batch": 16, "epochs": 20, "callbacks": (keras.callbacks.LearningRateScheduler(_a_tenth),)}
    found = plan(trained(fit=fit).pipeline)
    assert found.what == "LearningRateScheduler"
    assert found.alive == pytest.approx(3 / 20)  # epochs at a tenth, a hundredth, a thousandth of the rate


def test_no_plan_is_made_of_a_constant_rate():
    assert plan(trained().pipeline) is None


@pytest.mark.parametrize("restores", [False, True])
def test_weights_worse_than_the_best_are_named_unless_the_best_are_kept(restores):
    stop = keras.callbacks.EarlyStopping(patience=10, restore_best_weights=restores)
    parts = wine()
    random = np.random.default_rng(0)
    y = parts.y.copy()
    y[:40] = y[random.permutation(40)]  # labels that can only be learnt by heart
    evidence = trained(y=y, layer={"width": 128}, fit={"batch": 16, "epochs": 60, "callbacks": (stop,)})
    assert (unrestored(evidence.pipeline) is None) == restores
    found = best_not_kept(evidence)
    assert (found is None) == restores
    if not restores:
        run = stopped(evidence.pipeline, 10)
        assert run.last_at == run.best_at + 10
        assert f"epoch {run.best_at} " in found.sentence
