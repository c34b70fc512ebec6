"""The last layers of a predictor: from network outputs to answers.

Loaded after Keras itself (`wizard.core.backend`), or by `import wizard` beside an imported Keras.
"""

from __future__ import annotations

import warnings
from typing import Any

import keras
import tensorflow as tf

from wizard.core.calibration import LEAST
from wizard.data.layers import PACKAGE


@keras.saving.register_keras_serializable(package=PACKAGE)
class Predictor(keras.Model):
    """A model from raw input to answers.

    Its inputs are called as the user's columns are, which Keras does not allow its layers ("a/b"), and warns about.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # the signature by which every Keras revives it
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "When providing `inputs` as a dict", UserWarning)
            super().__init__(*args, **kwargs)


@keras.saving.register_keras_serializable(package=PACKAGE)
class Weighted(keras.layers.Layer):
    """Weighted sum of members' probabilities (b, k) or predictions (b, m).

    Args:
        shares: One weight a member, summing to one.
    """

    def __init__(self, shares: list[float], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shares = list(shares)

    def call(self, outputs: list[Any]) -> Any:
        """Members' outputs, one array each -> one array."""
        return tf.add_n([share * output for share, output in zip(self.shares, outputs, strict=True)])

    def compute_output_spec(self, outputs: list[Any]) -> keras.KerasTensor:
        """Shape and dtype of one member."""
        return keras.KerasTensor(outputs[0].shape, outputs[0].dtype)

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "shares": self.shares}


@keras.saving.register_keras_serializable(package=PACKAGE)
class Temperature(keras.layers.Layer):
    """Probabilities p (b, k) to p^(1/temperature), normalised: above 1 less sure, below 1 surer (Guo et al. 2017).

    Args:
        temperature: Above 0.
        are_labels: Whether each of the k is there or not by itself, instead of one of them.
    """

    def __init__(self, temperature: float, are_labels: bool, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float64"})
        self.temperature, self.are_labels = float(temperature), bool(are_labels)

    def call(self, probabilities: Any) -> Any:
        """(b, k) -> (b, k)."""
        p = tf.cast(probabilities, "float64")
        power = tf.pow(tf.maximum(p, LEAST), 1 / self.temperature)
        if self.are_labels:
            total = power + tf.pow(tf.maximum(1 - p, LEAST), 1 / self.temperature)
        else:
            total = tf.reduce_sum(power, axis=-1, keepdims=True)
        return power / total

    def compute_output_spec(self, probabilities: Any) -> keras.KerasTensor:
        """Shape and dtype of the result."""
        return keras.KerasTensor(probabilities.shape, "float64")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "temperature": self.temperature, "are_labels": self.are_labels}


@keras.saving.register_keras_serializable(package=PACKAGE)
class LabelNames(keras.layers.Layer):
    """Probabilities (b, k) to the name of the likeliest class (b,).

    Args:
        names: Of the k classes.
        threshold: Of two classes: from which probability on the second is named; None takes the likelier.
    """

    def __init__(self, names: list[str], threshold: float | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.names, self.threshold = list(names), threshold

    def call(self, probabilities: Any) -> Any:
        """(b, k) -> (b,) strings."""
        if self.threshold is None:
            number = tf.argmax(probabilities, axis=-1)
        else:
            number = tf.cast(probabilities[:, 1] >= self.threshold, "int64")
        return tf.gather(tf.constant(self.names), number)

    def compute_output_spec(self, probabilities: Any) -> keras.KerasTensor:
        """Shape and dtype of the result."""
        return keras.KerasTensor((probabilities.shape[0],), "string")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "names": self.names, "threshold": self.threshold}


@keras.saving.register_keras_serializable(package=PACKAGE)
class Moved(keras.layers.Layer):
    """Predictions (b,) or (b, m) in their units, moved by a constant each: an end of an interval.

    Args:
        by: One number, or one a target, in their units.
    """

    def __init__(self, by: list[float], **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float64"})
        self.by = [float(number) for number in by]

    def call(self, predictions: Any) -> Any:
        """Same shape."""
        by = tf.constant(self.by, "float64")
        return predictions + (by if len(predictions.shape) > 1 else by[0])

    def compute_output_spec(self, predictions: Any) -> keras.KerasTensor:
        """Shape and dtype of the result."""
        return keras.KerasTensor(predictions.shape, "float64")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "by": self.by}


@keras.saving.register_keras_serializable(package=PACKAGE)
class LabelFlags(keras.layers.Layer):
    """Probabilities (b, k) of labels to 1 where a label is at least as likely as `threshold`, else 0.

    Args:
        threshold: From which probability on a label is named.
    """

    def __init__(self, threshold: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.threshold = float(threshold)

    def call(self, probabilities: Any) -> Any:
        """(b, k) -> (b, k) int32."""
        return tf.cast(probabilities >= self.threshold, "int32")

    def compute_output_spec(self, probabilities: Any) -> keras.KerasTensor:
        """Shape and dtype of the result."""
        return keras.KerasTensor(probabilities.shape, "int32")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "threshold": self.threshold}


@keras.saving.register_keras_serializable(package=PACKAGE)
class TargetUnits(keras.layers.Layer):
    """Standardised targets (b, m) to their own units, float64.

    Args:
        mean: Of the training rows, one a target.
        std: Of the training rows, one a target.
    """

    def __init__(self, mean: list[float], std: list[float], **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float64"})
        self.mean, self.std = [float(value) for value in mean], [float(value) for value in std]

    def call(self, standardised: Any) -> Any:
        """(b, m) -> (b, m)."""
        return tf.cast(standardised, "float64") * tf.constant(self.std, "float64") + tf.constant(self.mean, "float64")

    def compute_output_spec(self, standardised: Any) -> keras.KerasTensor:
        """Shape and dtype of the result."""
        return keras.KerasTensor(standardised.shape, "float64")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "mean": self.mean, "std": self.std}
