"""Same seed, same bits."""

from __future__ import annotations

import hashlib

from wizard.core.blocks import Column, Table
from wizard.core.config import TrainingConfig
from wizard.core.finding import Cause
from wizard.core.seeds import derive
from wizard.stages.baseline.skeleton import for_steps, skeleton
from wizard.stages.context import Context
from wizard.stages.experiments import verdicts
from wizard.stages.step import Outcome, failed, passed, step, warned

STEPS = 30  # enough for one different bit to spread over all weights


@step(gate=True)
def fixed_seed(context: Context) -> Outcome:
    """The same seed gives the same network, bit for bit, and another seed another one.

    If two identical runs differ, no later comparison can tell an improvement from chance. If two seeds agree, the
    seed does not reach the weights, and every "repeat" would be the same run.
    """
    if context.foreign is not None:
        return verdicts.repeated(context)
    config = for_steps(context, skeleton(context), STEPS)
    first, again, other = (_weights_hash(context, config, seed) for seed in (0, 0, 1))
    table = Table(
        title="Weights after training, as hashes",
        columns=(Column(name="run"), Column(name="hash of all weights")),
        rows=(("seed 0", first), ("seed 0 again", again), ("seed 1", other)),
    )
    n_equal = float(first == again)
    numbers = {"measured": n_equal, "expected": 1.0, "unit": "identical runs of one seed", "blocks": (table,)}
    if first != again:
        words = "Two runs with one seed end with different weights."
        if not context.trainer.is_deterministic:
            return warned(
                f"{words} That is what deterministic=False allows.",
                advice="Use Wizard(deterministic=True) where runs must be comparable bit for bit.",
                **numbers,
            )
        return failed(
            words,
            causes=(Cause(sentence="Something random is not seeded, or an op is not deterministic."),),
            advice="Look for unseeded randomness in callbacks and custom layers.",
            **numbers,
        )
    if first == other:
        return failed(
            "Two different seeds end with the same weights: the seed has no effect.",
            causes=(Cause(fault="M08", sentence="All weights start from constants, so nothing is drawn at random."),),
            advice="Initialise the weights at random, from the seed.",
            **numbers,
        )
    return passed("One seed gives the same weights twice, bit for bit; another seed gives others.", **numbers)


def _weights_hash(context: Context, config: TrainingConfig, seed: int) -> str:
    """Trains without the store: a stored run would agree with itself."""
    weights = context.trainer.train_unstored(config.but(seed=derive(context.seed, "run", seed)))
    digest = hashlib.sha256()
    for values in weights:
        digest.update(values.tobytes())
    return digest.hexdigest()[:16]
