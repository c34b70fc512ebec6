"""What happens inside a network: activations layer by layer, gradients and updates variable by variable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.backend import keras, tf
from wizard.training.pipeline import Pipeline

ROWS = 256
SATURATED = 0.99  # of the range of tanh and sigmoid
ALIKE = 1e-6  # of their spread: units that differ by less are one unit
SHORT = 1e-4  # length of a gradient that has vanished
LARGEST = 2**22  # numbers of a layer's activations that are looked at
SATURATING = ("tanh", "sigmoid", "hard_sigmoid")


@dataclass(frozen=True)
class Layer:
    """Activations of one layer over some examples.

    Attributes:
        name: Of the layer.
        activation: Its activation, or "".
        mean: Of all activations.
        spread: Standard deviation of all activations.
        dead: Share of its units that are 0 for every example at every place.
        saturated: Share of activations within a hundredth of the ends of tanh or sigmoid.
        is_finite: Whether all are finite.
        is_one_unit: Whether all units do the same.
        is_constant: Whether the activations are the same for all examples.
        n_units: Units.
    """

    name: str
    activation: str
    mean: float
    spread: float
    dead: float
    saturated: float
    is_finite: bool
    is_one_unit: bool
    is_constant: bool
    n_units: int


@dataclass(frozen=True)
class Variable:
    """A variable that is, or could be, trained.

    Attributes:
        name: Path of it.
        n: Numbers in it.
        is_trainable: Whether the optimiser may move it.
        is_kernel: Whether it has two axes or more.
        gradient: Length of its gradient over that of the variable; NaN where there is no gradient.
        length: Of its gradient.
        ratio: Median length of an update over the variable's length, of the first steps; NaN where not measured.
        has_moved: Whether a short training changed it.
        too_large: Times as large as the usual initialisations make it.
        is_constant: Whether all of its numbers were the same at the start.
        is_zero: Whether that was 0.
    """

    name: str
    n: int
    is_trainable: bool
    is_kernel: bool
    gradient: float
    length: float
    ratio: float
    has_moved: bool
    too_large: float
    is_constant: bool
    is_zero: bool


@dataclass(frozen=True)
class Signals:
    """All layers and variables, in the network's order."""

    layers: tuple[Layer, ...]
    variables: tuple[Variable, ...]
    gradient_length: float

    @property
    def frozen_share(self) -> float:
        """Share of the numbers in kernels that cannot move."""
        kernels = [v for v in self.variables if v.is_kernel]
        total = sum(v.n for v in kernels)
        return sum(v.n for v in kernels if not v.is_trainable) / total if total else 0.0

    @property
    def ratio(self) -> float:
        """Median over trained kernels of the length of an update over that of the kernel."""
        ratios = [v.ratio for v in self.variables if v.is_kernel and v.is_trainable and np.isfinite(v.ratio)]
        return float(np.median(ratios)) if ratios else float("nan")

    @property
    def vanishing(self) -> float:
        """Length of the first trained kernel's gradient over that of the last one; 1 where it is no short one."""
        own = [v.length for v in self.variables if v.is_kernel and v.is_trainable and np.isfinite(v.gradient)]
        return own[0] / own[-1] if len(own) > 1 and own[-1] > 0 and own[0] < SHORT else 1.0


def signals(pipeline: Pipeline, ratios: dict[str, np.ndarray], moved: dict[str, bool], state: Any = None) -> Signals:
    """Measures them.

    Args:
        pipeline: What is judged.
        ratios: Updates of the first steps, by variable.
        moved: Which variables a short training changed.
        state: Weights at which activations are looked at; gradients are those at the start.
    """
    few = pipeline.train.take(np.linspace(0, len(pipeline.train) - 1, min(ROWS, len(pipeline.train))).astype(int))
    with pipeline.untouched():
        pipeline.restore(pipeline.first)
        batch = few.take(np.arange(min(len(few), max(pipeline.batch, 32))))
        trained, gradients = pipeline.gradients(batch)
        variables = _variables(pipeline, trained, gradients, ratios, moved)
        if state is not None:
            pipeline.restore(state)
        layers = _layers(pipeline.model, few.x, _stable_names(pipeline.model) if pipeline.is_own else {})
    length = float(np.sqrt(sum(float((g.astype("float64") ** 2).sum()) for g in gradients if g is not None)))
    return Signals(layers, variables, length)


