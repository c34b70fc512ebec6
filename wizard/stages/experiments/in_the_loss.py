"""Faults of the loss."""

from __future__ import annotations

import numpy as np

from wizard.stages.experiments.classical import targets_of
from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.suspicion import Suspicion
from wizard.stages.experiments.wording import output_gradients, rate_of, textbook_losses

PENALTY = 0.9  # of the loss that is regularisation
FLAT_SHARE = 0.2  # of the examples have no gradient


def wrong_sign(e: Evidence) -> Suspicion | None:
    """A loss or a rate of the wrong sign."""
    head, rate = e.pipeline.head, rate_of(e)
    text = textbook_losses(e)
    own = e.first.losses
    opposite = (
        not head.is_known and text is not None and own.std() > 0 and text.std() > 0
        and float(np.corrcoef(own, text)[0, 1]) < -0.9
    )  # fmt: skip
    if rate < 0 or opposite:
        why = f"the learning rate is {rate:g}" if rate < 0 else f"`{head.loss}` falls where answers get worse"
        return Suspicion(
            "T05", f"Training climbs instead of descending: {why}.", "decreasing_loss", "failed",
            "Turn the sign round.", True,
        )  # fmt: skip
    return None


def clipped_loss(e: Evidence) -> Suspicion | None:
    """A loss that is cut off, so that hard examples have no gradient."""
    if e.pipeline.head.is_known:
        return None
    gradient, text = output_gradients(e), textbook_losses(e)
    if gradient is None or text is None or not np.isfinite(gradient).all():
        return None
    is_flat = gradient == 0
    share = float(is_flat.mean())
    if share > 0.999 and np.ptp(e.first.losses) == 0 and np.ptp(text) > 0:
        return Suspicion(
            "T04", f"`{e.pipeline.head.loss}` is {e.first.losses[0]:.3g} for every example, whatever the network "
            "answers: it is cut off below what an untrained network gets, so that nothing can be learnt.",
            "loss_at_init", "failed", "Clip gradients (clipnorm) instead of the loss.",
        )  # fmt: skip
    if share < FLAT_SHARE or share > 0.999 or text[is_flat].mean() <= text[~is_flat].mean():
        return None
    return Suspicion(
        "T04", f"{share:.0%} of the examples, those with the highest losses, have no gradient: "
        f"`{e.pipeline.head.loss}` is cut off instead of its gradient, so that nothing is learnt from them.",
        "loss_at_init", "failed" if e.suffers else "warned",
        "Clip gradients (clipnorm) instead of the loss.",
    )  # fmt: skip


def mismatched_loss(e: Evidence) -> Suspicion | None:
    """A loss for another task."""
    head = e.pipeline.head
    y = e.pipeline.train.targets[e.head_at]
    flat = y.reshape(len(y), -1).astype("float64")
    if head.kind == "labels" and head.is_known and (flat.min() < 0 or flat.max() > 1):
        return Suspicion(
            "T01", f"{head.loss} wants targets from 0 to 1, but they run from {flat.min():g} to {flat.max():g}.",
            "loss_at_init", "failed", "Take the loss of the task: mean_squared_error for amounts, "
            "sparse_categorical_crossentropy for class codes.",
        )  # fmt: skip
    if head.kind == "numbers" and head.n_units > 1 and flat.shape[1] == 1:
        return Suspicion(
            "T01", f"The last layer answers {head.n_units} numbers an example, but each target is one (from "
            f"{flat.min():g} to {flat.max():g}): {head.loss} compares every answer with it, without a word.",
            "loss_at_init", "failed", "Class codes need sparse_categorical_crossentropy; an amount needs one unit.",
        )  # fmt: skip
    is_one_hot = flat.shape[1] > 1 and bool(np.isin(flat, (0, 1)).all()) and bool((flat.sum(1) == 1).all())
    if head.kind == "numbers" and (is_one_hot or head.activation == "softmax"):
        return Suspicion(
            "T01", f"Targets are classes, but {head.loss} is a loss for amounts: it learns more slowly, and its "
            "outputs are no probabilities to rely on.",
            "loss_at_init", "warned" if e.suffers else "noted", "Use categorical_crossentropy.",
        )  # fmt: skip
    return None


def class_weights(e: Evidence) -> Suspicion | None:
    """Class weights whose keys are no classes."""
    weights, head = e.pipeline.class_weight, e.pipeline.head
    if not weights or head.kind == "numbers":
        return None
    t = targets_of(head, e.pipeline.train.targets[e.head_at])
    classes = set(np.flatnonzero(t.sum(0)).tolist()) if t.shape[1] > 1 else set(np.unique(t).astype(int).tolist())
    unknown = sorted(key for key in weights if key not in classes)
    missing = sorted(classes - set(weights))
    if not unknown and not missing:
        return None
    words = f"has a weight for {unknown}, which no example has" if unknown else f"leaves out {missing}"
    return Suspicion(
        "T06", f"class_weight {words}: Keras says nothing and weighs these examples as 1.", "loss_at_init", "failed"
        if unknown else "warned", "Use the codes that are in the targets as keys, one for each class.",
    )  # fmt: skip


def heavy_penalty(e: Evidence) -> Suspicion | None:
    """Penalties that are nearly all of the loss."""
    penalty, data = e.first.penalty, abs(e.first.own)
    if penalty <= PENALTY * (penalty + data):
        return None
    return Suspicion(
        "T09", f"Regularisation is {penalty / (penalty + data):.0%} of the loss ({penalty:.3g} of "
        f"{penalty + data:.3g}): the optimiser shrinks weights instead of learning.",
        "simplify", "failed" if e.suffers else "warned",
        "Lower l1, l2 or weight decay by a factor of 100, or leave it out for now.",
    )  # fmt: skip
