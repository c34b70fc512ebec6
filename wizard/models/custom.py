"""The user's own model: a `build(hp)` function, a KerasTuner HyperModel, or a compiled keras.Model."""

from __future__ import annotations

import inspect
from typing import Any

from wizard.core.errors import OptionError

SAY = "`model` must be a function build(hp) that returns a compiled Keras model, a HyperModel, or a compiled model"


def opened_model(model: Any) -> tuple[Any, str]:
    """The user's model, compiled, hyperparameters at their defaults; and the text of its code and hyperparameters.

    Args:
        model: `build(hp)`, a HyperModel or a compiled `keras.Model`.

    Raises:
        OptionError: For anything else, for a function that fails, and for a model that is not compiled.
    """
    from keras_tuner import HyperModel, HyperParameters

    from wizard.core.backend import keras

    found, hp = model, HyperParameters()
    if not isinstance(model, keras.Model):
        build = model.build if isinstance(model, HyperModel) else model
        if not callable(build):
            raise OptionError(f"{SAY}. Received: {type(model).__name__}.")
        try:
            found = build(hp)
        except Exception as error:
            name = getattr(build, "__name__", type(model).__name__)
            raise OptionError(f"{SAY}. {name}(hp) broke: {type(error).__name__}: {error}") from error
        if not isinstance(found, keras.Model):
            raise OptionError(f"{SAY}. Received: {type(found).__name__} from build(hp).")
    if not getattr(found, "compiled", False) or found.optimizer is None:
        raise OptionError(f"{SAY}. Received: {found.name!r}, which was not compiled. Call compile() on it first.")
    return found, f"{_source(model)} {hp.get_config()['space']}"


def _source(model: Any) -> str:
    """The code of a build function or a HyperModel, so that a change of it is another model; "" where it has none."""
    try:
        return inspect.getsource(type(model) if hasattr(model, "build") else model)
    except (OSError, TypeError):  # written at a prompt, or no function of Python's
        return ""
