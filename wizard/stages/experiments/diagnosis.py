"""From measurements to names: the likeliest faults of a pipeline, in order, each tested where it can be.

Rules stand in the order of their power: first what rests on an exact property (an output that moves when only other
examples change, a loss that takes raw numbers for probabilities), then what a closed form tells, then what is only
likely. A rule that rests on less than an exact property speaks only where training suffers: a network that learns has
no fault worth an alarm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from wizard.core.finding import Cause
from wizard.stages.experiments.classical import targets_of
from wizard.stages.experiments.dependencies import SAME
from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.mended import LEARNT, few_at, few_with
from wizard.training.heads import EPSILON, SUMS_TO_ONE, blind

FAST, SLOW = 0.1, 1e-4  # updates over weights: Adam at 1e-3 makes 4e-3 to 7e-3 in the first steps
CLIPPED = 0.01  # of the gradient's length that clipping leaves
DEAD = 0.5  # of a layer's units: ReLU leaves a seventh unused on clean data
LARGE = 4.0  # times as wide as usual initialisations make a kernel
MUCH = 2.0  # times the expected first loss
VANISHING = 1e-3  # of the last kernel's relative gradient that reaches the first
STUCK_IN = 0.5  # of a layer's activations at the ends of tanh or sigmoid
PENALTY = 0.9  # of the loss that is regularisation
MOVED_SHARE = 0.3  # of the features differ between training and validation tensors
FAR, WIDE = 10.0, 30.0  # a target's mean and width, from which on its scale is a burden
PERMUTED = 0.2
DROPPED = 0.8  # of activations
FLAT_SHARE = 0.2  # of the examples have no gradient
Level = Literal["failed", "warned", "noted"]


@dataclass(frozen=True)
class Suspicion:
    """A fault that the measurements speak for.

    Attributes:
        fault: Its id.
        sentence: What is wrong, where, and what it does, with numbers.
        step: The step of the recipe whose question it answers.
        level: How bad it is.
        advice: What to do.
        tested: What mending it did: True it helped, False it did not, None not tried.
    """

    fault: str
    sentence: str
    step: str
    level: Level
    advice: str = ""
    tested: bool | None = None

    @property
    def cause(self) -> Cause:
        """As a finding names it."""
        return Cause(fault=self.fault, sentence=self.sentence, tested=self.tested)


Rule = Callable[[Evidence], "Suspicion | None"]


def diagnose(evidence: Evidence) -> tuple[Suspicion, ...]:
    """All suspicions, the likeliest first; those that a test ruled out come last."""
    beyond = codes_beyond(evidence)
    if beyond is not None and beyond.level == "failed":
        return (beyond,)  # nothing can be trained
    found = [one for rule in RULES if (one := rule(evidence)) is not None]
    return tuple(sorted(found, key=lambda one: (one.tested is False, one.level == "noted")))


# ── data at the door ─────────────────────────────────────────────────────────────────────────────


def not_finite(e: Evidence) -> Suspicion | None:
    bad = [one for one in e.audit.inputs if one.n_bad]
    if not bad:
        return None
    return Suspicion(
        "D03", f"{bad[0].name.capitalize()} holds {bad[0].n_bad:,} numbers that are NaN or infinite.",
        "just_before_the_net", "failed", "Fill them in or leave these examples out before training.",
    )  # fmt: skip


def codes_beyond(e: Evidence) -> Suspicion | None:
    (low, high), k = e.audit.codes, e.pipeline.head.n_units
    if not e.pipeline.head.is_sparse or e.pipeline.head.kind != "classes":
        return None
    if low < 0 or high >= k:
        return Suspicion(
            "L05", f"Class codes run from {low} to {high}, but the last layer has units for 0 to {k - 1} only.",
            "just_before_the_net", "failed", "Number the classes from 0, or give the last layer a unit for each.",
        )  # fmt: skip
    if low == 1 and high == k - 1 and e.audit.n_unused:
        return Suspicion(
            "L05", f"Class codes run from 1 to {high}: unit 0 of the last layer's {k} is never a target.",
            "just_before_the_net", "noted", "Subtract 1 from the codes and take one unit fewer.",
        )  # fmt: skip
    return None


def renamed(e: Evidence) -> Suspicion | None:
    if e.audit.permuted <= PERMUTED:
        return None
    return Suspicion(
        "L06", f"Validation labels are numbered otherwise than training labels: with their numbers exchanged, "
        f"{e.audit.permuted:.0%} more of them would be told rightly.",
        "just_before_the_net", "failed", "Fit the label encoder once, on the training labels, and use it for both.",
    )  # fmt: skip


def scaled_apart(e: Evidence) -> Suspicion | None:
    if e.audit.moved_features <= MOVED_SHARE:
        return None
    return Suspicion(
        "P03", f"Training and validation inputs went through different preprocessing: {e.audit.moved_features:.0%} of "
        f"the features differ in mean or width (validation is {e.audit.factor:.2g} times as wide).",
        "just_before_the_net", "failed" if e.audit.moved_features > 2 * MOVED_SHARE else "warned",
        "Fit the scaler on training rows once, and apply the same to every set.",
    )  # fmt: skip


def cut_to_integers(e: Evidence) -> Suspicion | None:
    bad = [one for one in e.audit.inputs if one.is_picture and one.n_values <= 2 and one.high <= 1]
    if not bad:
        return None
    return Suspicion(
        "P05", f"{bad[0].name.capitalize()} has {bad[0].n_values} different values only ({bad[0].low:g} and "
        f"{bad[0].high:g}, {bad[0].dtype}): pictures were cast to whole numbers after scaling.",
        "just_before_the_net", "failed" if e.is_poor or bad[0].n_values < 2 else "warned",
        "Cast to float32 before dividing, not after.",
    )  # fmt: skip


def reshaped(e: Evidence) -> Suspicion | None:
    bad = [one for one in e.audit.inputs if one.smoother_as]
    if not bad:
        return None
    return Suspicion(
        "P06", f"Neighbouring pixels of {bad[0].name} hardly agree (correlation {bad[0].smoothness:.2f}); they would "
        f"with {bad[0].smoother_as}.",
        "just_before_the_net", "failed", "Use a transposition (np.transpose, np.moveaxis) instead of a reshape.",
    )  # fmt: skip


def unshuffled(e: Evidence) -> Suspicion | None:
    if not e.audit.is_sorted:
        return None
    return Suspicion(
        "P11", f"Examples come sorted by label and are not shuffled: a batch holds {e.audit.entropy:.0%} of the variety "
        "that a shuffled one has.",
        "just_before_the_net", "failed" if e.audit.entropy < 0.5 else "warned", "Shuffle before every epoch.",
    )  # fmt: skip


def varied_validation(e: Evidence) -> Suspicion | None:
    if not e.audit.second_differs:
        return None
    return Suspicion(
        "A02", "Validation inputs are other ones at every pass: they are augmented, too.", "special_case", "failed",
        "Augment training examples only.",
    )  # fmt: skip


# ── wiring: exact properties ─────────────────────────────────────────────────────────────────────


def mixed(e: Evidence) -> Suspicion | None:
    links = e.links
    if links.twice > SAME or links.mixing <= max(SAME, 3 * links.twice):
        return None
    return Suspicion(
        "M13", f"An example's output changes by {links.mixing:.0%} of the outputs' spread when only the other examples "
        "of its batch change: the network mixes examples.",
        "dependencies", "failed", "Look for a reshape, transpose, reduction or softmax over the batch axis.",
    )  # fmt: skip


def random_at_prediction(e: Evidence) -> Suspicion | None:
    if e.links.twice <= SAME:
        return None
    return Suspicion(
        "E01", f"Two predictions of the same examples differ by {e.links.twice:.0%} of the outputs' spread: dropout, "
        "noise or augmentation stays on outside of training.",
        "special_case", "failed", "Pass `training` on, instead of training=True.",
    )  # fmt: skip


def constant_weights(e: Evidence) -> Suspicion | None:
    kernels = [v for v in e.inside.variables if v.is_kernel and v.is_trainable]
    constant = [v for v in kernels[:-1] if v.is_constant] or [v for v in kernels if v.is_constant and len(kernels) == 1]
    one_unit = [layer for layer in e.inside_after.layers[:-1] if layer.is_one_unit and layer.n_units > 2]
    if not (constant or one_unit) or not e.suffers:
        return None
    where = constant[0].name if constant else one_unit[0].name
    return Suspicion(
        "M08", f"All weights of '{where}' start from one constant, so that all of its units compute the same for ever.",
        "signal_health", "failed", "Initialise kernels at random (Glorot or He).",
    )  # fmt: skip


def softmax_on_one(e: Evidence) -> Suspicion | None:
    head, out = e.pipeline.head, e.first.outputs
    is_one = head.n_units == 1 and (head.activation == "softmax" or (np.ptp(out) == 0 and out.flat[0] == 1))
    if not is_one:
        return None
    return Suspicion(
        "M02", f"The last layer ({_last(e)}) is a softmax over one unit, which is 1 whatever the input: predictions "
        "never change, though the loss falls.",
        "loss_at_init", "failed", "Use a sigmoid on one unit, or a softmax on two.",
    )  # fmt: skip


def softmax_twice(e: Evidence) -> Suspicion | None:
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
    where = f"(layers {' and '.join(f'`{name}`' for name in names)})" if len(names) > 1 else (
        "(in the last layer, and in the loss with from_logits=True)" if head.from_logits else "(outputs never leave "
        f"{low:.2f} to {high:.2f})"
    )  # fmt: skip
    share, steps = few_with(e, call=_before_last(e)) if len(names) > 1 else (float("nan"), 0)
    without = (
        f"; without the second one it reaches {share * e.few.guess:.2g} in {steps} steps" if share < LEARNT else ""
    )
    return Suspicion(
        "M01", f"Your network applies softmax twice {where}. One batch therefore stops at loss {e.few.last:.3f}"
        f"{f' (ln(1 + {k - 1}/e) = {floor:.3f} cannot be passed)'} instead of 0{without}.",
        "loss_at_init", "failed", "Remove one of the two.", True if share < LEARNT else None,
    )  # fmt: skip


def logits_as_probabilities(e: Evidence) -> Suspicion | None:
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
    share, steps = few_with(e, loss=_loss_from_logits(e))
    how = f"; taken as logits, the same examples reach {share * e.few.guess:.2g} in {steps} steps" * (share < LEARNT)
    sums = " and do not sum to 1" if is_no_share else ""
    return Suspicion(
        "M01", f"The loss {head.loss} takes the outputs for probabilities, but the last layer ({_last(e)}) gives raw "
        f"numbers from {both.min():.2g} to {both.max():.2g}{sums}: the first loss is {_first(e):.2f} instead of "
        f"{e.first.expected:.2f}{how}.",
        "loss_at_init", "failed", "Pass from_logits=True to the loss, or end in softmax (sigmoid for labels).",
        share < LEARNT,
    )  # fmt: skip


def wrong_end(e: Evidence) -> Suspicion | None:
    head, out = e.pipeline.head, e.first.outputs
    y = e.pipeline.train.targets[e.head_at].astype("float64") if head.kind == "numbers" else np.zeros(1)
    if head.kind != "numbers":
        zeros = float((out == 0).mean())
        looks_rectified = out.min() >= 0 and zeros > 0.2 and out.max() > 1
        if head.activation not in ("relu", "tanh", "leaky_relu") and not looks_rectified:
            return None
        name = head.activation or "relu"
        return Suspicion(
            "M04", f"The last layer ({_last(e)}) ends in {name}, which gives neither probabilities nor logits: "
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
        "M04", f"The last layer ({_last(e)}) ends in {head.activation or 'relu'}, which cannot go below {limits[0]:g}"
        f"{end}, but {beyond:.0%} of the targets do.",
        "loss_at_init", "failed", "Leave the last layer of a regression without an activation.",
    )  # fmt: skip


def input_unread(e: Evidence) -> Suspicion | None:
    if e.links.own > SAME or not e.suffers or e.links_drawn.own > SAME:
        return None
    return Suspicion(
        "M16", "Outputs are the same whatever the input, with any weights: inputs do not reach the last layer.",
        "dependencies", "failed", "Follow the input through the layers: somewhere it is multiplied by 0 or left out.",
    )  # fmt: skip


# ── loss ─────────────────────────────────────────────────────────────────────────────────────────


def wrong_sign(e: Evidence) -> Suspicion | None:
    head, rate = e.pipeline.head, _rate(e)
    text = _textbook_losses(e)
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
    if e.pipeline.head.is_known:
        return None
    gradient, text = _output_gradients(e), _textbook_losses(e)
    if gradient is None or text is None or not np.isfinite(gradient).all():
        return None
    is_flat = gradient == 0
    share = float(is_flat.mean())
    if share < FLAT_SHARE or share > 0.999 or text[is_flat].mean() <= text[~is_flat].mean():
        return None
    return Suspicion(
        "T04", f"{share:.0%} of the examples, those with the highest losses, have no gradient: `{e.pipeline.head.loss}` "
        "is cut off instead of its gradient, so that nothing is learnt from them.",
        "loss_at_init", "failed" if e.suffers else "warned",
        "Clip gradients (clipnorm) instead of the loss.",
    )  # fmt: skip


def mismatched_loss(e: Evidence) -> Suspicion | None:
    head = e.pipeline.head
    y = e.pipeline.train.targets[e.head_at]
    flat = y.reshape(len(y), -1).astype("float64")
    if head.kind == "labels" and head.is_known and (flat.min() < 0 or flat.max() > 1):
        return Suspicion(
            "T01", f"{head.loss} wants targets from 0 to 1, but they run from {flat.min():g} to {flat.max():g}.",
            "loss_at_init", "failed", "Take the loss of the task: mean_squared_error for amounts, "
            "sparse_categorical_crossentropy for class codes.",
        )  # fmt: skip
    is_one_hot = flat.shape[1] > 1 and bool(np.isin(flat, (0, 1)).all()) and bool((flat.sum(1) == 1).all())
    if head.kind == "numbers" and (is_one_hot or head.activation == "softmax"):
        return Suspicion(
            "T01", f"Targets are classes, but {head.loss} is a loss for amounts: it learns more slowly, and its outputs "
            "are no probabilities to rely on.",
            "loss_at_init", "warned" if e.suffers else "noted", "Use categorical_crossentropy.",
        )  # fmt: skip
    return None


def class_weights(e: Evidence) -> Suspicion | None:
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
    penalty, data = e.first.penalty, abs(e.first.own)
    if penalty <= PENALTY * (penalty + data):
        return None
    return Suspicion(
        "T09", f"Regularisation is {penalty / (penalty + data):.0%} of the loss ({penalty:.3g} of "
        f"{penalty + data:.3g}): the optimiser shrinks weights instead of learning.",
        "simplify", "failed" if e.suffers else "noted",
        "Lower l1, l2 or weight decay by a factor of 100, or leave it out for now.",
    )  # fmt: skip


# ── scale and optimiser ──────────────────────────────────────────────────────────────────────────


def large_inputs(e: Evidence) -> Suspicion | None:
    large = [one for one in e.audit.inputs if one.is_large]
    if not large or _normalises(e) or not (e.suffers or _ratio(e) > MUCH):
        return None
    one = large[0]
    return Suspicion(
        "P01", f"{one.name.capitalize()} is not scaled: it runs from {one.low:.3g} to {one.high:.3g} (standard "
        f"deviation {one.std:.3g}), where initial weights expect about 1; the first loss is {_ratio(e):.3g} times what "
        "it should be.",
        "just_before_the_net", "failed", "Standardise inputs with the training rows' mean and deviation.",
    )  # fmt: skip


def large_targets(e: Evidence) -> Suspicion | None:
    head = e.pipeline.head
    if head.kind != "numbers" or not e.suffers:
        return None
    y = e.pipeline.train.targets[e.head_at].astype("float64")
    mean, std = float(y.mean()), float(y.std())
    if not (std > WIDE or abs(mean) > FAR * max(std, 1e-12)):
        return None
    scale = max(std, 1e-12)
    share, steps = few_with(e, y=lambda t: (t - mean) / scale, loss=_squares)
    if share >= LEARNT:
        return None
    return Suspicion(
        "P01", f"Targets are not scaled (mean {mean:.3g}, standard deviation {std:.3g}): the network would need far "
        f"more steps to get there; with standardised targets the same examples are learnt in {steps} steps.",
        "just_before_the_net", "failed", "Standardise the targets, and turn predictions back.", True,
    )  # fmt: skip


def large_weights(e: Evidence) -> Suspicion | None:
    large = [v for v in e.inside.variables if v.is_kernel and v.too_large > LARGE]
    if not large or _ratio(e) <= MUCH:
        return None
    return Suspicion(
        "M09", f"Weights of '{large[0].name}' start {large[0].too_large:.0f} times as wide as usual: the untrained "
        f"network is sure of random answers, and its first loss is {_ratio(e):.3g} times what it should be.",
        "loss_at_init", "failed", "Use the default initialiser (Glorot), or He for ReLU.",
    )  # fmt: skip


def fast(e: Evidence) -> Suspicion | None:
    ratio = e.inside.ratio
    is_wild = bool(e.short.trace.failure) or ratio > FAST or float(e.short.losses.mean()) > 3 * abs(_first(e))
    if not is_wild or not e.suffers or _rate(e) < 0:
        return None
    helps = [factor for factor in (0.1, 0.01, 0.0001) if few_at(e.pipeline, factor).is_learnt]
    if ratio <= FAST and not helps:
        return None
    words = f"; at {_rate(e) * helps[0]:.2g} the few examples are learnt" if helps else ""
    return Suspicion(
        "O01", f"The learning rate ({_rate(e):g}) is too high: a step changes weights by {ratio:.2g} of their size, "
        f"where 0.001 to 0.01 is usual{words}.",
        "learning_rate", "failed", f"Try {_rate(e) * (helps[0] if helps else 0.01):.2g}.", bool(helps) or None,
    )  # fmt: skip


def clipped_gradients(e: Evidence) -> Suspicion | None:
    optimizer = e.pipeline.model.optimizer
    limits = {name: getattr(optimizer, name, None) for name in ("clipnorm", "global_clipnorm", "clipvalue")}
    given = {name: float(value) for name, value in limits.items() if value}
    if not given or not e.suffers:
        return None
    name, limit = next(iter(given.items()))
    length = e.inside.gradient_length
    if not length or limit > CLIPPED * length:
        return None
    return Suspicion(
        "O04", f"{name}={limit:g} cuts gradients of length {length:.2g} to {limit / length:.1g} of it: steps are far "
        "too small.",
        "signal_health", "failed", f"Take {name}=1, or none.",
    )  # fmt: skip


def slow(e: Evidence) -> Suspicion | None:
    ratio = e.inside.ratio
    if not np.isfinite(ratio) or ratio >= SLOW or ratio == 0 or not e.suffers:
        return None
    helps = [factor for factor in (100.0, 10_000.0) if few_at(e.pipeline, factor).is_learnt]
    if not helps:
        return None
    return Suspicion(
        "O02", f"The learning rate ({_rate(e):g}) is too low: a step changes weights by {ratio:.1g} of their size, "
        f"where 0.001 to 0.01 is usual; at {_times(helps[0])} the few examples are learnt.",
        "learning_rate", "failed", f"Try {_rate(e) * helps[0]:.2g}.", True,
    )  # fmt: skip


def odd_optimiser(e: Evidence) -> Suspicion | None:
    optimizer = e.pipeline.model.optimizer
    epsilon, momentum = float(getattr(optimizer, "epsilon", 0) or 0), float(getattr(optimizer, "momentum", 0) or 0)
    beta = float(getattr(optimizer, "beta_1", 0) or 0)
    if not e.suffers or not (epsilon >= 0.1 or max(momentum, beta) >= 0.995):
        return None
    words = f"epsilon={epsilon:g}" if epsilon >= 0.1 else f"momentum {max(momentum, beta):g}"
    return Suspicion(
        "O10", f"The optimiser's {words} is far from the usual: steps are too small, or remember too long.",
        "learning_rate", "failed", "Go back to its defaults.",
    )  # fmt: skip


# ── inside ───────────────────────────────────────────────────────────────────────────────────────


def dead_units(e: Evidence) -> Suspicion | None:
    if not e.suffers:
        return None
    for layers, when in ((e.inside.layers, "before training"), (e.inside_after.layers, "after a short training")):
        dead = [
            layer for layer in layers if layer.dead >= DEAD and layer.activation in ("relu", "relu6", "elu", "re_lu")
        ]
        if dead:
            return Suspicion(
                "M10", f"{dead[0].dead:.0%} of the {dead[0].n_units} units of '{dead[0].name}' answer 0 to every example "
                f"{when}: no gradient passes through them.",
                "signal_health", "failed", "Look at its bias and at the scale of its inputs; lower the learning rate.",
            )  # fmt: skip
    return None


def frozen(e: Evidence) -> Suspicion | None:
    cut = [v for v in e.inside.variables if v.is_kernel and v.is_trainable and not np.isfinite(v.gradient)]
    share = e.inside.frozen_share
    if not cut and share < 0.02:
        return None
    if not e.suffers:
        if not cut and share:
            return Suspicion(
                "M15", f"{share:.0%} of the weights are frozen; the others learn all the same.", "signal_health",
                "noted",
            )  # fmt: skip
        return None
    where = cut[0].name if cut else next(v.name for v in e.inside.variables if v.is_kernel and not v.is_trainable)
    result, steps = few_with(e, is_unfrozen=True) if not cut else (float("nan"), 0)
    words = f"; unfrozen, the same examples are learnt in {steps} steps" if result < LEARNT else ""
    how = "no gradient reaches" if cut else f"{share:.0%} of the weights cannot move, among them those of"
    return Suspicion(
        "M15", f"{how[0].upper()}{how[1:]} '{where}'{words}.", "signal_health", "failed",
        "Set trainable=True before compile(), or connect the layer to the output.", True if result < LEARNT else None,
    )  # fmt: skip


def vanishing(e: Evidence) -> Suspicion | None:
    if not e.suffers:
        return None
    stuck = [layer for layer in e.inside.layers[:-1] if layer.saturated > STUCK_IN]
    small = e.inside.vanishing
    if not stuck and small >= VANISHING:
        return None
    if stuck and small >= 0.1:
        words = f"{stuck[0].saturated:.0%} of the activations of '{stuck[0].name}' sit at the ends of its range"
    else:
        words = f"Of the gradient of the last kernel {small:.1g} reaches the first one"
    return Suspicion(
        "M11", f"{words}: the first layers hardly learn.", "signal_health", "failed",
        "Use ReLU, batch normalisation, skip connections or fewer layers.",
    )  # fmt: skip


def heavy_dropout(e: Evidence) -> Suspicion | None:
    rates = [float(getattr(layer, "rate", 0) or 0) for layer in
             e.pipeline.model._flatten_layers(include_self=False, recursive=True)
             if type(layer).__name__.endswith("Dropout") or "Dropout" in type(layer).__name__]  # fmt: skip
    if not rates or max(rates) < DROPPED or not e.suffers:
        return None
    return Suspicion(
        "T09", f"Dropout takes away {max(rates):.0%} of the activations: what is left is mostly noise.", "simplify",
        "failed", "Leave dropout out until the network can learn a few examples by heart.",
    )  # fmt: skip


RULES: tuple[Rule, ...] = (
    not_finite, codes_beyond, mixed, random_at_prediction, varied_validation, softmax_on_one, softmax_twice, wrong_end,
    logits_as_probabilities, wrong_sign, clipped_loss, mismatched_loss, class_weights, input_unread, constant_weights, reshaped,
    cut_to_integers, scaled_apart, renamed, unshuffled, large_weights, large_inputs, heavy_penalty, clipped_gradients,
    frozen, fast, odd_optimiser, slow, large_targets, dead_units, vanishing, heavy_dropout,
)  # fmt: skip


# ── words and small measurements ─────────────────────────────────────────────────────────────────


def _last(e: Evidence) -> str:
    layers = e.pipeline.head.layers
    if layers:
        return f"`{layers[-1]}`"
    names = [layer.name for layer in e.inside.layers]
    return f"`{names[-1]}`" if names else "the output"


def _first(e: Evidence) -> float:
    """The first loss, as Keras reports it where that is a number."""
    return e.first.reported if np.isfinite(e.first.reported) and e.first.reported > e.first.own else e.first.own


def _ratio(e: Evidence) -> float:
    return _first(e) / e.first.expected if e.first.expected > EPSILON else 1.0


def _rate(e: Evidence) -> float:
    return float(np.asarray(e.pipeline.model.optimizer.learning_rate))


def _times(factor: float) -> str:
    return f"rate {factor:,.0f} times as high" if factor == int(factor) else f"rate {factor:,.2g} times as high"


def _normalises(e: Evidence) -> bool:
    """Whether one of the first layers brings inputs to one scale, or looks them up."""
    first = [layer for layer in e.pipeline.model._flatten_layers(include_self=False, recursive=True)][:4]
    words = ("Normalization", "Rescaling", "Embedding", "BatchNormalization", "LayerNormalization")
    return any(word in type(layer).__name__ for layer in first for word in words)


def _textbook_losses(e: Evidence) -> np.ndarray | None:
    """(n,) losses by the textbook of what an unknown loss seems to be for."""
    head = e.pipeline.head
    rows = np.linspace(0, len(e.pipeline.train) - 1, len(e.first.outputs)).astype(int)
    y, out = e.pipeline.train.targets[e.head_at][rows], e.first.outputs.reshape(len(rows), -1).astype("float64")
    t = targets_of(head, y)
    if t.shape != out.shape:
        return None
    if head.kind == "numbers":
        return ((out - t) ** 2).mean(1)
    if out.min() >= 0 and out.max() <= 1:
        p = np.clip(out, EPSILON, 1 - EPSILON)
    else:
        p = np.exp(out - out.max(1, keepdims=True))
        p = np.clip(p / p.sum(1, keepdims=True), EPSILON, 1 - EPSILON)
    if head.kind == "labels":
        return -(t * np.log(p) + (1 - t) * np.log1p(-p)).mean(1)
    return -(t * np.log(p)).sum(1)


def _output_gradients(e: Evidence) -> np.ndarray | None:
    """(n,) length of the gradient of each example's loss by its own output."""
    from wizard.core.backend import tf

    rows = np.linspace(0, len(e.pipeline.train) - 1, len(e.first.outputs)).astype(int)
    y, out = tf.constant(e.pipeline.train.targets[e.head_at][rows]), tf.constant(e.first.outputs)
    with tf.GradientTape() as tape:
        tape.watch(out)
        loss = tf.reduce_sum(e.pipeline.head.call(y, out))
    gradient = tape.gradient(loss, out)
    if gradient is None:
        return None
    return np.linalg.norm(np.asarray(gradient).reshape(len(rows), -1), axis=1)