def _variables(
    pipeline: Pipeline, trained: list[Any], gradients: list[Any], ratios: dict[str, np.ndarray], moved: dict[str, bool]
) -> tuple[Variable, ...]:
    by_id = {id(v): g for v, g in zip(trained, gradients, strict=True)}
    found, names = [], _stable_names(pipeline.model) if pipeline.is_own else {}
    for variable in pipeline.model.weights:
        is_trained = id(variable) in by_id
        if not is_trained and not _could_train(variable):
            continue
        value = variable.numpy().astype("float64")
        size = float(np.linalg.norm(value))
        gradient = by_id.get(id(variable))
        relative = float("nan") if gradient is None else float(np.linalg.norm(gradient)) / max(size, 1e-12)
        ratio = float(np.median(ratios[variable.path])) if variable.path in ratios else float("nan")
        is_kernel = value.ndim > 1 and "embedding" not in variable.path
        fans = int(np.prod(value.shape[:-1])) + int(value.shape[-1]) if value.ndim > 1 else 1
        usual = (2.0 / fans) ** 0.5 if is_kernel else np.inf
        found.append(
            Variable(
                names.get(variable.path.split("/")[0], "") + variable.path[len(variable.path.split("/")[0]) :]
                if pipeline.is_own else variable.path,
                value.size, is_trained, is_kernel, relative,
                0.0 if gradient is None else float(np.linalg.norm(gradient)), ratio, moved.get(variable.path, False),
                float(value.std() / usual) if is_kernel else 0.0,
                bool(value.size > 1 and value.std() <= ALIKE * max(abs(float(value.mean())), 1e-12)),
                not value.any(),
            )
        )  # fmt: skip
    return tuple(found)


def _stable_names(model: Any) -> dict[str, str]:
    """{name: the same counted from the model's first layer}: Keras counts from the start of the process."""
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for layer in model._flatten_layers(include_self=False, recursive=True):
        base = re.sub(r"_\d+$", "", layer.name)
        number = counts[base] = counts.get(base, -1) + 1
        names.setdefault(layer.name, f"{base}_{number}" if number else base)
    return names


def _could_train(variable: Any) -> bool:
    """Whether a variable that is not trained is a weight that was frozen, and no statistic or seed."""
    name = variable.path.rsplit("/", 1)[-1]
    return name in ("kernel", "bias", "gamma", "beta", "embeddings", "recurrent_kernel", "depthwise_kernel")


def _layers(model: Any, x: Any, names: dict[str, str]) -> tuple[Layer, ...]:
    """Activations of every layer that has any, caught while a model is called in inference mode."""
    caught: dict[int, tuple[Any, Any]] = {}
    layers = [layer for layer in _leaves(model) if layer is not model]

    def watch(layer: Any) -> Any:
        plain = layer.call

        def call(*arguments: Any, **named: Any) -> Any:
            out = plain(*arguments, **named)
            caught[id(layer)] = (layer, out)
            return out

        return call

    before = {}
    for layer in layers:
        before[id(layer)] = layer.__dict__.get("call")
        object.__setattr__(layer, "call", watch(layer))
    try:
        model(keras.tree.map_structure(tf.constant, x), training=False)
    finally:
        for layer in layers:
            if before[id(layer)] is None:
                object.__delattr__(layer, "call")
            else:
                object.__setattr__(layer, "call", before[id(layer)])
    order = [caught[id(layer)] for layer in layers if id(layer) in caught]
    found = (_layer(layer, out, names.get(layer.name, layer.name)) for layer, out in order)
    return tuple(one for one in found if one is not None)


def _leaves(model: Any) -> list[Any]:
    found = []
    for layer in model._flatten_layers(include_self=False, recursive=True):
        inner = list(layer._flatten_layers(include_self=False, recursive=True))
        if not inner or type(layer).__module__.startswith("keras.src.layers"):
            found.append(layer)
    return found


def _layer(layer: Any, out: Any, name: str) -> Layer | None:
    flat = keras.tree.flatten(out)
    if not flat or type(layer).__name__ in ("InputLayer", "Dropout", "Flatten", "Reshape", "Embedding"):
        return None
    values = np.asarray(flat[0])
    if values.ndim < 2 or values.dtype.kind != "f" or not values.size:
        return None
    values = values[: max(2, LARGEST // max(values[0].size, 1))].astype("float64")
    units = values.reshape(len(values), -1, values.shape[-1])
    kind = getattr(getattr(layer, "activation", None), "__name__", "") or type(layer).__name__.lower()
    is_finite = bool(np.isfinite(values).all())
    dead = float((units == 0).all((0, 1)).mean()) if is_finite else 0.0
    ends = (-1.0, 1.0) if kind == "tanh" else (0.0, 1.0)
    middle, half = sum(ends) / 2, (ends[1] - ends[0]) / 2
    saturated = float((np.abs(values - middle) > SATURATED * half).mean()) if kind in SATURATING else 0.0
    spread = float(values.std()) if is_finite else float("nan")
    between = float(units.std(-1).mean()) if is_finite else 1.0
    over_rows = float(values.std(0).mean()) if is_finite else 1.0
    scale = max(spread, float(np.abs(values).mean()) * ALIKE, 1e-12) if is_finite else 1.0
    return Layer(
        name, kind, float(values.mean()) if is_finite else float("nan"), spread, dead, saturated, is_finite,
        bool(units.shape[-1] > 2 and between <= 1e-5 * scale and np.abs(values).max() > 0),
        bool(over_rows <= ALIKE * max(float(np.abs(values).mean()), 1e-12)), int(units.shape[-1]),
    )  # fmt: skip
