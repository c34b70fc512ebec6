"""Training examples before and after augmentation: is the label left alone, and the scale?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.backend import keras, tf
from wizard.stages.experiments.classical import features, probed, targets_of
from wizard.training.pipeline import Pipeline, Tensors

MOST = 1_000  # examples of either side
NEIGHBOURS = 5
REACH = 0.9  # of a class's own examples have their nearest fellow within the distance that counts as among them
FEWEST = 20  # examples, of a class or in all: fewer say nothing
HALF = 0.5  # of the range of examples as they are: numbers farther out than that are in another scale
LAYERS = ("Random", "RandAugment", "AugMix", "MixUp", "CutMix", "GaussianNoise")  # of Keras, while it trains


@dataclass(frozen=True)
class Taken:
    """Examples of a class that augmentation puts among those of another.

    Attributes:
        of: The class, as a code.
        among: The other.
        share: Of the changed examples of the class.
        before: The same share of examples as they are.
        error: Standard error of the difference.
        all: Share of all changed examples that lie among those of any other class.
        all_before: The same of examples as they are.
    """

    of: int
    among: int
    share: float
    before: float
    error: float
    all: float
    all_before: float

    @property
    def excess(self) -> float:
        """How many more they are than without augmentation."""
        return self.share - self.before


@dataclass(frozen=True)
class Augmentation:
    """What augmentation does to examples.

    Attributes:
        where: What augments, in words.
        layers: Names of the model's layers that do; () where the pipeline does.
        taken: The pair of classes that it confuses most, or None.
        outside: Share of the changed numbers that lie far beyond the range of examples as they are.
        shift: Distance of the means, in standard deviations of examples as they are.
        known_before: Share of the targets' variance that a classical probe explains of examples as they are.
        known: The same of changed examples.
    """

    where: str
    layers: tuple[str, ...]
    taken: Taken | None
    outside: float
    shift: float
    known_before: float
    known: float


def augmentation(pipeline: Pipeline, is_varied: bool, second_differs: bool) -> Augmentation | None:
    """Looks at what augments: layers of the model, or the pipeline where its second pass gives other examples.

    Args:
        pipeline: What is judged.
        is_varied: Whether training inputs are others at every pass.
        second_differs: Whether validation inputs are: then nothing is known as it is.
    """
    head, at = pipeline.head, pipeline.heads.index(pipeline.head)
    layers = augmenting(pipeline.model)
    if is_varied and pipeline.given_held is not None and not second_differs:
        clean, changed, where = _few(pipeline.given_held), _few(pipeline.train), "the training pipeline"
        pairs = [(a, b) for a, b in zip(clean.inputs, changed.inputs, strict=True)]
    elif layers:
        clean = changed = _few(pipeline.train)
        with pipeline.untouched():  # batch normalisation learns when it is called as in training
            pairs = _through(pipeline.model, layers, clean.x)
        where = f"layer `{layers[0].name}`" if len(layers) == 1 else f"the layers `{layers[0].name}` and after"
        if not pairs or pairs[0][0].shape != pairs[0][1].shape:
            return None  # not called, or a crop: places do not belong to each other
    else:
        return None
    if min(len(clean), len(changed)) < FEWEST:
        return None
    t, theirs = (targets_of(head, part.targets[at]) for part in (clean, changed))
    a, b = (features(Tensors(tuple(pair[i] for pair in pairs), None)) for i in (0, 1))
    taken = None
    if (head.kind == "classes" and head.n_units > 1) or (head.kind == "labels" and head.n_units == 1):
        taken = most_taken(a, _codes(t), b, _codes(theirs))
    known = (probed(x, y, pipeline.seed)[0] for x, y in ((a, t), (b, theirs)))
    return Augmentation(where, tuple(layer.name for layer in layers), taken, *_range(pairs), *known)


def augmenting(model: Any) -> list[Any]:
    """Layers of Keras that change their inputs at random in training, dropout left out."""
    layers = model._flatten_layers(include_self=False, recursive=True)
    return [layer for layer in layers if type(layer).__name__.startswith(LAYERS)]


def _few(tensors: Tensors) -> Tensors:
    return tensors.take(np.linspace(0, len(tensors) - 1, min(MOST, len(tensors))).astype(int))


def _codes(t: np.ndarray) -> np.ndarray:
    return np.asarray(t.argmax(1) if t.shape[1] > 1 else t[:, 0].astype(int))


def _through(model: Any, layers: list[Any], x: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """[(what enters the first of the layers, what leaves the last one)] while the model is called as in training."""
    caught: list[tuple[Any, Any]] = []

    def watch(layer: Any) -> Any:
        plain = layer.call

        def call(inputs: Any, *arguments: Any, **named: Any) -> Any:
            out = plain(inputs, *arguments, **named)
            caught.append((inputs, out))
            return out

        return call

    for layer in layers:
        object.__setattr__(layer, "call", watch(layer))
    try:
        model(keras.tree.map_structure(tf.constant, x), training=True)
    finally:
        for layer in layers:
            object.__delattr__(layer, "call")
    return [(np.asarray(caught[0][0]), np.asarray(caught[-1][1]))] if caught else []


def _range(pairs: list[tuple[np.ndarray, np.ndarray]]) -> tuple[float, float]:
    """(share of numbers far outside, shift of the mean), the worst input's."""
    outside, shift = [0.0], [0.0]
    for clean, changed in pairs:
        if clean.dtype.kind != "f" or changed.dtype.kind != "f":
            continue
        a, b = np.nan_to_num(clean.astype("float64")), np.nan_to_num(changed.astype("float64"))
        low, high = a.min(), a.max()
        room = HALF * (high - low)
        outside.append(float(((b < low - room) | (b > high + room)).mean()))
        shift.append(float(abs(b.mean() - a.mean()) / max(a.std(), 1e-12)))
    return max(outside), max(shift)