def _loss_from_logits(e: Evidence) -> Callable[..., object]:
    from wizard.core.backend import keras

    head = e.pipeline.head
    if head.kind == "labels":
        return lambda y, z: keras.ops.mean(keras.losses.binary_crossentropy(y, z, from_logits=True))
    if head.is_sparse:
        return lambda y, z: keras.ops.mean(keras.losses.sparse_categorical_crossentropy(y, z, from_logits=True))
    return lambda y, z: keras.ops.mean(keras.losses.categorical_crossentropy(y, z, from_logits=True))


def _squares(y: object, out: object) -> object:
    from wizard.core.backend import keras

    return keras.ops.mean(keras.ops.square(keras.ops.reshape(y, (-1,)) - keras.ops.reshape(out, (-1,))))


def _before_last(e: Evidence) -> Callable[..., object] | None:
    """Inputs -> outputs before the last squashing layer."""
    from wizard.core.backend import keras

    model = e.pipeline.model
    tensor = keras.tree.flatten(model.outputs)[e.head_at]
    operation = tensor._keras_history.operation
    inner = keras.tree.flatten(operation._inbound_nodes[0].arguments.args)[0]
    shorter = keras.Model(model.inputs, inner)
    return lambda x: shorter(x, training=False)


def blind_loss(e: Evidence) -> float:
    """Lowest loss of the judged head on its training targets without looking."""
    return blind(e.pipeline.head, e.pipeline.train.targets[e.head_at])[0]
