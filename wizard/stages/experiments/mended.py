"""The same few examples learnt with one thing mended: does the symptom go?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wizard.core.backend import keras, tf
from wizard.core.seeds import derive
from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.rates import other_rate
from wizard.stages.experiments.runs import FewRun, few_run
from wizard.training.pipeline import Pipeline
from wizard.training.randomness import keras_seed

STEPS, LOOKS = 300, 10
RATE = 1e-3  # Adam's own
LEARNT = 0.2  # of the loss that guessing costs: a network that gets there in so few steps is mended


def few_at(pipeline: Pipeline, factor: float) -> FewRun:
    """A few examples learnt by heart at another learning rate."""
    with other_rate(pipeline, factor):
        return few_run(pipeline)


def few_with(
    evidence: Evidence,
    loss: Callable[[Any, Any], Any] | None = None,
    call: Callable[[Any], Any] | None = None,
    x: Callable[[np.ndarray], np.ndarray] | None = None,
    y: Callable[[np.ndarray], np.ndarray] | None = None,
    is_unfrozen: bool = False,
    before: Callable[[], None] | None = None,
) -> tuple[float, int]:
    """Learns the few examples with Adam and one thing changed.

    Args:
        evidence: Of the pipeline.
        loss: (y, outputs) -> loss, in place of the user's.
        call: Inputs -> outputs of the judged head, in place of the model's.
        x: Change of the inputs.
        y: Change of the targets.
        is_unfrozen: Whether all weights may move.
        before: Changes weights before the start.

    Returns:
        (loss at the end as a share of the loss at the best constant answer, steps until it was learnt or all of them).
    """
    pipeline, at = evidence.pipeline, evidence.head_at
    few = pipeline.train.take(evidence.few.rows)
    inputs = keras.tree.map_structure(lambda a: tf.constant(a if x is None else x(a)), few.x)
    target = few.targets[at] if y is None else y(few.targets[at].astype("float64")).astype("float32")
    target = tf.constant(target)
    call = call or (lambda nest: keras.tree.flatten(pipeline.model(nest, training=False))[at])
    loss = loss or (lambda truth, out: keras.ops.mean(pipeline.heads[at].call(truth, out)))
    guess = evidence.few.guess if y is None else 1.0
    with pipeline.untouched(), keras_seed(derive(pipeline.seed, "mended"), pipeline.is_own):
        pipeline.restore(pipeline.first)
        if before is not None:
            before()
        frozen = _unfrozen(pipeline.model) if is_unfrozen else []
        variables = pipeline.model.trainable_variables
        optimizer = keras.optimizers.Adam(RATE, clipnorm=1.0)
        optimizer.build(variables)

        @tf.function
        def steps(n: Any) -> Any:
            value = tf.constant(0.0)
            for _ in tf.range(n):
                with tf.GradientTape() as tape:
                    value = tf.cast(loss(target, call(inputs)), "float32")
                gradients = tape.gradient(value, [v.value for v in variables])
                pairs = [(g, v) for g, v in zip(gradients, variables, strict=True) if g is not None]
                optimizer.apply(*zip(*pairs, strict=True)) if len(pairs) == len(variables) else optimizer.apply(
                    [tf.zeros_like(v) if g is None else g for g, v in zip(gradients, variables, strict=True)]
                )
            return value

        share, done = 1.0, 0
        for _ in range(LOOKS):
            share = float(steps(tf.constant(STEPS // LOOKS))) / max(guess, 1e-12)
            done += STEPS // LOOKS
            if not np.isfinite(share) or share < LEARNT / 2:
                break
        for layer in frozen:
            layer.trainable = False
    return (share if np.isfinite(share) else float("inf")), done


def _unfrozen(model: Any) -> list[Any]:
    """Makes all layers trainable; returns those that were not."""
    frozen = [layer for layer in model._flatten_layers(include_self=True, recursive=True) if not layer.trainable]
    for layer in frozen:
        layer.trainable = True
    return frozen
