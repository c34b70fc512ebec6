"""What enters a network, turned back into what a person reads: pictures, curves, words, named columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.blocks import Curve, Gallery, Item
from wizard.data.form import FeaturesForm, TokensForm
from wizard.stages.context import Context
from wizard.stages.pictures import png
from wizard.training.heads import Head
from wizard.training.pipeline import Pipeline

SHOWN, MOST_CHANNELS, MOST_CELLS, POINTS = 12, 6, 40, 160
COLOURS = (1, 3)  # channels of a picture that can be shown
UNKNOWN = 1  # code of a word or category that training rows do not have


def decoded(context: Context, pipeline: Pipeline, preparation: Any = None) -> Gallery:
    """The first examples as they stand at the network's door, each with its target.

    Args:
        context: Of the step.
        pipeline: Whose training tensors they are.
        preparation: What made them, where it is the library's own: it knows the words, categories and columns.
    """
    head = pipeline.head
    y = pipeline.train.targets[pipeline.heads.index(head)]
    first, leaves = pipeline.train.x, pipeline.train.inputs
    names = sorted(first) if isinstance(first, dict) else [f"input {i + 1}" for i in range(len(leaves))]
    if len(names) != len(leaves):  # a nest within a nest
        names = [f"input {i + 1}" for i in range(len(leaves))]
    ranges = [_range(leaf) for leaf in leaves]
    items = []
    for i in range(min(SHOWN, len(pipeline.train))):
        item = Item(label=_target(context, head, y[i]), caption=f"training example {i + 1}")
        for name, leaf, ends in zip(names, leaves, ranges, strict=True):
            item = _with(context, item, name if len(leaves) > 1 else "", leaf[i], ends, preparation)
        items.append(item)
    return Gallery(
        title="A few examples as the network gets them",
        caption="Decoded from the tensors at the network's door, not from the data: what preprocessing did wrong is "
        "seen here. Pictures are spread from their darkest to their brightest number.",
        items=tuple(items),
    )


def _range(leaf: np.ndarray) -> tuple[float, float]:
    if leaf.dtype.kind not in "fiub":
        return 0.0, 1.0
    good = leaf[:SHOWN][np.isfinite(leaf[:SHOWN])]
    return (float(good.min()), float(good.max())) if good.size else (0.0, 1.0)


def _with(
    context: Context, item: Item, name: str, array: np.ndarray, ends: tuple[float, float], preparation: Any
) -> Item:
    """An item with one more input drawn into it."""
    low, high = ends
    if array.ndim == 3 and array.shape[-1] in COLOURS and array.dtype.kind in "fiu" and not item.asset:
        whole = np.nan_to_num(array.astype("float64"), nan=low)
        bytes_ = np.clip(np.round((whole - low) / ((high - low) or 1.0) * 255), 0, 255).astype("uint8")
        return item.but(asset=context.asset(png(bytes_)))
    if array.ndim == 2 and array.dtype.kind == "f":
        step = max(1, len(array) // POINTS)
        curves = tuple(
            Curve(name=f"{name} {channel + 1}".strip(), low=low, high=high,
                  y=tuple(float(v) if np.isfinite(v) else None for v in array[::step, channel]))
            for channel in range(min(array.shape[1], MOST_CHANNELS))
        )  # fmt: skip
        return item.but(curves=(*item.curves, *curves))
    form = getattr(preparation, "form", None)
    if isinstance(form, TokensForm):
        return item.but(text=_words(array, preparation.tokens))
    flat = array.ravel()
    labels = _labels(name, len(flat), form, preparation)
    cells = tuple((label, _cell(value, label, form, preparation), False) for label, value in
                  zip(labels[:MOST_CELLS], flat[:MOST_CELLS].tolist(), strict=False))  # fmt: skip
    return item.but(cells=(*item.cells, *cells))


def _words(codes: np.ndarray, tokens: Any) -> str:
    known = list(tokens)
    return " ".join("[?]" if code == UNKNOWN else known[code - 2] for code in codes.tolist() if code)


def _labels(name: str, n: int, form: Any, preparation: Any) -> list[str]:
    if isinstance(form, FeaturesForm):
        names = list(form.numeric if name in ("", "numeric") and len(form.numeric) == n else form.categories)
        if len(names) == n:
            return names
    return [f"{name} {i + 1}".strip() for i in range(n)]


def _cell(value: Any, label: str, form: Any, preparation: Any) -> str:
    if isinstance(form, FeaturesForm) and label in form.categories and isinstance(value, int):
        known = preparation.layers["codes"].vocabularies[form.categories.index(label)]
        return {0: "missing", UNKNOWN: "unknown"}.get(value) or known[value - 2]
    return value if isinstance(value, str) else f"{value:.4g}"


def _target(context: Context, head: Head, y: Any) -> str:
    values = np.asarray(y).ravel()
    if context.foreign is None and context.task.is_exclusive:
        return context.task.classes[int(values[0])]
    if values.size == 1:
        return f"{values[0]:.4g}"
    if head.kind == "classes":
        return f"class {int(values.argmax())}"
    return f"[{', '.join(f'{v:.3g}' for v in values[:10])}]"
