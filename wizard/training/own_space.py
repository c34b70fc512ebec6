"""A search space of the user's own: read at the door, so that no search begins that cannot end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from wizard.core.config import HpValue, TrainingConfig
from wizard.core.errors import OptionError, nearest
from wizard.data.task import Task
from wizard.training.space import OWN, Dimension

BELOW_ONE = 0.99  # of shares that must leave something
RANGES: dict[str, tuple[float, float]] = {  # fields of TrainingConfig that may be searched, and what they can be
    "learning_rate": (1e-9, 10.0),
    "dropout": (0.0, BELOW_ONE),
    "weight_decay": (0.0, 1e3),
    "label_smoothing": (0.0, BELOW_ONE),
    "augment": (0.0, 1.0),
    "creative": (0.0, 1.0),
    "mixup": (0.0, 100.0),
    "cutmix": (0.0, 100.0),
    "batch": (1, 1_000_000),
    "beta_2": (0.0, 0.999999),
    "clip": (1e-9, 1e9),
}
CHOICES: dict[str, tuple[HpValue, ...]] = {
    "schedule": ("constant", "cosine", "cycles"),
    "fade": (False, True),
    "class_weights": (False, True),
}
WHOLE = ("batch",)
FOR_OWN = ("learning_rate", "weight_decay", "batch", "schedule", "class_weights")  # fields that reach a user's model
NONE_IDLE: Mapping[str, str] = MappingProxyType({})
FORMS = '{"learning_rate": (1e-4, 1e-2, "log"), "batch": [32, 64], "dropout": None}, or a function space(hp)'


def idle_fields(task: Task, modality: str, has_own_step: bool = False) -> dict[str, str]:
    """{field: why} of what changes nothing in any run on some data.

    Args:
        task: Of the data.
        modality: Of the data.
        has_own_step: Whether a train_step of the user's own trains.
    """
    idle = {}
    if not task.is_classification:
        idle["label_smoothing"] = "a number is not spread over classes, as a label is."
        idle["class_weights"] = "a number has no classes to weigh."
    elif not task.is_exclusive:
        idle["class_weights"] = "rows with several labels have no class of their own to weigh by."
    elif has_own_step:
        idle["class_weights"] = "your train_step decides itself what becomes of weights."
    if modality == "table":
        idle["augment"] = "rows of a table have no transformation that is known to keep the label."
    return idle


def read_space(
    space: Any, family_names: Collection[str], is_own: bool = False, idle: Mapping[str, str] = NONE_IDLE
) -> dict[str, dict[str, Any] | None] | None:
    """The user's dimensions by name as plain data; None for one that is to stay as it is.

    Args:
        space: {name: list of choices, or (low, high), or (low, high, "log"), or None to leave it alone}, or a function
            space(hp) that declares them in KerasTuner's language; None for the stage's own.
        family_names: Names of the family's own hyperparameters.
        is_own: Whether the family is a model of the user's, of which only these, optimiser, batch and weights vary.
        idle: {name: why} of fields that change nothing on these data, as `idle_fields` gives it.

    Raises:
        OptionError: For a name that is no hyperparameter, or does nothing, and for values that it cannot have.
    """
    if space is None:
        return None
    if callable(space):
        space = _declared(space)
    if not isinstance(space, Mapping) or not space:
        raise OptionError(f"space must name hyperparameters, as {FORMS}. Received: {space!r}.")
    read: dict[str, dict[str, Any] | None] = {}
    for name, given in space.items():
        full = _full_name(name, family_names, FOR_OWN if is_own else (*RANGES, *CHOICES))
        if given is not None and full in idle:
            raise OptionError(f"space[{name!r}] would change nothing here: {idle[full]} Leave it out.")
        read[full] = None if given is None else _dimension(full, given)
    return read


def as_python(dimension: Mapping[str, Any] | None) -> str:
    """One of the dimensions that were read, as it is written in a call."""
    if dimension is None:
        return "None"
    if "options" in dimension:
        return f"[{', '.join(map(_written, dimension['options']))}]"
    written = [str(round(v)) if dimension["is_whole"] else _written(v) for v in (dimension["low"], dimension["high"])]
    log = ', "log"' if dimension["kind"] == "log" else ""
    return f"({', '.join(written)}{log})"


def as_dimension(one: Any) -> Dimension | None:
    """A hyperparameter of KerasTuner's as a dimension of that name, now at its default; None where nothing can vary."""
    given = _as_given(one)
    if isinstance(given, tuple) and type(one).__name__ == "Float":
        given = (float(given[0]), float(given[1]), *given[2:])
    if len(set(given[:2])) < 2:
        return None
    return Dimension.model_validate({**_dimension(f"{OWN}{one.name}", given), "now": one.default})


def _full_name(name: object, family_names: Collection[str], fields: Collection[str]) -> str:
    known = [*fields, *sorted(family_names)]
    bare = str(name).removeprefix(OWN)
    if bare in family_names and (bare == name or str(name).startswith(OWN)):
        return f"{OWN}{bare}"
    if name in fields:
        return str(name)
    raise OptionError(
        f"space must name hyperparameters: {', '.join(known)}. Received: {name!r}.{nearest(str(name), known)}"
    )


