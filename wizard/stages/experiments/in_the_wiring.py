"""Faults of how a network is put together: most rest on an exact property."""

from __future__ import annotations

import numpy as np

from wizard.stages.experiments.dependencies import SAME
from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.mended import LEARNT, few_with
from wizard.stages.experiments.suspicion import Suspicion
from wizard.stages.experiments.wording import before_last, first_loss, last_layer, loss_from_logits
from wizard.training.heads import SUMS_TO_ONE


def mixed(e: Evidence) -> Suspicion | None:
    """Examples of a batch that are mixed."""
    links = e.links
    if links.twice > SAME or links.mixing <= max(SAME, 3 * links.twice):
        return None
    return Suspicion(
        "M13", f"An example's output changes by {links.mixing:.0%} of the outputs' spread when only the other examples "
        "of its batch change: the network mixes examples.",
        "dependencies", "failed", "Look for a reshape, transpose, reduction or softmax over the batch axis.",
    )  # fmt: skip


def random_at_prediction(e: Evidence) -> Suspicion | None:
    """Randomness that stays on outside of training."""
    if e.links.twice <= SAME:
        return None
    return Suspicion(
        "E01", f"Two predictions of the same examples differ by {e.links.twice:.0%} of the outputs' spread: dropout, "
        "noise or augmentation stays on outside of training.",
        "special_case", "failed", "Pass `training` on, instead of training=True.",
    )  # fmt: skip


def constant_weights(e: Evidence) -> Suspicion | None:
    """Kernels that start from one constant."""
    kernels = [v for v in e.inside.variables if v.is_kernel and v.is_trainable]
    constant = [v for v in kernels[:-1] if v.is_constant] or [v for v in kernels if v.is_constant and len(kernels) == 1]
    same_before = {layer.name for layer in e.inside.layers if layer.is_one_unit}  # weight decay makes all of them 0
    one_unit = [layer for layer in e.inside_after.layers[:-1]
                if layer.is_one_unit and layer.n_units > 2 and (constant or layer.name in same_before)]  # fmt: skip
    if not one_unit and not (constant and e.suffers):
        alike = [v for v in constant if not v.is_zero]  # kernels of 0 end residual branches, on purpose
        if not alike:
            return None
        return Suspicion(
            "M08", f"All weights of '{alike[0].name}' start from one constant: its units begin as one and the same, "
            "and only what comes after tells them apart.",
            "signal_health", "warned", "Initialise kernels at random (Glorot or He).",
        )  # fmt: skip
    where = constant[0].name if constant else one_unit[0].name
    return Suspicion(
        "M08", f"All weights of '{where}' start from one constant, so that all of its units compute the same for ever.",
        "signal_health", "failed", "Initialise kernels at random (Glorot or He).",
    )  # fmt: skip


def softmax_on_one(e: Evidence) -> Suspicion | None:
    """A softmax over one unit."""
    head, out = e.pipeline.head, e.first.outputs
    is_one = head.n_units == 1 and (head.activation == "softmax" or (np.ptp(out) == 0 and out.flat[0] == 1))
    if not is_one:
        return None
    return Suspicion(
        "M02", f"The last layer ({last_layer(e)}) is a softmax over one unit, which is 1 whatever the input: "
        "predictions never change, though the loss falls.",
        "loss_at_init", "failed", "Use a sigmoid on one unit, or a softmax on two.",
    )  # fmt: skip


def softmax_twice(e: Evidence) -> Suspicion | None:
    """Softmax applied twice: seen in the graph, or by the bound that outputs cannot leave."""
    head = e.pipeline.head
    names = head.layers if head.activation == "softmax" else ()
    k = head.n_units
    floor = float(np.log1p((k - 1) / np.e)) if k > 1 else 0.0
    out = e.first.outputs.reshape(len(e.first.outputs), -1)
    low, high = 1 / (k - 1 + np.e), np.e / (k - 1 + np.e)
    is_bounded = k > 1 and out.min() >= low - 1e-4 and out.max() <= high + 1e-4 and head.kind == "classes"
    reached = float(e.few.outputs.max())
    is_stuck = k > 2 and is_bounded and e.few.last > 0.7 * floor and 0.9 * high <= reached <= high + 1e-3
    squashed_again = head.from_logits and head.activation == "softmax" and e.few.last > 0.7 * floor
    if not (len(names) > 1 or is_stuck or squashed_again):
        return None
    if len(names) > 1:
        where = f"(layers {' and '.join(f'`{name}`' for name in names)})"
    elif head.from_logits:
        where = "(in the last layer, and in the loss with from_logits=True)"
    else:
        where = f"(outputs never leave {low:.2f} to {high:.2f})"
    share, steps = few_with(e, call=before_last(e)) if len(names) > 1 else (float("nan"), 0)
    without = (
        f"; without the second one it reaches {share * e.few.guess:.2g} in {steps} steps" if share < LEARNT else ""
    )
    return Suspicion(
        "M01", f"Your network applies softmax twice {where}. One batch therefore stops at loss {e.few.last:.3f} "
        f"(ln(1 + {k - 1}/e) = {floor:.3f}) instead of 0{without}.",
        "loss_at_init", "failed", "Remove one of the two.", True if share < LEARNT else None,
    )  # fmt: skip


