"""The last layer and the loss of a model that somebody else compiled: what is there, found by looking.

Nothing is assumed of how the model was built. What the loss expects is read from the loss, what the outputs are from
the graph where there is one and from their values otherwise, and what the labels are from their values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from wizard.core.backend import keras

Kind = Literal["classes", "labels", "numbers"]
CLOSED: dict[str, Kind] = {  # losses that are recomputed here, and what they are for
    "categorical_crossentropy": "classes",
    "sparse_categorical_crossentropy": "classes",
    "binary_crossentropy": "labels",
    "mean_squared_error": "numbers",
    "mean_absolute_error": "numbers",
    "huber": "numbers",
}
SHORT = {"mse": "mean_squared_error", "mae": "mean_absolute_error", "huber_loss": "huber"}
EPSILON = 1e-7  # Keras clips probabilities there
SUMS_TO_ONE = 1e-3
MANY_LEVELS = 20  # different whole numbers of a target: more are amounts
ONE_HOT_SHARE = 0.99  # of rows with a single 1


@dataclass(frozen=True)
class Head:
    """One output of a model, its loss and its targets.

    Attributes:
        name: Of the output.
        kind: "classes" (one of k), "labels" (each there or not) or "numbers".
        loss: Name of the loss as Keras writes it, or that of the function.
        is_known: Whether the loss is one that is recomputed here.
        from_logits: Whether the loss applies softmax or sigmoid itself.
        is_sparse: Whether targets are codes.
        n_units: Width of the output.
        activation: Of the last layer: "softmax", "sigmoid", "linear", "relu" …; "" where no graph tells.
        layers: Names of the layers that squash, the last one last.
        smoothing: Label smoothing of the loss.
        reduction: How the loss is put together: Keras's word, "sum_over_batch_size" as a rule.
        call: (y, outputs) -> (n,) losses, as the user's loss gives them.
    """

    name: str
    kind: Kind
    loss: str
    is_known: bool
    from_logits: bool
    is_sparse: bool
    n_units: int
    activation: str
    layers: tuple[str, ...]
    smoothing: float
    reduction: str
    call: Any

    @property
    def wants_probabilities(self) -> bool:
        """Whether the loss takes its inputs for probabilities."""
        return self.kind != "numbers" and self.is_known and not self.from_logits


def heads_of(model: Any, outputs: list[np.ndarray], targets: list[np.ndarray]) -> tuple[Head, ...]:
    """The heads of a compiled model.

    Args:
        model: Compiled.
        outputs: One array an output, (n, …).
        targets: One array an output, (n, …).
    """
    names = list(getattr(model, "output_names", None) or [f"output {i + 1}" for i in range(len(outputs))])
    tensors = keras.tree.flatten(getattr(model, "outputs", None) or [])
    losses = _losses(model, names)
    heads = []
    for i, (out, y) in enumerate(zip(outputs, targets, strict=True)):
        name = names[i] if i < len(names) else f"output {i + 1}"
        activation, layers = _squashing(tensors[i] if i < len(tensors) else None)
        heads.append(_head(name, losses[i] if i < len(losses) else None, out, y, activation, layers))
    return tuple(heads)


def _losses(model: Any, names: list[str]) -> list[Any]:
    """The losses by output, None where there is none."""
    given = getattr(model, "loss", None)
    if isinstance(given, dict):
        return [given.get(name) for name in names]
    return list(given) if isinstance(given, (list, tuple)) else [given] * len(names)


def _head(name: str, loss: Any, out: np.ndarray, y: np.ndarray, activation: str, layers: tuple[str, ...]) -> Head:
    function = keras.losses.get(loss) if isinstance(loss, str) else loss
    settings = dict(getattr(function, "_fn_kwargs", None) or getattr(function, "fn_kwargs", None) or {})
    if not settings and hasattr(function, "get_config"):
        settings = {key: value for key, value in function.get_config().items() if key not in ("name", "reduction")}
    title = getattr(function, "__name__", "") or _snake(type(function).__name__) if function is not None else ""
    title = SHORT.get(title, title)
    is_known = title in CLOSED
    units = int(out.shape[-1]) if out.ndim > 1 else 1
    is_sparse = title == "sparse_categorical_crossentropy" or (not is_known and _is_codes(y, units))
    kind: Kind = CLOSED[title] if is_known else _kind_of(y, units)
    return Head(
        name, kind, title, is_known, bool(settings.get("from_logits", False)), is_sparse, units, activation, layers,
        float(settings.get("label_smoothing", 0.0) or 0.0), str(getattr(function, "reduction", "sum_over_batch_size")),
        _per_example(function),
    )  # fmt: skip


def _snake(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return words.replace("cross_entropy", "crossentropy")


def _is_codes(y: np.ndarray, units: int) -> bool:
    flat = y.reshape(len(y), -1)
    return flat.shape[1] == 1 and units > 1 and bool((flat == np.round(flat)).all()) and len(np.unique(flat)) > 1


def _kind_of(y: np.ndarray, units: int) -> Kind:
    """What targets of a loss that is not known look like."""
    flat = y.reshape(len(y), -1)
    are_bits = bool(np.isin(flat, (0, 1)).all())
    if _is_codes(y, units) and len(np.unique(flat)) <= units + 1:
        return "classes"
    if are_bits and flat.shape[1] > 1 and (flat.sum(1) == 1).mean() >= ONE_HOT_SHARE:
        return "classes"
    return "labels" if are_bits else "numbers"


def _per_example(function: Any) -> Any:
    """(y, outputs) -> tensor of losses, one an example; sums over an example's places are means."""

    def call(y: Any, outputs: Any) -> Any:
        values = function.call(y, outputs) if hasattr(function, "call") else function(y, outputs)
        shape = tuple(values.shape)
        if len(shape) == 0:
            return values
        return keras.ops.mean(keras.ops.reshape(values, (shape[0] or -1, -1)), axis=-1)

    return call


