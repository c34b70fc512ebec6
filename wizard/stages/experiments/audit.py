"""The tensors just before the network: their range, what they lost, their order, training against validation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.backend import keras
from wizard.stages.experiments.classical import features, targets_of
from wizard.training.pipeline import Pipeline, Tensors

FEW_VALUES = 2  # different values of pictures: casting to whole numbers leaves 0 and 1
MOST = 1_000
APART = 0.5  # standard deviations between the means of training and validation features
APART_SHARE = 0.2  # of the features
SCALED = 2.0  # times as wide, or as narrow
SMOOTH = 0.5  # correlation of neighbouring pixels that pictures have and shuffled ones do not
ROUGHER = 1.7  # times as far from perfect agreement as in another order of the axes, right and below multiplied
HARDLY_SMOOTHER = 0.9  # of either alone: the right order is rougher in none
FAIRLY_SMOOTH, AGREE = 0.4, 0.25  # of neighbours and of colour planes in that order: planes of photographs, digits,
# coloured digits, clothes and rubbish agree by 0.43 to 1.00 where it is right, and by -0.40 to -0.18 where it is not
OF_TWO = 0.4  # of the validation rows: with two classes, a probe that is often wrong gains by an exchange as well
RUNS_DRAWS = 200


@dataclass(frozen=True)
class Input:
    """One input tensor.

    Attributes:
        name: In words.
        shape: Of an example.
        dtype: Of the array.
        low: Least number.
        high: Largest number.
        mean: Of all.
        std: Of all.
        middle: Median.
        n_bad: Numbers that are NaN or infinite.
        constant: Share of the features that are the same in all examples.
        n_values: Different values, at most 1,000 counted.
        is_picture: Whether it has the shape of a picture.
        smoothness: Correlation of neighbouring pixels; NaN for no pictures.
        smoother_as: The order of axes in which neighbours agree twice as much, or "".
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    low: float
    high: float
    mean: float
    std: float
    middle: float
    n_bad: int
    constant: float
    n_values: int
    is_picture: bool
    smoothness: float
    smoother_as: str

    @property
    def is_large(self) -> bool:
        """Whether numbers are far from the unit scale that initialisations are made for."""
        return self.dtype.startswith("float") and (abs(self.middle) > 10 or self.std > 20)


@dataclass(frozen=True)
class Audit:
    """What the tensors look like.

    Attributes:
        inputs: One a tensor.
        moved_features: Share of features whose validation mean or width differs from training.
        factor: Median width of validation features over training ones.
        shift: Median distance of their means, in training standard deviations.
        entropy: Mean entropy of the labels in a batch over that of shuffled batches; NaN for numbers and shuffled data.
        is_sorted: Whether batches hold fewer different labels than any of 200 shuffles.
        codes: (least, largest) class code; (0, 0) where there are none.
        n_unused: Units of the head that no example has as its class.
        permuted: Accuracy on validation labels that a permutation of them brings a probe learnt on training tensors.
        second_differs: Whether a second pass over validation data gives other numbers.
        is_augmented: Whether a second pass over training data does.
        widened: How many times as wide as without it augmentation makes training features, in the middle.
        unseen: Share of validation examples whose class no training example has.
    """

    inputs: tuple[Input, ...]
    moved_features: float
    factor: float
    shift: float
    entropy: float
    is_sorted: bool
    codes: tuple[int, int]
    n_unused: int
    permuted: float
    second_differs: bool
    is_augmented: bool
    widened: float
    unseen: float


def audit(pipeline: Pipeline) -> Audit:
    """Looks at the tensors of a pipeline."""
    head_at = pipeline.heads.index(pipeline.head)
    inputs = _inputs(pipeline.train.x, pipeline.input_names)
    moved, factor, shift = _against(pipeline)
    entropy, is_sorted = _order(pipeline, head_at)
    codes, n_unused = _codes(pipeline, head_at)
    return Audit(
        inputs, moved, factor, shift, entropy, is_sorted, codes, n_unused, _permuted(pipeline, head_at),
        pipeline.varies_held, pipeline.varies, _widened(pipeline),
        _unseen(pipeline, head_at),
    )  # fmt: skip