def most_taken(clean: np.ndarray, codes: np.ndarray, changed: np.ndarray, others: np.ndarray) -> Taken | None:
    """The pair (a, b) of classes whose a-examples most often lie among the b-examples after the change.

    Among them is an example whose neighbours are of b, the nearest as near as b's own examples are to each other: a
    change that leaves the label alone leads away from all classes, or stays within its own.

    Args:
        clean: (n, d) examples as they are.
        codes: (n,) their classes.
        changed: (m, d) changed examples.
        others: (m,) their classes.
    """
    from sklearn.neighbors import NearestNeighbors

    spread = clean.std(0)
    scale = np.maximum(spread, 0.1 * max(float(spread.mean()), 1e-12))
    clean, changed = clean / scale, changed / scale
    if len(clean) <= NEIGHBOURS + 1 or len(np.unique(codes)) < 2:
        return None
    near = NearestNeighbors().fit(clean)
    own_distance, own = near.kneighbors(clean, NEIGHBOURS + 1)
    distance, theirs = near.kneighbors(changed, NEIGHBOURS)
    own_distance, own = own_distance[:, 1:], own[:, 1:]  # the first neighbour is the example itself
    k = int(max(codes.max(), others.max())) + 1
    reach = np.zeros(k)
    for b in range(k):
        mine = own_distance[(codes == b) & (codes[own[:, 0]] == b), 0]
        reach[b] = np.quantile(mine, REACH) if len(mine) >= NEIGHBOURS else -1.0
    before = _among(codes, codes[own], own_distance[:, 0], reach)
    after = _among(others, codes[theirs], distance[:, 0], reach)
    n_before, n_after = np.bincount(codes, minlength=k), np.bincount(others, minlength=k)
    totals = [float((table.sum() - np.trace(table)) / n) for table, n in ((after, len(others)), (before, len(codes)))]
    worst: Taken | None = None
    for a in range(k):
        for b in range(k):
            if a == b or n_after[a] < FEWEST or n_before[a] < NEIGHBOURS:
                continue
            p, q = after[a, b] / n_after[a], before[a, b] / n_before[a]
            error = float((max(p * (1 - p), 1 / n_after[a]) / n_after[a] + q * (1 - q) / n_before[a]) ** 0.5)
            if worst is None or p - q > worst.excess:
                worst = Taken(a, b, float(p), float(q), error, *totals)
    return worst


def _among(codes: np.ndarray, neighbours: np.ndarray, nearest: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """(k, k) examples of a class that lie among another's."""
    k = len(reach)
    votes = np.apply_along_axis(lambda row: np.bincount(row, minlength=k), 1, neighbours)
    said = votes.argmax(1)
    is_there = (votes.max(1) > NEIGHBOURS // 2) & (nearest <= reach[said])
    table = np.zeros((k, k))
    np.add.at(table, (codes[is_there], said[is_there]), 1)
    return table
