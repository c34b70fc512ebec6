"""Changes of a batch while training that go further than a label-preserving one: disturbed, mixed, pasted examples.

All strengths are variables, so that one traced graph serves every run that mixes; at 0 a batch passes as it came, bit
for bit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from wizard.core.backend import tf
from wizard.core.config import TrainingConfig
from wizard.core.seeds import derive
from wizard.models.creative import beta_shares, blended, disturbed, pasted


class Mixing:
    """What happens to a batch of inputs before a training step, and to the loss after it.

    Each example meets the next one of its batch, whose order is random. Mixup (Zhang et al. 2018) blends the two,
    cutmix (Yun et al. 2019) pastes a part of one into the other; the loss is that of either's label, by their shares.

    Attributes:
        kind: Of the form ("image", "features", "tokens", "series").
        spread: Gives the standard deviation of each channel of a series.
    """

    def __init__(self, kind: str, spread: Callable[[], Any]) -> None:
        """Everything is off."""
        self.kind, self.spread = kind, spread
        self.creative, self.mixup, self.cutmix = (
            tf.Variable(0.0, trainable=False, name=name) for name in ("creative", "mixup", "cutmix")
        )
        self.seed = tf.Variable(0, trainable=False, dtype="int32", name="mixing_seed")
        self._step = threading.local()  # being traced: replicas are, each in a thread of its own
        self._step.own = None

    def set(self, config: TrainingConfig) -> None:
        """Sets strengths and seed for a run."""
        self.creative.assign(config.creative)
        self.mixup.assign(config.mixup)
        self.cutmix.assign(config.cutmix)
        self.seed.assign(derive(config.seed, "mixing") % 2**31)

    def changed(self, inputs: dict[str, Any], step: Any) -> dict[str, Any]:
        """Inputs of a batch as the network gets them at a step; remembers the labels' shares for `loss`."""
        inputs = {
            name: tf.cast(values, "float32") if values.dtype == "uint8" else values for name, values in inputs.items()
        }
        b = tf.shape(next(iter(inputs.values())))[0]
        seeds = tf.random.experimental.stateless_split(tf.stack([self.seed, tf.cast(step, "int32")]), 4)

        shaken = tf.cond(
            self.creative > 0,
            lambda: disturbed(self.kind, inputs, self.creative, seeds[0], self.spread()),
            lambda: inputs,
        )
        is_met = (self.mixup > 0) | (self.cutmix > 0)
        result, self._step.own = tf.cond(is_met, lambda: self._met(shaken, b, seeds), lambda: (shaken, tf.ones(b)))
        return {name: tf.ensure_shape(result[name], values.shape) for name, values in inputs.items()}

    def loss(self, plain: Callable[..., Any], y: Any, answers: Any, weight: Any) -> Any:
        """The loss of a step: of each example's own label and of the one it met, by their shares."""
        own = getattr(self._step, "own", None)  # (b,) share of each example's own label
        if own is None:  # Keras builds the loss before the first step of a strategy
            return plain(y=y, y_pred=answers, sample_weight=weight)

        def mixed() -> Any:
            theirs = plain(y=tf.roll(y, 1, 0), y_pred=answers, sample_weight=tf.roll(weight, 1, 0) * (1 - own))
            return plain(y=y, y_pred=answers, sample_weight=weight * own) + theirs

        is_on = (self.mixup > 0) | (self.cutmix > 0)
        return tf.cond(is_on, mixed, lambda: plain(y=y, y_pred=answers, sample_weight=weight))

    def _met(self, inputs: dict[str, Any], b: Any, seeds: Any) -> tuple[dict[str, Any], Any]:
        """Blended or pasted inputs, and the share of each example's own label; with both on, a coin decides."""
        coin = tf.random.stateless_uniform((b,), seeds[3])
        is_pasted = (self.cutmix > 0) & ((self.mixup <= 0) | (coin < 0.5))
        cut, mixed = (tf.where(alpha > 0, alpha, 1.0) for alpha in (self.cutmix, self.mixup))  # 1: not used
        own = tf.where(is_pasted, beta_shares(cut, b, seeds[1]), beta_shares(mixed, b, seeds[1]))
        parts, part_own = pasted(self.kind, inputs, own, seeds[2])
        blend = blended(inputs, own, seeds[2])
        chosen = {
            name: tf.where(tf.reshape(is_pasted, (-1, *(1,) * (len(values.shape) - 1))), parts[name], blend[name])
            for name, values in inputs.items()
        }
        return chosen, tf.where(is_pasted, part_own, own)
