import numpy as np
import pytest

from tests.drills.net_faults import a_tenth, adam, falling
from tests.drills.networks import Parts, mlp, pipeline, wine
from wizard.core.backend import keras
from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.in_the_plan import best_not_kept, decayed_early
from wizard.stages.experiments.planned import plan, stopped, unrestored


def trained(**changes):
    return Evidence(pipeline(wine().but(**changes), 0))


def test_a_rate_that_comes_to_nothing_while_the_loss_would_fall_is_named():
    found = decayed_early(trained(optimizer=falling(8), fit={"batch": 16, "epochs": 30}))
    assert (found.fault, found.level, found.tested) == ("O03", "failed", True)
    assert "ExponentialDecay" in found.sentence


def test_a_schedule_of_the_right_length_is_silent():
    evidence = trained(optimizer=falling(90), fit={"batch": 16, "epochs": 30})
    assert evidence.plan.alive > 0.9
    assert decayed_early(evidence) is None


def test_a_plan_is_of_all_examples_where_a_part_is_looked_at():
    evidence = trained(optimizer=falling(90), fit={"batch": 16, "epochs": 30})
    n = len(evidence.pipeline.train)
    steps = evidence.pipeline.steps_an_epoch
    assert steps == -(-n // 16)
    evidence.pipeline.n_examples = 10 * n
    assert plan(evidence.pipeline).an_epoch == evidence.pipeline.steps_an_epoch == -(-10 * n // 16)


def test_rates_of_a_callback_are_foreseen():
    fit = {"batch": 16, "epochs": 20, "callbacks": (keras.callbacks.LearningRateScheduler(a_tenth),)}
    evidence = trained(fit=fit)
    found = plan(evidence.pipeline)
    assert (found.what, found.by_epoch[0]) == ("LearningRateScheduler", pytest.approx(1e-4))
    assert decayed_early(evidence).level == "failed"
    assert 3 / 20 <= found.alive <= 4 / 20  # a thousandth is reached in the fourth epoch, give or take


def test_no_plan_is_made_of_a_constant_rate():
    assert plan(trained().pipeline) is None


@pytest.mark.slow
@pytest.mark.parametrize("restores", [False, True])
def test_weights_worse_than_the_best_are_named_unless_the_best_are_kept(restores):
    random = np.random.default_rng(0)
    x = random.normal(size=(260, 20)).astype("float32")
    y = (x[:, :1] + random.normal(size=(260, 1)) > 0).astype("float32")  # sixty noisy rows are soon known by heart
    stop = keras.callbacks.EarlyStopping(patience=15, restore_best_weights=restores)
    made = Parts(x[:60], y[:60], x[60:], y[60:], "binary", mlp, last="sigmoid", units=1, loss="binary_crossentropy",
                 optimizer=adam(3e-3), fit={"batch": 8, "epochs": 60, "callbacks": (stop,)})  # fmt: skip
    evidence = Evidence(pipeline(made, 0))
    assert (unrestored(evidence.pipeline) is None) == restores
    found = best_not_kept(evidence)
    assert (found is None) == restores
    if not restores:
        run = stopped(evidence.pipeline, 15)
        assert run.last_at == run.best_at + 15
        assert f"epoch {run.best_at} " in found.sentence