def logits_as_probabilities(e: Evidence) -> Suspicion | None:
    """Raw numbers into a loss that takes them for probabilities."""
    head = e.pipeline.head
    if not head.wants_probabilities:
        return None
    out = e.few.outputs.reshape(-1, max(head.n_units, 1)).astype("float64")
    first = e.first.outputs.reshape(-1, max(head.n_units, 1)).astype("float64")
    both = np.concatenate([first, out])
    is_outside = bool((both < -1e-6).any() or (both > 1 + 1e-3).any())
    is_no_share = head.kind == "classes" and np.abs(first.sum(1) - 1).max() > SUMS_TO_ONE
    if not is_outside or head.activation in ("relu", "tanh", "leaky_relu"):
        return None
    share, steps = few_with(e, loss=loss_from_logits(e))
    how = f"; taken as logits, the same examples reach {share * e.few.guess:.2g} in {steps} steps" * (share < LEARNT)
    sums = " that do not sum to 1" if is_no_share else ""
    return Suspicion(
        "M01", f"The loss {head.loss} takes the outputs for probabilities, but the last layer ({last_layer(e)}) "
        f"gives raw numbers from {both.min():.2g} to {both.max():.2g}{sums}: the first loss is "
        f"{first_loss(e):.2f} instead of {e.first.expected:.2f}{how}.",
        "loss_at_init", "failed", "Pass from_logits=True to the loss, or end in softmax (sigmoid for labels).",
        share < LEARNT,
    )  # fmt: skip


def wrong_end(e: Evidence) -> Suspicion | None:
    """A last activation that cannot give what the loss or the targets need."""
    head, out = e.pipeline.head, e.first.outputs
    y = e.pipeline.train.targets[e.head_at].astype("float64") if head.kind == "numbers" else np.zeros(1)
    if head.kind == "numbers" and head.n_units > 1 and y.reshape(len(y), -1).shape[1] == 1:
        return None  # the loss is for another task: that is said first
    if head.kind != "numbers":
        zeros = float((out == 0).mean())
        looks_rectified = out.min() >= 0 and zeros > 0.2 and out.max() > 1
        if head.activation not in ("relu", "tanh", "leaky_relu") and not looks_rectified:
            return None
        name = head.activation or "relu"
        return Suspicion(
            "M04", f"The last layer ({last_layer(e)}) ends in {name}, which gives neither probabilities nor logits: "
            f"{head.loss} cannot rank classes by it.",
            "loss_at_init", "failed", "End in softmax (sigmoid for labels), or in no activation with from_logits=True.",
        )  # fmt: skip
    bounds = {"relu": (0.0, np.inf), "softplus": (0.0, np.inf), "sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0),
              "softmax": (0.0, 1.0)}  # fmt: skip
    rectified = out.min() == 0 and out.max() > 0 and (out == 0).mean() > 0.2
    seen = (0.0, np.inf) if not head.activation and rectified else None
    limits = bounds.get(head.activation, seen)
    if limits is None:
        return None
    beyond = float(((y < limits[0] - 1e-6) | (y > limits[1] + 1e-6)).mean())
    if beyond <= 0.01:
        return None
    end = "" if np.isinf(limits[1]) else f" or above {limits[1]:g}"
    return Suspicion(
        "M04", f"The last layer ({last_layer(e)}) ends in {head.activation or 'relu'}, which cannot go below "
        f"{limits[0]:g}{end}, but {beyond:.0%} of the targets do.",
        "loss_at_init", "failed", "Leave the last layer of a regression without an activation.",
    )  # fmt: skip


def input_unread(e: Evidence) -> Suspicion | None:
    """Inputs that reach no output, whatever the weights."""
    unread = [name for name in e.links.unused if name in e.pipeline.input_names]
    if unread and len(unread) < len(e.pipeline.input_names):
        unread = [name for name in unread if name in e.links_drawn.unused]
        return None if not unread else Suspicion(
            "M16", f"{unread[0].capitalize()} moves no output, with any weights: the network does not read it.",
            "dependencies", "warned", "Follow it through the layers, or leave it out.",
        )  # fmt: skip
    if e.links.own > SAME or not e.suffers or e.links_drawn.own > SAME:
        return None
    return Suspicion(
        "M16", "Outputs are the same whatever the input, with any weights: inputs do not reach the last layer.",
        "dependencies", "failed", "Follow the input through the layers: somewhere it is multiplied by 0 or left out.",
    )  # fmt: skip
