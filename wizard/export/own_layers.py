"""From the outputs of a model of the user's own to probabilities, or to numbers.

Loaded after Keras itself, or by `import wizard` beside an imported Keras.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from wizard.data.layers import PACKAGE

LEAST = 1e-12  # below it a sum of probabilities is none


@keras.saving.register_keras_serializable(package=PACKAGE)
class OwnAnswers(keras.layers.Layer):
    """Outputs (b, …) to probabilities (b, k) float64, or to predictions (b, m) float64.

    Args:
        kind: "classes", "labels" or "numbers".
        are_probabilities: Whether the outputs are probabilities already; else softmax or sigmoid is applied.
        units: Of every class the unit of the output that stands for it; [] where there is one unit for two classes.
    """

    def __init__(self, kind: str, are_probabilities: bool, units: list[int], **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float64"})
        self.kind, self.are_probabilities, self.units = kind, bool(are_probabilities), [int(unit) for unit in units]

    def call(self, outputs: Any) -> Any:
        """(b, …) -> (b, k) or (b, m)."""
        out = tf.reshape(tf.cast(outputs, "float64"), (tf.shape(outputs)[0], -1))
        if self.kind == "numbers":
            return out
        if self.kind == "labels":
            p = out if self.are_probabilities else tf.sigmoid(out)
            return tf.clip_by_value(p, 0.0, 1.0)
        if not self.units:
            p = out if self.are_probabilities else tf.sigmoid(out)
            return tf.clip_by_value(tf.concat([1 - p, p], axis=1), 0.0, 1.0)
        p = out if self.are_probabilities else tf.nn.softmax(out)
        p = tf.maximum(tf.gather(p, self.units, axis=1), 0.0)
        return p / tf.maximum(tf.reduce_sum(p, axis=1, keepdims=True), LEAST)

    def compute_output_spec(self, outputs: Any) -> keras.KerasTensor:
        """Shape and dtype of the result."""
        width = len(self.units) or (2 if self.kind == "classes" else None)
        if width is None:
            width = 1
            for size in outputs.shape[1:]:
                width *= size
        return keras.KerasTensor((outputs.shape[0], width), "float64")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {
            **super().get_config(), "kind": self.kind, "are_probabilities": self.are_probabilities, "units": self.units
        }  # fmt: skip
