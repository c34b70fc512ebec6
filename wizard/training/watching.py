"""The user's callbacks, told which run it is that they watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wizard.core.config import HpValue, TrainingConfig
from wizard.core.errors import OptionError

BATCH_HOOKS = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
NAMED = 10  # digits of a run's key in its name: enough to tell the runs of a journey apart


@dataclass(frozen=True)
class StartingRun:
    """A run that is about to be trained.

    Attributes:
        name: Of its own, and fit for a folder: "mlp-3f2a91c04b".
        config: All that decides it.
    """

    name: str
    config: TrainingConfig

    @property
    def hyperparameters(self) -> dict[str, HpValue]:
        """The configuration as plain values by name, for trackers; what is not set is left out."""
        found: dict[str, HpValue] = {}
        for name, value in dict(self.config).items():
            inner = value.items() if isinstance(value, dict) else ()
            found |= {f"{name}.{part}": one for part, one in inner}
            if isinstance(value, bool | int | float | str):
                found[name] = value
        return found


def starting(key: str, config: TrainingConfig) -> StartingRun:
    """The run of a configuration; `key` is what it will be stored under."""
    return StartingRun(f"{config.family}-{key[:NAMED]}", config)


def watchers_of(callbacks: Sequence[Any], run: StartingRun) -> tuple[Any, ...]:
    """Keras callbacks for one run: instances as they are, and what functions of the run return.

    Args:
        callbacks: Keras callbacks, or functions StartingRun -> a callback, or a list of some.
        run: The run.

    Raises:
        OptionError: Where a function returns something else.
    """
    from wizard.core.backend import keras

    found: list[Any] = []
    for one in callbacks:
        if isinstance(one, keras.callbacks.Callback):
            found.append(one)
            continue
        made = one(run)
        made = list(made) if isinstance(made, list | tuple) else [made]
        wrong = [part for part in made if not isinstance(part, keras.callbacks.Callback)]
        if wrong:
            raise OptionError(
                f"A function in callbacks= must return a Keras callback, or a list of some. Received: {wrong[0]!r}."
            )
        found += made
    return tuple(found)


def check_callbacks(callbacks: Sequence[Any]) -> None:
    """Refuses what is neither a Keras callback nor a function; imports no Keras."""
    for one in callbacks:
        if not (hasattr(one, "set_model") or callable(one)) or isinstance(one, type):
            raise OptionError(
                "callbacks must hold Keras callbacks, or functions that take a run and return some "
                f'(lambda run: keras.callbacks.TensorBoard(f"logs/{{run.name}}")). Received: {one!r}.'
            )


def names_of(callbacks: Sequence[Any]) -> list[str]:
    """What tells callbacks apart in a run's key: their classes, or their functions' names."""
    named = [one if hasattr(one, "__qualname__") else type(one) for one in callbacks]
    return [f"{one.__module__}.{one.__qualname__}" for one in named]


def watches_batches(callback: Any) -> bool:
    """Whether a Keras callback wants to see every batch, so that steps may not be run together."""
    from wizard.core.backend import keras

    plain = keras.callbacks.Callback
    return any(getattr(type(callback), hook, None) is not getattr(plain, hook) for hook in BATCH_HOOKS)
