"""An unchanged training script runs up to its `fit`, and what it would have trained is handed over."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard.core.errors import NoFitError, OptionError
from wizard.training import script
from wizard.training.catch import Caught, Fit, Net
from wizard.training.nests import Nest

MOST = 4000  # examples: shares are known to a percent or two, and pictures still fit in memory


@dataclass(frozen=True)
class Captured:
    """A call of fit that was caught: the model as compiled, its first weights, and the tensors that it would train on.

    Attributes:
        model: Compiled and built; the weights as they were at the call.
        x: Inputs, an array or a tuple, list or dict of arrays with n rows, in the order before fit's own shuffling.
        y: Targets, likewise; None where there are none.
        weight: Weights in the loss as given, or None; `class_weight` is not in them.
        x_held: Inputs of the validation data, or None; the last rows where `validation_split` takes them.
        y_held: Their targets.
        weight_held: Their weights.
        batch: Examples a step.
        epochs: As asked for; 1 for a loop of train_on_batch, which does not say.
        is_shuffled: Whether the order changes from epoch to epoch: for arrays as fit is told, for streams whether a
            second pass gave another order; None where that cannot be seen.
        class_weight: As given.
        callbacks: As given.
        n_examples: Training examples in all; None where a stream was cut or has no end.
        is_cut: Whether only some were taken: the first of a stream, a draw from all rows of arrays, in their order.
        where: The line that calls fit: "train.py, line 31".
        how: "NumPy arrays", "tf.data.Dataset", "PyDataset", "generator" or "loop of train_on_batch".
        second_x: Inputs of the first rows in a second pass over a stream; None where there is no second pass.
        second_x_held: The same of the validation data.
        draws: What draws random numbers while training batches are made, in words; "" where nothing is seen to.
    """

    model: Any
    x: Nest
    y: Nest
    weight: Nest
    x_held: Nest
    y_held: Nest
    weight_held: Nest
    batch: int
    epochs: int
    is_shuffled: bool | None
    class_weight: dict[int, float] | None
    callbacks: tuple[Any, ...]
    n_examples: int | None
    is_cut: bool
    where: str
    how: str
    second_x: Nest
    second_x_held: Nest
    draws: str = ""


def capture(path: str | os.PathLike[str], arguments: Sequence[str] = (), nth: int = 1, most: int = MOST) -> Captured:
    """Runs a training script as `python train.py` would, up to its nth call of fit, and takes that call down.

    Nothing after that call runs. What the script does before it does happen: files that it writes stay written.

    Args:
        path: The script.
        arguments: Its command line.
        nth: Which call of fit is meant; those before it train for one epoch each.
        most: Examples that are taken, of the training and of the validation data.

    Raises:
        ScriptError: If there is no such script, it breaks, or it never comes to that call.
        DataError: If its data cannot be trained on.
    """
    found = script.found(path)
    return _caught(lambda: script.run(found, arguments), found.name, found.parent, nth, most)


def catching(call: Callable[[], object], nth: int = 1, most: int = MOST) -> Captured:
    """Like `capture`, of a function that trains."""
    return _caught(call, getattr(call, "__name__", "The function"), None, nth, most)


def _caught(run: Callable[[], object], name: str, folder: Path | None, nth: int, most: int) -> Captured:
    if nth < 1 or most < 1:
        raise OptionError(f"`nth` and `most` count from 1. Received: nth={nth}, most={most}.")
    net, ending = Net(nth, most, folder), "It ended"
    with net.cast():
        try:
            run()
        except Caught:
            pass
        except SystemExit as end:
            ending = f"It left by sys.exit({'' if end.code is None else repr(end.code)})"
        except Exception as error:  # anything may come from a script
            net.close()
            if not net.is_full:  # else it went on without what fit returns
                raise script.broken(error, folder, f"{name} must come to its fit by itself.") from error
    net.close()
    if net.failure:
        raise net.failure
    if net.fit is None:
        raise NoFitError(_without_fit(name, ending, nth, net.n_before))
    return _of(net.fit)


def _without_fit(name: str, ending: str, nth: int, n_before: int) -> str:
    if n_before:
        times = "once" if n_before == 1 else f"{n_before} times"
        return (
            f"{name} must call fit {nth} times. Received: {times}. {ending} then; ask for one of these, "
            f"--fit {n_before} for instance."
        )
    return (
        f"{name} must call fit or train_on_batch of a Keras model. Received: neither. {ending} before; does it need "
        "arguments, or is it meant to be imported? A loop written by hand with GradientTape cannot be caught: pass the "
        "data and a function that builds the model, Wizard(dataset, model=build)."
    )


def _of(fit: Fit) -> Captured:
    train, held = fit.train, fit.held
    return Captured(
        model=fit.model,
        x=train.x,
        y=train.y,
        weight=train.weight,
        x_held=held.x if held else None,
        y_held=held.y if held else None,
        weight_held=held.weight if held else None,
        batch=train.batch,
        epochs=fit.epochs,
        is_shuffled=fit.is_shuffled,
        class_weight=fit.class_weight,
        callbacks=fit.callbacks,
        n_examples=train.n_examples,
        is_cut=train.is_cut,
        where=fit.where,
        how=train.how,
        second_x=train.second_x,
        second_x_held=held.second_x if held else None,
        draws=train.draws,
    )