def _squashing(tensor: Any) -> tuple[str, tuple[str, ...]]:
    """(last activation, names of the layers at the end that squash) by walking a graph backwards."""
    history = getattr(tensor, "_keras_history", None)
    if history is None:
        return "", ()
    found: list[tuple[str, str]] = []
    operation = history.operation
    for _ in range(4):
        name = _activation_of(operation)
        if name:
            found.append((name, operation.name))
        keeps = type(operation).__name__ in ("Activation", "Softmax", "Reshape", "Flatten", "ReLU", "LeakyReLU")
        nodes = getattr(operation, "_inbound_nodes", ())
        inputs = keras.tree.flatten(nodes[0].arguments.args) if nodes else []
        before = getattr(inputs[0], "_keras_history", None) if inputs else None
        if before is None or not (keeps or name == "softmax"):
            break
        operation = before.operation
        if name == "softmax" and _activation_of(operation) != "softmax" and not keeps:
            break
    squashing = [one for one in found if one[0] not in ("linear", "")]
    last = squashing[0][0] if squashing and found[0][0] != "linear" else (found[0][0] if found else "")
    return last, tuple(name for kind, name in reversed(squashing) if kind == last)


def _activation_of(operation: Any) -> str:
    kind = type(operation).__name__
    if kind in ("Softmax", "ReLU", "LeakyReLU"):
        return _snake(kind)
    activation = getattr(operation, "activation", None)
    return str(getattr(activation, "__name__", "")) if activation is not None else ""


# ── losses in NumPy ──────────────────────────────────────────────────────────────────────────────


def squashed(head: Head, out: np.ndarray) -> np.ndarray:
    """Probabilities that a loss makes of outputs: (n, k)."""
    out = out.astype("float64").reshape(len(out), -1, head.n_units)
    if head.kind == "classes" and head.n_units > 1:
        if head.from_logits:
            z = np.exp(out - out.max(-1, keepdims=True))
            return z / z.sum(-1, keepdims=True)
        total = out.sum(-1, keepdims=True)
        return out / np.where(total == 0, 1.0, total) if head.loss == "categorical_crossentropy" else out
    return 1 / (1 + np.exp(-np.clip(out, -500, 500))) if head.from_logits else out


def recomputed(head: Head, y: np.ndarray, out: np.ndarray) -> np.ndarray | None:
    """(n,) losses of a known kind from outputs, by the textbook, in double precision; None for another loss."""
    if not head.is_known:
        return None
    n = len(out)
    if head.kind == "numbers":
        away = out.astype("float64").reshape(n, -1) - y.astype("float64").reshape(n, -1)
        if head.loss == "mean_squared_error":
            return (away**2).mean(1)
        size = np.abs(away)
        return (size if head.loss == "mean_absolute_error" else np.where(size <= 1, away**2 / 2, size - 0.5)).mean(1)
    p = np.clip(squashed(head, out), EPSILON, 1 - EPSILON)
    if head.kind == "labels":
        t = y.astype("float64").reshape(p.shape) * (1 - head.smoothing) + head.smoothing / 2
        return -(t * np.log(p) + (1 - t) * np.log1p(-p)).reshape(n, -1).mean(1)
    t = one_hot(head, y).reshape(p.shape)
    t = t * (1 - head.smoothing) + head.smoothing / head.n_units
    return -(t * np.log(p)).sum(-1).reshape(n, -1).mean(1)


def one_hot(head: Head, y: np.ndarray) -> np.ndarray:
    """(n, …, k) targets of classes as shares; codes without a unit are all zeros."""
    if not head.is_sparse:
        return y.astype("float64")
    codes = y.reshape(len(y), -1).astype("int64")
    return (codes[..., None] == np.arange(head.n_units)).astype("float64")


def blind(head: Head, y: np.ndarray) -> tuple[float, np.ndarray]:
    """(lowest loss without looking at inputs, the constant outputs that reach it): label entropy, or the variance."""
    if head.kind == "classes":
        shares = one_hot(head, y).reshape(-1, max(head.n_units, 1)).mean(0)
        shares = np.clip(shares, EPSILON, 1)
        return float(-(shares * np.log(shares)).sum()), shares
    flat = y.astype("float64").reshape(len(y), -1)
    if head.kind == "labels":
        p = np.clip(flat.mean(0), EPSILON, 1 - EPSILON)
        return float(-(p * np.log(p) + (1 - p) * np.log1p(-p)).mean()), p
    if head.loss == "mean_absolute_error":
        middle = np.median(flat, axis=0)
        return float(np.abs(flat - middle).mean()), middle
    return float(flat.var(0).mean()), flat.mean(0)
