"""Faults of the tensors that enter a network."""

from __future__ import annotations

from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.in_the_augmentation import OUTSIDE
from wizard.stages.experiments.suspicion import Suspicion

MOVED_SHARE = 0.3  # of the features differ between training and validation tensors
PERMUTED = 0.2


def not_finite(e: Evidence) -> Suspicion | None:
    """NaN or infinite inputs."""
    bad = [one for one in e.audit.inputs if one.n_bad]
    if not bad:
        return None
    return Suspicion(
        "D03", f"{bad[0].name.capitalize()} holds {bad[0].n_bad:,} numbers that are NaN or infinite.",
        "just_before_the_net", "failed", "Fill them in or leave these examples out before training.",
    )  # fmt: skip


def codes_beyond(e: Evidence) -> Suspicion | None:
    """Class codes that the last layer has no unit for, or a unit too many."""
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


def unseen_classes(e: Evidence) -> Suspicion | None:
    """Validation examples of classes that are never trained, as when a sorted file is cut."""
    if not e.audit.unseen:
        return None
    return Suspicion(
        "L09", f"{e.audit.unseen:.0%} of the validation examples are of classes that no training example has: the data "
        "were divided without shuffling.",
        "just_before_the_net", "failed", "Shuffle before dividing (validation_split takes the last rows as they are).",
    )  # fmt: skip


def renamed(e: Evidence) -> Suspicion | None:
    """Validation labels that are numbered otherwise than training labels."""
    if e.audit.permuted <= PERMUTED or e.pipeline.is_own:
        return None
    return Suspicion(
        "L06", f"Validation labels are numbered otherwise than training labels: with their numbers exchanged, "
        f"{e.audit.permuted:.0%} more of them would be told rightly.",
        "just_before_the_net", "failed", "Fit the label encoder once, on the training labels, and use it for both.",
    )  # fmt: skip


def scaled_apart(e: Evidence) -> Suspicion | None:
    """Training and validation tensors of different mean or width."""
    if e.audit.moved_features <= MOVED_SHARE or e.pipeline.is_own or e.audit.unseen:
        return None  # of our own preprocessing explore's drift is the judge
    if e.audit.is_augmented and (0.5 <= e.audit.factor <= 2 or (e.augmentation and e.augmentation.outside > OUTSIDE)):
        return None  # augmented training examples differ place by place; one that leaves the range has its own name
    if e.audit.widened > 2 and 0.5 <= e.audit.factor * e.audit.widened <= 2:
        return Suspicion(
            "A04", f"Augmentation is too strong: it makes training inputs {e.audit.widened:.2g} times as wide "
            "as they are without it, and as validation inputs are.",
            "just_before_the_net", "failed" if e.suffers else "warned",
            "Halve its strength until training accuracy comes near validation accuracy.",
        )  # fmt: skip
    return Suspicion(
        "P03", f"Training and validation inputs went through different preprocessing: {e.audit.moved_features:.0%} of "
        f"the features differ in mean or width (validation is {e.audit.factor:.2g} times as wide).",
        "just_before_the_net", "failed" if e.audit.moved_features > 2 * MOVED_SHARE else "warned",
        "Fit the scaler on training rows once, and apply the same to every set.",
    )  # fmt: skip


def cut_to_integers(e: Evidence) -> Suspicion | None:
    """Pictures that were cast to whole numbers after scaling."""
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
    """Pictures whose axes were reshaped where a transposition was meant."""
    bad = [one for one in e.audit.inputs if one.smoother_as]
    if not bad:
        return None
    return Suspicion(
        "P06", f"Neighbouring pixels of {bad[0].name} hardly agree (correlation {bad[0].smoothness:.2f}); they would "
        f"with {bad[0].smoother_as}.",
        "just_before_the_net", "failed", "Use a transposition (np.transpose, np.moveaxis) instead of a reshape.",
    )  # fmt: skip


def unshuffled(e: Evidence) -> Suspicion | None:
    """Examples sorted by label that are not shuffled."""
    if not e.audit.is_sorted:
        return None
    return Suspicion(
        "P11", f"Examples come sorted by label and are not shuffled: a batch holds {e.audit.entropy:.0%} of the "
        "variety that a shuffled one has.",
        "just_before_the_net", "failed" if e.audit.entropy < 0.5 else "warned", "Shuffle before every epoch.",
    )  # fmt: skip


def varied_validation(e: Evidence) -> Suspicion | None:
    """Validation inputs that are augmented."""
    if not e.audit.second_differs:
        return None
    return Suspicion(
        "A02", "Validation inputs are other ones at every pass: they are augmented, too.", "special_case", "failed",
        "Augment training examples only.",
    )  # fmt: skip
