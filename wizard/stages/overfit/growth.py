"""What may be added to a small start, one thing at a time: more of the inputs, and parts of the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wizard.core.config import HpValue
from wizard.data.form import FeaturesForm, Form, ImageForm, SeriesForm, TokensForm
from wizard.data.modalities.table import without
from wizard.models.family import Family
from wizard.stages.context import Context
from wizard.stages.reductions.table import ranked_columns
from wizard.stages.words import count

SHARES = (0.5,)  # of the full inputs, along one axis; each costs a graph, and half of them shows what more is worth
LEAST = {"image": 4, "tokens": 4, "series": 8}  # pixels, words or steps: less leaves nothing to filter
KINDS = {"number": "columns of numbers", "category": "columns of categories", "date": "columns of dates"}


@dataclass(frozen=True)
class Inputs:
    """The inputs up to some size.

    Attributes:
        words: What the network sees.
        settings: Of the preprocessing; {} for all there is.
        left_out: Columns that it does not see.
    """

    words: str
    settings: dict[str, HpValue]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A part of the network made larger, everything else left as in the smallest rung."""

    words: str
    hp: dict[str, HpValue]


def inputs_up_to(context: Context, form: Form, most: int) -> tuple[Inputs, ...]:
    """Smaller inputs, smallest first, and all of them last; at most so many."""
    if context.own is not None:  # finished tensors: what they leave out is the user's part
        return (Inputs(f"all of it ({form})", {}),)
    smaller = GROWTHS[form.kind](context, form)
    return (*smaller[max(0, len(smaller) + 1 - most) :], Inputs(f"all of it ({form})", {}))


def parts_of(chosen: Family, form: Form) -> tuple[Part, ...]:
    """Each hyperparameter of the smallest rung at the next value that the ladder gives it."""
    start, *later = chosen.ladder(form)
    parts = []
    for name, value in start.items():
        larger = next((rung[name] for rung in later if name in rung and rung[name] != value), None)
        if larger is not None:
            parts.append(Part(f"{name} {larger} in place of {value}", {**start, name: larger}))
    return tuple(parts)


def _pictures(context: Context, form: Form) -> tuple[Inputs, ...]:
    assert isinstance(form, ImageForm)
    sizes = ((max(1, round(form.height * part)), max(1, round(form.width * part))) for part in SHARES)
    return tuple(
        Inputs(f"{height} × {width} pixels", {"height": height, "width": width})
        for height, width in sizes
        if min(height, width) >= LEAST["image"]
    )


def _texts(context: Context, form: Form) -> tuple[Inputs, ...]:
    assert isinstance(form, TokensForm)
    lengths = (round(form.length * part) for part in SHARES)
    return tuple(
        Inputs(f"the first {count(length, 'word')}", {"length": length})
        for length in lengths
        if length >= LEAST["tokens"]
    )


def _series(context: Context, form: Form) -> tuple[Inputs, ...]:
    assert isinstance(form, SeriesForm)
    lengths = (round(form.length * part) for part in SHARES)
    return tuple(
        Inputs(f"{count(length, 'step')}, each the mean of several", {"length": length})
        for length in lengths
        if length >= LEAST["series"]
    )


def _columns(context: Context, form: Form) -> tuple[Inputs, ...]:
    """One kind of column after the other; of a single kind the columns that tell most first."""
    assert isinstance(form, FeaturesForm)
    by_kind = {kind: [c.name for c in context.dataset.columns if c.kind == kind] for kind in KINDS}
    by_kind = {kind: found for kind, found in by_kind.items() if found}
    everything = [column.name for column in context.dataset.columns]
    if len(by_kind) > 1:
        steps, kept, words = [], [], []
        for kind, found in list(by_kind.items())[:-1]:
            kept += found
            words.append(KINDS[kind])
            steps.append((f"{' and '.join(words)} ({len(kept)})", tuple(kept)))
    else:
        ranked = ranked_columns(context)
        sizes = sorted({round(len(everything) * part) for part in SHARES} - {0, len(everything)})
        steps = [(f"the best {size} of {len(everything)} columns", tuple(ranked[:size])) for size in sizes]
    found_steps = []
    for label, names in steps:
        left_out = tuple(name for name in everything if name not in names)
        found_steps.append(Inputs(label, without(left_out), left_out))
    return tuple(found_steps)


GROWTHS: dict[str, Callable[[Context, Form], tuple[Inputs, ...]]] = {
    "image": _pictures,
    "features": _columns,
    "tokens": _texts,
    "series": _series,
}
