"""What the first layer looks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.blocks import Bars, Block, Column, Curve, Gallery, Item, Reference, Table
from wizard.data.form import FeaturesForm, ImageForm, SeriesForm, TokensForm
from wizard.models.inputs import ONE_HOT
from wizard.stages.context import Context
from wizard.stages.pictures import png
from wizard.stages.regularize.experiment import incumbent
from wizard.stages.step import Outcome, noted, passed, skipped, step, warned

SHOWN = 32  # filters, words or features
NEIGHBOURS = 5  # nearest words shown for each
FREQUENT = 200  # most frequent words: rarer ones hardly moved from where they started
DRAWS = 200  # random layers that the trained one is compared with
SIDE = 48  # pixels that a filter is drawn in
BEYOND = 2.0  # standard deviations of random layers: less is what noise would show


@dataclass(frozen=True)
class Look:
    """A first layer, and a number of its that random weights of the same shape also have.

    Attributes:
        what: The weights, in words.
        structure: What is measured, in words.
        value: It, of the trained weights.
        random: (DRAWS,) it, of random weights.
        blocks: The weights, shown.
        is_fixed: Whether the layer itself was never trained, only what reads it.
    """

    what: str
    structure: str
    value: float
    random: np.ndarray
    blocks: tuple[Block, ...]
    is_fixed: bool = False


@step()
def first_layer(context: Context) -> Outcome:
    """The first layer has learnt something: it shows edges, not noise.

    Its weights lie next to the inputs, so they can be looked at. Filters that show edges and strokes, words that lie
    near words of their kind, a few features that stand out: that is learnt. What looks like noise may well be noise.
    """
    run = incumbent(context).runs[0][0]
    if run.failure:
        return skipped(f"There is no trained network to look into: {run.failure}.")
    prepared = context.prepared(run.config)
    model = context.trainer.network(run).network.model
    look = _look(context, model, prepared)
    if look is None and context.own is not None:
        return skipped("Your model has no first layer whose weights lie beside the inputs that explore saw.")
    if look is None:
        return skipped(f"The family {run.config.family!r} has no first layer whose weights could be shown.")
    mean, spread = float(look.random.mean()), float(look.random.std())
    beyond = (look.value - mean) / max(spread, 1e-12)
    numbers = {"measured": look.value, "expected": mean, "unit": look.structure, "blocks": look.blocks}
    value, usual = (f"{number:.2f}".replace("-", "−") for number in (look.value, mean))
    told = f"{look.structure} is {value}, of random ones {usual} ± {spread:.2f}"
    if beyond > BEYOND:
        return passed(f"{look.what} are not noise: their {told}.", **numbers)
    if isinstance(prepared.form, FeaturesForm) or look.is_fixed or look.value > mean:
        return noted(f"{look.what} cannot be told from random ones: their {told}.", **numbers)
    return warned(
        f"{look.what} look like noise: their {told}.",
        advice="Noise in the first layer means too high a learning rate, too little regularisation, or too few rows.",
        **numbers,
    )


def _look(context: Context, model: Any, prepared: Any) -> Look | None:
    form = prepared.form
    if context.own is not None and (isinstance(form, TokensForm) or len(context.own.tensors.inputs) > 1):
        return None
    rocket = next((layer for layer in model.layers if layer.name == "rocket"), None)
    if rocket is not None:
        return _kernels(context, np.asarray(model.layers[-1].kernel, "float64"), rocket.n_a_kernel)
    if isinstance(form, TokensForm):
        table = next(
            (w for w in model.trainable_variables if len(w.shape) == 2 and w.shape[0] == form.vocabulary), None
        )
        return None if table is None else _words(context, np.asarray(table), prepared)
    kernel = next((w for w in model.trainable_variables if len(w.shape) >= 2), None)
    if kernel is None:
        return None
    weights = np.asarray(kernel, "float64")
    bent = next((w for w in model.trainable_variables if w.name == "embedding_bend"), None)
    if bent is not None:  # where a number is seen through its quantiles, what it learnt is how the line bends at each
        return _weights(context, np.asarray(bent, "float64").reshape(bent.shape[0], -1), list(form.numeric))
    if isinstance(form, ImageForm):
        pixels = form.height * form.width * form.channels
        if weights.ndim == 2 and len(weights) == pixels:
            weights = weights.reshape(form.height, form.width, form.channels, -1)
        return _filters(context, weights) if weights.ndim == 4 and min(weights.shape[:2]) > 1 else None
    if isinstance(form, SeriesForm):
        if weights.ndim == 2 and len(weights) == form.length * len(form.channels):
            weights = weights.reshape(form.length, len(form.channels), -1)
        return _waves(context, weights, form) if weights.ndim == 3 and len(weights) > 1 else None
    names = _features(form)
    return _weights(context, weights, names) if weights.ndim == 2 and len(weights) == len(names) else None


def _smoothness(weights: np.ndarray, axes: tuple[int, ...]) -> float:
    """Mean correlation of neighbouring weights along axes, over filters: 0 is noise, 1 an even surface."""
    centred = weights - weights.mean(axes, keepdims=True)
    found = []
    for axis in axes:
        one, other = (
            np.take(centred, range(*ends), axis) for ends in ((0, weights.shape[axis] - 1), (1, weights.shape[axis]))
        )
        found.append((one * other).mean() / max((centred**2).mean(), 1e-300))
    return float(np.mean(found))


def _null(context: Context, shape: tuple[int, ...], measure: Any) -> np.ndarray:
    random = context.random("first layer")
    return np.array([measure(random.normal(size=shape)) for _ in range(DRAWS)])


def _kernels(context: Context, head: np.ndarray, n_a_kernel: int) -> Look:
    """Fixed kernels by how much the head, (84 · n, k), listens to them."""
    from wizard.models.rocket_layers import KERNELS

    def weight_of(values: np.ndarray) -> np.ndarray:
        return np.square(values.reshape(len(KERNELS), n_a_kernel, -1)).sum((1, 2))

    def measure(values: np.ndarray) -> float:
        ranked = np.sort(weight_of(values))[::-1]
        return float(ranked[: len(KERNELS) // 10].sum() / max(ranked.sum(), 1e-300))

    weight = weight_of(head)
    weight = weight / max(float(weight.sum()), 1e-300)
    order = np.argsort(-weight, kind="stable")[: SHOWN // 2]
    items = tuple(
        Item(
            label=f"kernel {int(number) + 1}",
            curves=(Curve(name="weights", y=tuple(map(float, KERNELS[number])), low=-1.5, high=2.5),),
            caption=f"{weight[number]:.1%} of what the head listens to",
        )
        for number in order
    )
    bars = Bars(
        title="Kernels that the head listens to most",
        caption="Share of the head's squared weights that belong to a kernel's features; even shares are the line.",
        labels=tuple(item.label for item in items), values=tuple(float(weight[number]) for number in order),
        references=(Reference(value=1 / len(KERNELS), label="an even share"),), value_label="share of squared weights",
    )  # fmt: skip
    gallery = Gallery(
        title="These kernels", caption="Nine weights each, fixed before training: sums of them tell what is "
        "compared with what.", items=items,
    )  # fmt: skip
    return Look(
        "Kernels", "share of the head's weight on the heaviest tenth", measure(head),
        _null(context, head.shape, measure), (bars, gallery), is_fixed=True,
    )  # fmt: skip


def _filters(context: Context, weights: np.ndarray) -> Look:
    """(h, w, c, f) filters as pictures."""
    items = []
    strongest = np.argsort(-np.square(weights).sum((0, 1, 2)), kind="stable")[:SHOWN]
    for number in strongest:
        one = weights[..., number]
        one = one if one.shape[-1] in (1, 3) else one.mean(-1, keepdims=True)
        times = max(1, SIDE // max(one.shape[:2]))
        large = np.repeat(np.repeat(one, times, 0), times, 1)
        items.append(Item(label=f"filter {number + 1}", asset=context.asset(png(large.astype("float32")))))
    gallery = Gallery(
        title="Filters of the first layer",
        caption="Weights from the most negative (black) to the most positive (white), the strongest filters first.",
        items=tuple(items),
    )
    axes = (0, 1)
    return Look(
        "The filters of the first layer",
        "mean correlation of neighbouring weights",
        _smoothness(weights, axes),
        _null(context, weights.shape, lambda w: _smoothness(w, axes)),
        (gallery,),
    )


def _waves(context: Context, weights: np.ndarray, form: SeriesForm) -> Look:
    """(t, c, f) filters as curves."""
    edge = float(np.abs(weights).max()) or 1.0
    strongest = np.argsort(-np.square(weights).sum((0, 1)), kind="stable")[:SHOWN]
    items = tuple(
        Item(
            label=f"filter {number + 1}",
            curves=tuple(
                Curve(name=name, y=tuple(map(float, weights[:, c, number])), low=-edge, high=edge)
                for c, name in enumerate(form.channels[:3])
            ),
        )
        for number in strongest
    )
    return Look(
        "The filters of the first layer",
        "mean correlation of weights of neighbouring steps",
        _smoothness(weights, (0,)),
        _null(context, weights.shape, lambda w: _smoothness(w, (0,))),
        (Gallery(title="Filters of the first layer", caption="Weights along time.", items=items),),
    )


def _weights(context: Context, weights: np.ndarray, names: list[str]) -> Look:
    """(d, f) weights: how much of them each feature has."""

    def unevenness(w: np.ndarray) -> float:
        norms = np.sqrt(np.square(w).sum(1))
        return float(norms.std() / max(float(norms.mean()), 1e-300))

    norms = np.sqrt(np.square(weights).sum(1))
    order = np.argsort(-norms, kind="stable")[:SHOWN]
    bars = Bars(
        title="Weights of each feature",
        caption="Length of a feature's weights into the first layer; all features come in the same order of magnitude.",
        labels=tuple(names[i] for i in order),
        values=tuple(float(norms[i]) for i in order),
        value_label="length of the weights",
        references=(Reference(value=float(norms.mean()), label="mean"),),
    )
    return Look(
        "The weights of features",
        "spread over features relative to their mean",
        unevenness(weights),
        _null(context, weights.shape, unevenness),
        (bars,),
    )


def _features(form: FeaturesForm) -> list[str]:
    """Names of the first layer's inputs, in their order."""
    names = list(form.numeric)
    for name, n_codes in zip(form.categories, form.cardinalities, strict=True):
        if n_codes > ONE_HOT:
            return []  # embedded: its numbers have no names
        names += [f"{name}, code {code}" for code in range(n_codes)]
    return names


def _words(context: Context, table: np.ndarray, prepared: Any) -> Look:
    """(v, e) embeddings: which words lie near which."""
    known = list(prepared.preparation.tokens)[:FREQUENT]
    vectors = table[2 : 2 + len(known)].astype("float64")  # code 0 is no word, 1 an unknown one
    near = _cosines(vectors)
    best = np.argsort(-near, axis=1, kind="stable")[:, :NEIGHBOURS]
    rows = tuple(
        (word, ", ".join(known[j] for j in best[i]), float(near[i, best[i, 0]])) for i, word in enumerate(known[:SHOWN])
    )
    columns = (Column(name="word"), Column(name="nearest words"), Column(name="cosine of the nearest"))
    return Look(
        "Embeddings of words",
        "mean cosine of a frequent word and its nearest",
        float(near.max(1).mean()),
        _null(context, vectors.shape, lambda w: float(_cosines(w).max(1).mean())),
        (
            Table(
                title="Nearest words",
                caption="The most frequent words first.",
                columns=columns,
                rows=rows,
                private=True,
            ),
        ),
    )


def _cosines(vectors: np.ndarray) -> np.ndarray:
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    near = unit @ unit.T
    np.fill_diagonal(near, -1.0)
    return np.asarray(near)
