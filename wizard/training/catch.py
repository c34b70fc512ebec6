"""What stands in for Keras's `fit` while a script runs: it takes the call down, and ends the script."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from wizard.core.backend import keras
from wizard.core.errors import NotCompiledError, ScriptError, WizardError
from wizard.training.batch_loop import BatchLoop
from wizard.training.examples import Examples, first_batch, read, split_off
from wizard.training.script import broken, is_own

METHODS = ("fit", "train_on_batch")
PATIENCE = 3  # times that a script may catch even a BaseException before its handlers are left by force

OURS = ("runpy", "wizard.training.capture")  # what called the script


class Caught(BaseException):  # no Exception: scripts catch those
    """Ends a script whose call of fit has been taken down."""


@dataclass(frozen=True)
class Fit:
    """A call of fit as it was taken down."""

    model: Any
    train: Examples
    held: Examples | None
    epochs: int
    is_shuffled: bool | None
    class_weight: dict[int, float] | None
    callbacks: tuple[Any, ...]
    where: str


class Net:
    """Waits for the nth call of fit, and keeps what would have been trained.

    Attributes:
        fit: The call, once it was made.
        failure: Why its data or its model cannot be used.
        n_before: Calls of fit that came before and were let through, for one epoch.
    """

    def __init__(self, nth: int, most: int, folder: Path | None) -> None:
        self.nth, self.most, self.folder = nth, most, folder
        self.fit: Fit | None = None
        self.failure: ScriptError | WizardError | None = None
        self.n_before = 0
        self._loop: BatchLoop | None = None
        self._earlier_loops: list[Any] = []
        self._n_escapes = 0

    @property
    def is_full(self) -> bool:
        """Whether the call was made."""
        return self.fit is not None or self.failure is not None

    @contextmanager
    def cast(self) -> Iterator[None]:
        """Puts the net in Keras's place for the block."""
        originals = {name: getattr(keras.Model, name) for name in METHODS}
        own = {name for name in METHODS if name in vars(keras.Model)}
        tracer = sys.gettrace()
        for name, original in originals.items():
            setattr(keras.Model, name, self._stand_in(name, original))
        try:
            yield
        finally:
            for name, original in originals.items():
                if name in own:
                    setattr(keras.Model, name, original)
                else:
                    delattr(keras.Model, name)
            sys.settrace(tracer)

    def close(self) -> None:
        """Ends a loop of batches that the script left open when it ended."""
        if self._loop and not self.is_full:
            self._close_loop()

    def _stand_in(self, name: str, original: Any) -> Any:
        signature = inspect.signature(original)
        take = {"fit": self._fit, "train_on_batch": self._train_on_batch}[name]

        def stand_in(*args: Any, **kwargs: Any) -> Any:
            call = signature.bind(*args, **kwargs)
            call.apply_defaults()
            caller = sys._getframe(1)
            self._stop_if_full(caller)
            try:
                is_let_through, answer = take(call.arguments, caller)
            except WizardError as error:
                self.failure = error
            except Exception as error:  # the user's own generators and layers run in there
                self.failure = self._broken(error, self._place(caller))
            self._stop_if_full(caller)
            return original(*call.args, **call.kwargs) if is_let_through else answer

        stand_in.__signature__ = signature  # type: ignore[attr-defined]  # as inspect.signature reads it
        stand_in.__doc__ = original.__doc__
        return stand_in

    def _fit(self, given: dict[str, Any], caller: FrameType) -> tuple[bool, Any]:
        """Takes a call of fit down, or lets an earlier one through for one epoch."""
        if self._loop:
            self._close_loop()
            return False, None
        if self.n_before + 1 < self.nth:
            self.n_before += 1
            given["epochs"] = given["initial_epoch"] + 1
            return True, None
        model, where = given["self"], self._place(caller)
        _check_compiled(model, where)
        train, held = self._data(given)
        _build(model, train)
        is_shuffled = bool(given["shuffle"]) if train.how == "NumPy arrays" else train.is_shuffled
        callbacks = given["callbacks"] or ()
        callbacks = getattr(callbacks, "callbacks", callbacks)
        callbacks = tuple(callbacks) if isinstance(callbacks, tuple | list) else (callbacks,)
        weights = given["class_weight"]
        self.fit = Fit(model, train, held, int(given["epochs"]), is_shuffled, weights, callbacks, where)
        return False, None

    def _data(self, given: dict[str, Any]) -> tuple[Examples, Examples | None]:
        data, batch = (given["x"], given["y"], given["sample_weight"]), given["batch_size"]
        held = given["validation_data"]
        if held is not None:
            held = keras.utils.unpack_x_y_sample_weight(held)
        elif given["validation_split"]:
            data, held = split_off(data, given["validation_split"])
        train = read(data, batch, given["steps_per_epoch"], self.most)
        if held is None:
            return train, None
        return train, read(held, given["validation_batch_size"] or batch, given["validation_steps"], self.most)

    def _train_on_batch(self, given: dict[str, Any], caller: FrameType) -> tuple[bool, Any]:
        """Keeps a batch of the loop that is waited for; batches of other models are answered, or really trained."""
        model, where = given["self"], self._place(caller)
        if self._loop is None:
            if any(model is earlier for earlier in self._earlier_loops):
                return True, None
            if self.n_before + 1 < self.nth:
                self.n_before += 1
                self._earlier_loops.append(model)
                return True, None
            _check_compiled(model, where)
            self._loop = BatchLoop(model, given["class_weight"], where, self.most)
        batch = (given["x"], given["y"], given["sample_weight"])
        if model is not self._loop.model:
            return False, BatchLoop(model, None, where, 0).answer(*batch, given["return_dict"])
        self._loop.add(*batch)
        if self._loop.is_over:
            self._close_loop()
            return False, None
        return False, self._loop.answer(*batch, given["return_dict"])

    def _close_loop(self) -> None:
        assert self._loop is not None
        loop, train = self._loop, self._loop.examples()
        try:
            _build(loop.model, train)
        except Exception as error:  # the user's own layers run in there
            self.failure = self._broken(error, loop.where)
            return
        self.fit = Fit(loop.model, train, None, 1, train.is_shuffled, loop.class_weight, (), loop.where)

    def _broken(self, error: Exception, where: str) -> ScriptError:
        return broken(error, self.folder, f"The data must be readable and the model must take them ({where}).")

    def _place(self, caller: FrameType | None) -> str:
        """The line of the user's that calls: the nearest beside the script, or simply the nearest."""
        frame, nearest = caller, caller
        while frame and self.folder and not is_own(frame.f_code.co_filename, self.folder):
            frame = frame.f_back
        frame = frame or nearest
        assert frame is not None
        return f"{Path(frame.f_code.co_filename).name}, line {frame.f_lineno}"

    def _stop_if_full(self, caller: FrameType) -> None:
        if not self.is_full:
            return
        self._n_escapes += 1
        if self._n_escapes > PATIENCE:
            _leave_by_force(caller)
        raise Caught


def _leave_by_force(frame: FrameType | None) -> None:
    """Raises once more at the next line of a script that catches everything: within its handler, outside its `try`."""

    def raise_again(_: FrameType, event: str, __: Any) -> Any:
        if event == "line":  # not "exception": that comes before the handler, which would catch this too
            raise Caught
        return raise_again

    while frame and frame.f_globals.get("__name__") not in OURS:
        frame.f_trace = raise_again
        frame = frame.f_back
    sys.settrace(lambda *_: None)


def _check_compiled(model: Any, where: str) -> None:
    if not model.compiled:
        raise NotCompiledError(
            f"A model must be compiled before it is fitted. Received: {type(model).__name__} without a loss ({where}). "
            "Call model.compile(optimizer=…, loss=…) first."
        )


def _build(model: Any, train: Examples) -> None:
    """Makes the weights of a model that waits for its first batch to know their shapes."""
    if model.built and all(layer.built for layer in model.layers):
        return
    model(first_batch(train))
