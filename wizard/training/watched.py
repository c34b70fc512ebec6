"""What callbacks are told of the run that they watch, so that a tracker can log each run under its own name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wizard.core.config import TrainingConfig
from wizard.core.errors import OptionError

Scalar = bool | int | float | str
NAME_KEY = 8  # characters of the run's key in its name: four thousand million names


@dataclass(frozen=True)
class Watched:
    """A training run that is about to begin.

    Attributes:
        name: Its own among all runs of the folder, fit for a folder's name ("overfit-mlp-fold0-seed3-1f0c9a2b"); the
            same when the same run is trained again.
        stage: Name of the stage that asked for it.
        config: All that decides the run, as plain data (the fields of `TrainingConfig`).
        seed: Of initial weights, order of rows, dropout and augmentation.
        fold: Which cross-validation fold is held out; None for the validation set, or where nothing is held out.
    """

    name: str
    stage: str
    config: dict[str, Any]
    seed: int
    fold: int | None

    @classmethod
    def of(cls, config: TrainingConfig, key: str, stage: str) -> Watched:
        """What is told of a configuration's run."""
        fold = () if config.fold is None else (f"fold{config.fold}",)
        name = "-".join((*((stage,) if stage else ()), config.family, *fold, f"seed{config.seed}", key[:NAME_KEY]))
        return cls(name, stage, config.model_dump(mode="json"), config.seed, config.fold)

    @property
    def hyperparameters(self) -> dict[str, Scalar]:
        """The configuration as flat {name: value}, as trackers take it; what is not set is left out."""
        flat: dict[str, Scalar] = {}
        for field, value in self.config.items():
            inner = value.items() if field in ("hp", "inputs") else [(field, value)]
            flat |= {name: one for name, one in inner if isinstance(one, Scalar)}
        return flat


def check_callbacks(given: Any) -> tuple[Any, ...]:
    """The entries of `callbacks=`, each a Keras callback or a function of a run.

    Raises:
        OptionError: For what is neither.
    """
    if not isinstance(given, Iterable) or isinstance(given, str):
        raise OptionError(f"callbacks must be a list of callbacks. Received: {given!r}. Write callbacks=[…] around it.")
    for one in (entries := tuple(given)):
        if isinstance(one, type) or not (is_callback(one) or callable(one)):
            raise OptionError(
                "callbacks must hold Keras callbacks, or functions run -> callback, which are called for each training "
                f"run. Received: {one!r}."
                + (" Make an instance of the class, or a function that makes one." if isinstance(one, type) else "")
            )
    return entries


def is_callback(one: Any) -> bool:
    """Whether something is a callback itself, and no function that makes one; Keras need not be loaded to tell."""
    return hasattr(one, "set_model") and hasattr(one, "on_epoch_end")


def name_of(one: Any) -> str:
    """What an entry of `callbacks=` is called in a run's key: by its type or function, so that a new process agrees."""
    named = one if hasattr(one, "__qualname__") else type(one)
    return f"{named.__module__}.{named.__qualname__}"


def callbacks_of(given: Sequence[Any], watched: Watched) -> tuple[Any, ...]:
    """The callbacks of one run: shared ones as they are, and what functions make for it (one, several, or None).

    Raises:
        OptionError: Where a function makes anything else.
    """
    found: list[Any] = []
    for one in given:
        made = [one] if is_callback(one) else one(watched)
        made = [] if made is None else list(made) if isinstance(made, (list, tuple)) else [made]
        for callback in made:
            if isinstance(callback, type) or not is_callback(callback):
                raise OptionError(
                    f"A function in callbacks= must return a Keras callback, a list of them, or None. "
                    f"Received: {callback!r} for the run {watched.name!r}."
                )
        found += made
    return tuple(found)
