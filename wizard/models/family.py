"""The contract of a model family: a file in `families/` that defines FAMILY."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core import registry
from wizard.core.config import HpValue, TrainingConfig
from wizard.core.errors import OptionError, nearest
from wizard.data.form import Form
from wizard.data.task import Task

PACKAGE = "wizard.models.families"
STEPS_A_LOOK = 32  # a look at the validation loss costs about as much as ten steps of a small network


@dataclass(frozen=True)
class Family:
    """A family of networks.

    Attributes:
        name: Registered name, that of its file.
        title: What it is, in words.
        paper: Where it comes from.
        forms: Kinds of Form that it eats ("image", "features", "tokens", "series").
        build: (hp, inputs, form) -> features (b, e), or (b, m, e) of m members whose answers are averaged: declares its
            hyperparameters in KerasTuner's language and builds everything but the head; compiles and trains nothing.
        recipe: (form, n_rows, task) -> the configuration it is usually trained with.
        ladder: form -> rungs of capacity, smallest first, each with all structural hyperparameters that are sizes; a
            head that tells places apart (`grid`) is overfit's to ask for, where explore found that position matters.
        prepare: (model, tensors, seed) -> None: fits parts of a fresh network to training rows (quantiles, scales),
            before its first step; None where there are none. `tensors` are the inputs by name, (n, …) each.
        has_own_scale: Whether it takes pictures or series as they are, and scales them itself.
        untrained: hp -> name of the layer up to which nothing is trained and each example is answered for itself, so
            that its answers may be kept; "" where all of it is trained.
    """

    name: str
    title: str
    paper: str
    forms: tuple[str, ...]
    build: Callable[[Any, dict[str, Any], Form], Any]
    recipe: Callable[[Form, int, Task], TrainingConfig]
    ladder: Callable[[Form], tuple[dict[str, HpValue], ...]]
    prepare: Callable[[Any, dict[str, np.ndarray], int], None] | None = None
    has_own_scale: bool = False
    untrained: Callable[[Mapping[str, HpValue]], str] = lambda hp: ""


def family(name: str) -> Family:
    """Returns a family by name; raises OptionError naming those there are."""
    return registry.load(PACKAGE, name).FAMILY


def names() -> tuple[str, ...]:
    """Names of all families; nothing is imported."""
    return registry.names(PACKAGE)


def check_family(name: str, has_own_model: bool) -> None:
    """Raises OptionError for a family that is none, or where a model of the user's own is trained anyway."""
    if has_own_model:
        raise OptionError("family= is not for a model of your own: it is the one that is trained. Leave it out.")
    if name not in names():
        raise OptionError(
            f"family must be one of {', '.join(names())} (files in {PACKAGE}). Received: {name!r}."
            f"{nearest(name, names())}"
        )


def families_for(form: Form) -> tuple[Family, ...]:
    """All families that eat a form, by name."""
    found = (family(name) for name in names())
    return tuple(one for one in found if form.kind in one.forms)


def look_every(n_rows: int, batch: int) -> int:
    """Epochs between two looks at the validation loss: one, or as many as make a few dozen steps."""
    return max(1, STEPS_A_LOOK // -(-n_rows // batch))


def multiple(epochs: float, look: int) -> int:
    """A number of epochs rounded to whole looks, at least one."""
    return max(1, round(epochs / look)) * look


def batch_for(n_rows: int) -> int:
    """A batch size that gives small sets enough steps and large ones quick epochs."""
    return 32 if n_rows < 2_800 else 64 if n_rows < 6_400 else 128 if n_rows < 16_000 else 256