def _inputs(x: Any, names: tuple[str, ...]) -> tuple[Input, ...]:
    return tuple(_input(name, array) for name, array in zip(names, keras.tree.flatten(x), strict=False))


def _input(name: str, array: np.ndarray) -> Input:
    if array.dtype.kind in "OSU":
        return Input(name, array.shape[1:], "text", 0, 0, 0, 0, 0, 0, 0.0, 0, False, float("nan"), "")
    some = array[:MOST].astype("float64")
    is_good = np.isfinite(some)
    good = some[is_good] if not is_good.all() else some.ravel()
    good = good if good.size else np.zeros(1)
    picture = array.ndim == 4 and array.shape[-1] in (1, 3, 4) and min(array.shape[1:3]) >= 6
    channels_first = array.ndim == 4 and array.shape[1] in (1, 3, 4) and min(array.shape[2:]) >= 6
    smooth, other = float("nan"), ""
    if picture or channels_first:
        smooth, other = _smoothness(np.nan_to_num(some[:200]))
    constant = float((some == some[:1]).all(0).mean()) if len(some) > 1 else 0.0
    return Input(
        name, array.shape[1:], str(array.dtype), float(good.min()), float(good.max()), float(good.mean()),
        float(good.std()), float(np.median(good)), int((~np.isfinite(array.astype("float64"))).sum()), constant,
        len(np.unique(good[:200_000])), bool(picture or channels_first), smooth, other,
    )  # fmt: skip


def _smoothness(x: np.ndarray) -> tuple[float, str]:
    """(correlation of neighbouring pixels, the order of axes that would make it far larger, or "")."""
    right, below = _neighbours(x)
    n, a, b, c = x.shape
    tried = {}
    if c in (1, 3, 4) and c > 1:
        tried["channels first, reshaped where a transposition was meant"] = np.moveaxis(x.reshape(n, c, a, b), 1, -1)
    if a != b and c in (1, 3, 4):
        tried["height and width exchanged by a reshape"] = x.reshape(n, b, a, c)
    for words, other in tried.items():
        there = _neighbours(other)
        ratios = [(1 - here) / max(1 - one, 1e-6) for here, one in zip((right, below), there, strict=True)]
        is_smoother = min(there) >= SMOOTH and ratios[0] * ratios[1] > ROUGHER
        is_whole = other.shape[1:3] == (a, b) and min(there) >= FAIRLY_SMOOTH and _planes_agree(other) >= AGREE
        if min(ratios) > HARDLY_SMOOTHER and (is_smoother or is_whole):
            return (right + below) / 2, words
    return (right + below) / 2, ""


def _planes_agree(x: np.ndarray) -> float:
    """Least correlation of two colour planes of (n, h, w, c): those of a picture in the wrong order do not agree."""
    x = x - x.mean((1, 2), keepdims=True)
    planes = np.moveaxis(x, -1, 0).reshape(x.shape[-1], -1)
    widths = np.maximum(np.sqrt((planes**2).mean(1)), 1e-6)
    agreed = planes @ planes.T / planes.shape[1] / np.outer(widths, widths)
    return float(agreed.min())


def _neighbours(x: np.ndarray) -> tuple[float, float]:
    """Correlation of pixels with those to the right, and with those below, of (n, h, w, c); channel means taken off."""
    x = x - x.mean((1, 2), keepdims=True)
    total = max(float((x**2).mean()), 1e-12)
    right, below = (x[:, :, 1:] * x[:, :, :-1]).mean(), (x[:, 1:] * x[:, :-1]).mean()
    return float(right / total), float(below / total)


def _against(pipeline: Pipeline) -> tuple[float, float, float]:
    """(share of features that differ between training and validation, median ratio of widths, median shift)."""
    if pipeline.given_held is None:
        return 0.0, 1.0, 0.0
    a, b = (features(part.take(np.arange(min(len(part), MOST)))) for part in (pipeline.train, pipeline.given_held))
    spread = a.std(0)
    varies = spread > 1e-9
    if len(b) < 30 or not varies.any():
        return 0.0, 1.0, 0.0
    error = spread[varies] * (1 / len(a) + 1 / len(b)) ** 0.5
    away = np.abs(a.mean(0) - b.mean(0))[varies]
    factor = b.std(0)[varies] / spread[varies]
    is_apart = (away > APART * spread[varies]) & (away > 4 * error)
    is_scaled = (factor > SCALED) | (factor < 1 / SCALED)
    return float((is_apart | is_scaled).mean()), float(np.median(factor)), float(np.median(away / spread[varies]))