def _dimension(name: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, (list, tuple, range)):
        raise OptionError(f"space[{_bare(name)!r}] must be a list or a tuple, as in {FORMS}. Received: {given!r}.")
    is_range = isinstance(given, tuple) and _is_range(given)
    for value in given[:2] if is_range else given:
        _check(name, value)
    if not is_range:
        return {"name": name, "kind": "choice", "options": _options(name, given)}
    low, high = given[:2]
    kind = given[2] if len(given) == 3 else "linear"
    if name in CHOICES or kind not in ("log", "linear") or not low < high or (kind == "log" and low <= 0):
        raise OptionError(
            f'space[{_bare(name)!r}] must be (low, high) or (low, high, "log") with low below high, and above 0 for '
            f"a logarithm; choices are a list. Received: {given!r}."
        )
    is_whole = name in WHOLE or (name.startswith(OWN) and isinstance(low, int) and isinstance(high, int))
    return {"name": name, "kind": kind, "low": float(low), "high": float(high), "is_whole": is_whole}


def _options(name: str, given: Iterable[Any]) -> tuple[HpValue, ...]:
    """The values of a choice, each once and of one kind: KerasTuner knows no choice between others."""
    options = list(given)
    if name in CHOICES:
        options = [next(known for known in CHOICES[name] if known == value) for value in options]
    elif name in WHOLE:
        options = [int(value) for value in options]
    elif name in RANGES or (any(isinstance(value, float) for value in options) and all(map(_is_number, options))):
        options = [float(value) for value in options]
    if not options:
        raise OptionError(f"space[{_bare(name)!r}] must hold a value at least. Received: {given!r}.")
    if len({type(value) for value in options}) > 1:
        raise OptionError(
            f"space[{_bare(name)!r}] must hold values of one kind: numbers, names or booleans. Received: {given!r}."
        )
    return tuple(dict.fromkeys(options))


def _is_range(given: tuple[Any, ...]) -> bool:
    numbers = len(given) in (2, 3) and all(_is_number(value) for value in given[:2])
    return numbers and (len(given) == 2 or isinstance(given[2], str))


def _check(name: str, value: Any) -> None:
    bare = _bare(name)
    if name in CHOICES:
        if value not in CHOICES[name]:
            raise OptionError(
                f"space[{bare!r}] may hold {', '.join(map(repr, CHOICES[name]))}. Received: {value!r}."
                f"{nearest(str(value), [str(one) for one in CHOICES[name]])}"
            )
        return
    if name.startswith(OWN):
        if not isinstance(value, (bool, int, float, str)):
            raise OptionError(f"space[{bare!r}] must hold numbers, names or booleans. Received: {value!r}.")
        return
    low, high = RANGES[name]
    if not _is_number(value) or not low <= value <= high or (name in WHOLE and value != int(value)):
        kind = "whole numbers" if name in WHOLE else "numbers"
        raise OptionError(f"space[{bare!r}] must hold {kind} from {low:g} to {high:g}. Received: {value!r}.")
    TrainingConfig.model_validate({"family": "linear", name: value})


def _declared(function: Any) -> dict[str, Any]:
    """What a function declares, in the forms above."""
    from keras_tuner import HyperParameters

    hp = HyperParameters()
    try:
        function(hp)
    except Exception as error:
        said = f"{type(error).__name__}: {str(error).rstrip('.')}"
        raise OptionError(f"space(hp) must declare hyperparameters and nothing else. Received: {said}.") from error
    if not hp.space:
        raise OptionError('space(hp) must declare hyperparameters, as hp.Float("dropout", 0, 0.5). Received: none.')
    found: dict[str, Any] = {}
    for one in hp.space:
        if one.conditions:
            raise OptionError(
                f"space(hp) must declare every hyperparameter without conditions. Received: {one.name!r}."
            )
        found[one.name] = _as_given(one)
    return found


def _as_given(one: Any) -> Any:
    kind = type(one).__name__
    if kind == "Choice":
        return list(one.values)
    if kind == "Boolean":
        return [False, True]
    if kind == "Fixed":
        return [one.value]
    if one.step is not None and not (kind == "Int" and one.step == 1):
        return _steps(one)
    return (one.min_value, one.max_value, *(("log",) if one.sampling == "log" else ()))


def _steps(one: Any) -> list[HpValue]:
    """The values between the ends of a stepped range; a logarithm's step is a factor."""
    values, value = [], one.min_value
    while value <= one.max_value * (1 + 1e-12):
        values.append(value)
        value = value * one.step if one.sampling == "log" else one.min_value + len(values) * one.step
    return values


def _written(value: HpValue) -> str:
    """A value as Python writes it, as short as it is exact."""
    if not isinstance(value, float):
        return f'"{value}"' if isinstance(value, str) else repr(value)
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _bare(name: str) -> str:
    return name.removeprefix(OWN)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
