"""From measurements to names: the likeliest faults of a pipeline, in order, each tested where it can be.

Rules stand in the order of their power: first what rests on an exact property (an output that moves when only other
examples change, a loss that takes raw numbers for probabilities), then what a closed form tells, then what is only
likely. A rule that rests on less than an exact property speaks only where training suffers: a network that learns has
no fault worth an alarm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wizard.stages.experiments.at_the_door import (
    codes_beyond,
    cut_to_integers,
    not_finite,
    renamed,
    reshaped,
    scaled_apart,
    unseen_classes,
    unshuffled,
    varied_validation,
)
from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.in_the_augmentation import label_changed, out_of_range, same_every_pass, too_strong
from wizard.stages.experiments.in_the_loss import (
    class_weights,
    clipped_loss,
    heavy_penalty,
    mismatched_loss,
    wrong_sign,
)
from wizard.stages.experiments.in_the_plan import best_not_kept, decayed_early
from wizard.stages.experiments.in_the_scale import (
    clipped_gradients,
    decaying_weights,
    fast,
    large_inputs,
    large_targets,
    large_weights,
    odd_optimiser,
    slow,
)
from wizard.stages.experiments.in_the_wiring import (
    constant_weights,
    input_unread,
    logits_as_probabilities,
    mixed,
    random_at_prediction,
    softmax_on_one,
    softmax_twice,
    wrong_end,
)
from wizard.stages.experiments.inside_layers import dead_units, frozen, heavy_dropout, vanishing
from wizard.stages.experiments.suspicion import Suspicion

Rule = Callable[[Evidence], Suspicion | None]
RULES: tuple[Rule, ...] = (
    not_finite, codes_beyond, unseen_classes, mixed, random_at_prediction, varied_validation, softmax_on_one,
    softmax_twice,
    wrong_end, logits_as_probabilities, wrong_sign, clipped_loss, mismatched_loss, class_weights, input_unread,
    constant_weights, reshaped, cut_to_integers, out_of_range, too_strong, label_changed, same_every_pass,
    scaled_apart, renamed, unshuffled, large_weights, large_inputs,
    heavy_penalty, decaying_weights, heavy_dropout, clipped_gradients, frozen, odd_optimiser, decayed_early, fast,
    slow, large_targets, dead_units, vanishing, best_not_kept,
)  # fmt: skip


OF_AN_OUTPUT: tuple[Rule, ...] = (  # the others look at the whole model, once
    codes_beyond, unseen_classes, softmax_on_one, softmax_twice, wrong_end, logits_as_probabilities, wrong_sign,
    clipped_loss, mismatched_loss, input_unread, renamed, label_changed, frozen, large_targets, dead_units, vanishing,
)  # fmt: skip


def diagnose(evidence: Evidence) -> tuple[Suspicion, ...]:
    """All suspicions, the likeliest first; those that a test ruled out come last."""
    every = (evidence, *evidence.others)
    beyond = [one for e in every if (one := said_of(codes_beyond, e)) is not None and one.level == "failed"]
    if beyond:
        return tuple(beyond)  # nothing can be trained
    found = [one for rule in RULES if (one := said_of(rule, evidence)) is not None]
    known = {(one.fault, one.sentence) for one in found}
    for other in evidence.others:
        new = [one for rule in OF_AN_OUTPUT if (one := said_of(rule, other)) is not None]
        found += [one for one in new if (one.fault, one.sentence) not in known]
    return tuple(sorted(found, key=lambda one: (one.tested is False, one.level == "noted")))


def said_of(rule: Rule, evidence: Evidence) -> Suspicion | None:
    """What a rule says, with the name of the output that it is about where there are several."""
    found = rule(evidence)
    if found is None or evidence.pipeline.judged_at is None or rule not in OF_AN_OUTPUT:
        return found
    return replace(found, output=evidence.pipeline.head.name)