def _widened(pipeline: Pipeline) -> float:
    """What two passes disagree in is augmentation: its variance is taken off that of the features."""
    if not pipeline.varies:
        return 1.0
    second = features(Tensors(pipeline.second_x, pipeline.train.y))[:MOST]
    first = features(pipeline.train.take(np.arange(len(second))))
    total, drawn = first.var(0), ((first - second) ** 2).mean(0) / 2
    varies = total > 1e-9
    if not varies.any():
        return 1.0
    return float(np.median(1 / np.sqrt(np.maximum(1 - drawn[varies] / total[varies], 1e-4))))


def _order(pipeline: Pipeline, head_at: int) -> tuple[float, bool]:
    """Entropy of the labels in a batch, as batches come, over that of shuffled ones."""
    head = pipeline.heads[head_at]
    if pipeline.is_shuffled or head.kind == "numbers" or len(pipeline.train) < 4 * pipeline.batch:
        return float("nan"), False
    t = targets_of(head, pipeline.train.targets[head_at])
    codes = t.argmax(1) if t.shape[1] > 1 else t[:, 0].astype(int)
    own = _batch_entropy(codes, pipeline.batch)
    random = np.random.default_rng(pipeline.seed)
    null = [_batch_entropy(random.permutation(codes), pipeline.batch) for _ in range(RUNS_DRAWS)]
    mean = float(np.mean(null))
    return (own / mean if mean else 1.0), bool(own < min(null) and own < 0.7 * mean)


def _batch_entropy(codes: np.ndarray, batch: int) -> float:
    total, k = [], int(codes.max()) + 1
    for start in range(0, len(codes) - batch + 1, batch):
        shares = np.bincount(codes[start : start + batch], minlength=k) / batch
        shares = shares[shares > 0]
        total.append(float(-(shares * np.log(shares)).sum()))
    return float(np.mean(total)) if total else 0.0


def _codes(pipeline: Pipeline, head_at: int) -> tuple[tuple[int, int], int]:
    head = pipeline.heads[head_at]
    if head.kind != "classes" or not head.is_sparse:
        return (0, 0), 0
    codes = pipeline.train.targets[head_at].astype("int64")
    return (int(codes.min()), int(codes.max())), int(head.n_units - len(np.unique(codes)))


def _unseen(pipeline: Pipeline, head_at: int) -> float:
    head = pipeline.heads[head_at]
    if head.kind != "classes" or pipeline.given_held is None:
        return 0.0
    known = targets_of(head, pipeline.train.targets[head_at]).sum(0)
    t = targets_of(head, pipeline.given_held.targets[head_at])
    known = np.pad(known, (0, max(0, t.shape[1] - len(known))))
    return float((known[t.argmax(1)] == 0).mean())


def _permuted(pipeline: Pipeline, head_at: int) -> float:
    """How much more of the validation labels a probe gets right once they are renamed in the best way."""
    head = pipeline.heads[head_at]
    if head.kind != "classes" or pipeline.given_held is None:
        return 0.0
    from scipy.optimize import linear_sum_assignment
    from sklearn.ensemble import ExtraTreesClassifier

    train, held = (_few(part, MOST) for part in (pipeline.train, pipeline.given_held))
    a, b = (targets_of(head, part.targets[head_at]).argmax(1) for part in (train, held))
    if len(np.unique(a)) < 2 or len(b) < 50:
        return 0.0
    said = ExtraTreesClassifier(50, random_state=0).fit(features(train), a).predict(features(held))
    k = int(max(a.max(), b.max())) + 1
    table = np.zeros((k, k))
    np.add.at(table, (said, b), 1)
    rows, columns = linear_sum_assignment(-table)
    gain = float((table[rows, columns].sum() - np.trace(table)) / len(b))
    return gain if k > 2 or gain > OF_TWO else 0.0


def _few(tensors: Tensors, most: int) -> Tensors:
    return tensors.take(np.linspace(0, len(tensors) - 1, min(most, len(tensors))).astype(int))
