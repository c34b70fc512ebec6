"""A predictor for machines that have TensorFlow alone: no Keras model, no code of ours."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")  # names that a signature takes as they are


def save_for_tensorflow(model: Any, folder: Path) -> None:
    """Writes a predictor as a SavedModel.

    `tf.saved_model.load(folder).serve({input: tensor})` gives its answers by name. Of series there is also
    `serve_padded({"series": (b, t, c), "lengths": (b,)})`, which looks at the first steps of each only.

    Args:
        model: A `Predictor`.
        folder: Where to write; made by TensorFlow.
    """
    from wizard.core.backend import keras, tf

    archive = keras.export.ExportArchive()
    archive.track(model)
    specs = _specs(model.input)
    with _quietly():
        archive.add_endpoint("serve", lambda raw: model(raw, training=False), input_signature=[specs])
        if set(specs) == {"series"}:
            lengths = tf.TensorSpec((None,), "int32", name="lengths")

            def padded(raw: Any) -> Any:
                is_there = tf.sequence_mask(raw["lengths"], tf.shape(raw["series"])[1])[:, :, None]
                missing = tf.constant(float("nan"), raw["series"].dtype)
                return model({"series": tf.where(is_there, raw["series"], missing)}, training=False)

            archive.add_endpoint("serve_padded", padded, input_signature=[{**specs, "lengths": lengths}])
        archive.write_out(str(folder), verbose=False)


@dataclass(frozen=True)
class Served:
    """A saved model, called as a Keras predictor is.

    Attributes:
        served: What TensorFlow loaded.
        input: Names of its inputs.
    """

    served: Any
    input: frozenset[str]

    def __call__(self, tensors: dict[str, Any], training: bool = False) -> dict[str, Any]:
        """Tensors by name -> answers by name."""
        answers: dict[str, Any] = self.served.serve(tensors)
        return answers


def load_served(folder: Path, inputs: frozenset[str]) -> Served:
    """Loads a saved model as a process without our code would."""
    from wizard.core.backend import tf

    with _quietly():
        return Served(tf.saved_model.load(str(folder)), inputs)


def _specs(inputs: dict[str, Any]) -> dict[str, Any]:
    """What goes in; a signature takes plain names only, so columns with others have a number there."""
    from wizard.core.backend import tf

    are_plain = all(PLAIN.fullmatch(name) for name in inputs) and len({n.lower() for n in inputs}) == len(inputs)
    return {
        name: tf.TensorSpec(tensor.shape, tensor.dtype, name=name if are_plain else tensor.name)
        for name, tensor in inputs.items()
    }


@contextmanager
def _quietly() -> Iterator[None]:
    """Holds back what TensorFlow says while it saves: of untraced functions and of names that it changes."""
    loggers = [logging.getLogger(name) for name in ("tensorflow", "absl")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
