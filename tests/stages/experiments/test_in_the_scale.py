import pytest

from tests.drills.networks import MATERIALS, pipeline
from wizard.core.backend import keras
from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.in_the_scale import odd_optimiser


def trained(momentum, epochs):
    """Digits that are learnt all the same: a rate of 0.02 carries them there before the momentum does."""
    digits = MATERIALS["flat digits"]()
    fit = {**digits.fit, "epochs": epochs}
    return Evidence(pipeline(digits.but(optimizer=lambda: keras.optimizers.SGD(0.02, momentum=momentum), fit=fit), 0))


def test_a_momentum_that_remembers_most_of_the_training_is_named():
    found = odd_optimiser(trained(0.999, 20))
    assert (found.fault, found.level) == ("O10", "warned")
    assert "the last 1,000 steps" in found.sentence


def test_a_momentum_that_forgets_nothing_is_told_as_that():
    found = odd_optimiser(trained(1.0, 20))
    assert found.fault == "O10"


@pytest.mark.parametrize(("momentum", "epochs"), [(0.9, 20), (0.99, 20), (0.999, 2000), (0.999, 1)])
def test_a_usual_momentum_a_long_training_or_one_without_a_plan_is_silent(momentum, epochs):
    assert odd_optimiser(trained(momentum, epochs)) is None
