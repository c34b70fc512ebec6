"""The one place that imports TensorFlow and Keras: quietly, and only when a stage needs them."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wizard.core.errors import OptionError


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Holds back what C++ libraries write to stderr while they load; shown if loading fails."""
    try:
        stderr = os.dup(2)
    except OSError:  # no stderr at all, as under some services
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except Exception:
            held.seek(0)
            os.write(stderr, held.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


def _load() -> tuple[Any, Any]:
    wanted = os.environ.get("KERAS_BACKEND", "tensorflow")
    if wanted != "tensorflow":
        raise OptionError(
            f"This library trains with Keras on TensorFlow. Received: KERAS_BACKEND={wanted!r}; "
            f"unset it, or set KERAS_BACKEND=tensorflow, before Python starts."
        )
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "tensorflow" in sys.modules and "keras" in sys.modules:
        import keras
        import tensorflow as tf
    else:
        with _quiet_stderr():
            import keras
            import tensorflow as tf

            tf.constant(0)  # starts the runtime, whose first words belong here too
    if keras.backend.backend() != "tensorflow":
        raise OptionError(
            f"This library trains with Keras on TensorFlow. Received: Keras configured for "
            f"{keras.backend.backend()!r}; set KERAS_BACKEND=tensorflow before Python starts."
        )
    return keras, tf


def _is_worth_saying(record: logging.LogRecord) -> bool:
    """All but one warning: a journey traces a graph for each of its dozens of networks, and means to."""
    return "triggered tf.function retracing" not in record.getMessage()


keras, tf = _load()
logging.getLogger("tensorflow").addFilter(_is_worth_saying)
