"""Examples that the user adds: whether they are what they are meant to be, before they are trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.blocks import Block, Gallery, Item
from wizard.core.finding import Cause
from wizard.core.registry import load
from wizard.data.synthetic import NOBODY, Synthetic
from wizard.stages.context import Context
from wizard.stages.labels import label_of
from wizard.stages.regularize.augment import CHECKED, LOST, SHOWN, answers_to, survival
from wizard.stages.regularize.experiment import incumbent
from wizard.stages.words import count, share

UNCHANGED = 0.5  # of the made examples equal what they were made of: more are no augmentation
OUTSIDE = 0.1  # of the made numbers lie beyond all of the training rows': scaled otherwise, or cut off wrongly
BEYOND = 0.01  # of the training rows' range: rounding, and a brighter pixel than any before
LOOKS = "wizard.stages.looks"  # a file a modality


@dataclass(frozen=True)
class OwnExamples:
    """What is known of the user's examples.

    Attributes:
        change: Fields of the configuration that make a run train on them.
        words: What they are, in words.
        causes: What is wrong with them, the gravest first; () where nothing is.
        advice: What to do about it.
        blocks: Some of them beside what they were made of.
    """

    change: dict[str, Any]
    words: str
    causes: tuple[Cause, ...]
    advice: str
    blocks: tuple[Block, ...]


def own_examples(context: Context) -> OwnExamples | None:
    """The user's examples, looked at; None where there are none."""
    given = context.trainer.preparer.synthetic
    if given is None or not context.options.get("synthetic"):
        return None
    what = f"{count(len(given), 'example')} of your own"
    if given.is_made:
        what = f"{count(len(given), 'example')} made by your function"
    if given.n_left_out:
        what += f" ({given.n_left_out:,} that equal sealed rows left out)"
    change = {"synthetic": given.key}
    if not given.is_made:
        return OwnExamples(change, what, (), "", ())
    causes, blocks = _of_made(context, given)
    advice = "Mend the function, or leave synthetic= out." if causes else ""
    return OwnExamples(change, what, causes, advice, blocks)


def _of_made(context: Context, given: Synthetic) -> tuple[tuple[Cause, ...], tuple[Block, ...]]:
    run = incumbent(context).runs[0][0]
    prepared = context.prepared(run.config.but(synthetic=given.key))
    n = len(context.dataset)
    made = context.sample(prepared.extra, CHECKED, "synthetic")
    parents = given.parents[made - n]
    raw, new = (
        {name: np.asarray(values[rows]) for name, values in prepared.tensors.items()} for rows in (parents, made)
    )
    model = context.trainer.network(run).network.answers
    left = survival(context, answers_to(model, raw), answers_to(model, new), prepared.y[parents])
    causes = []
    if left < 1 - LOST:
        causes.append(Cause(fault="A01", tested=True, sentence="It may change what the label says: the trained network "
                            f"recognises only {share(left)} of what it did."))  # fmt: skip
    same = _unchanged(context, given)
    if same > UNCHANGED:
        causes.append(Cause(fault="A05", tested=True, sentence=f"{share(same)} of what it returns is the example that "
                            "it was given."))  # fmt: skip
    outside = _outside(raw, new, prepared.tensors, prepared.train)
    if outside > OUTSIDE:
        causes.append(Cause(fault="A03", tested=True, sentence=f"{share(outside)} of its numbers lie outside the range "
                            "of all training examples."))  # fmt: skip
    return tuple(causes), _gallery(context, prepared, raw, new, parents, left)


def _unchanged(context: Context, given: Synthetic) -> float:
    hashes = context.dataset.examples.take(given.parents).hashes()
    return float(np.mean([one == other for one, other in zip(given.examples.hashes(), hashes, strict=True)]))


def _outside(
    raw: dict[str, np.ndarray], new: dict[str, np.ndarray], tensors: dict[str, Any], train: np.ndarray
) -> float:  # fmt: skip
    """Share of the made numbers beyond the range of the training rows; codes of words and categories have none."""
    shares = [0.0]
    for name, values in new.items():
        if values.dtype.kind != "f" and values.dtype != np.uint8:
            continue
        known = np.asarray(tensors[name][train])
        known, flat = (array.reshape(-1, array.shape[-1]) for array in (known, values))  # places of a channel together
        low, high = known.min(0), known.max(0)
        room = BEYOND * (high.astype("float64") - low)
        shares.append(float(((flat < low - room) | (flat > high + room)).mean()))
    return max(shares)


def _gallery(
    context: Context, prepared: Any, raw: dict[str, np.ndarray], new: dict[str, np.ndarray], parents: np.ndarray,
    left: float,
) -> tuple[Block, ...]:  # fmt: skip
    """A few training examples before and after; rows of a table show nothing."""
    look: Any = load(LOOKS, context.dataset.modality)
    if not hasattr(look, "shown"):
        return ()
    items = [
        Item(label=label_of(context, int(row)), caption=name, **look.shown(context, prepared, tensors, i))
        for i, row in enumerate(parents[:SHOWN])
        for name, tensors in (("as it is", raw), ("your function", new))
        if row != NOBODY
    ]
    caption = f"{share(left)} of the right answers survive."
    return (Gallery(title="Before and after your function", caption=caption, items=tuple(items)),)
