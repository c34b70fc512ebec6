"""A network of keras.applications as one layer, from pictures as they are to features.

Loaded after Keras itself (`wizard.core.backend`), or by `import wizard` beside an imported Keras.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from wizard.core.errors import OptionError
from wizard.data.layers import PACKAGE

SMALLEST_SIDE = 96  # pixels: below it the last maps of networks made for 224 are a place or two
APPLICATIONS = {  # how each wants its pictures; the last two scale by themselves
    "ResNet50": (keras.applications.ResNet50, keras.applications.resnet50.preprocess_input),
    "EfficientNetV2B0": (keras.applications.EfficientNetV2B0, keras.applications.efficientnet_v2.preprocess_input),
    "MobileNetV3Small": (keras.applications.MobileNetV3Small, keras.applications.mobilenet_v3.preprocess_input),
}
IMAGENET = "imagenet"
SCRATCH = "none"
CACHE = "~/.keras/models"


@keras.saving.register_keras_serializable(package=PACKAGE)
class Backbone(keras.layers.Layer):
    """Pictures (b, h, w, 1 or 3), 0–255, to features (b, e): enlarged where small, scaled as the network learnt it.

    Its weights are random until `load` is called, so that a saved network needs no other file.

    Args:
        application: One of APPLICATIONS.
        is_frozen: Whether its weights and its batch statistics stay as they are.
        weights: What `load` takes: "imagenet", "none", or the path of a file.
    """

    built: bool

    def __init__(self, application: str, is_frozen: bool, weights: str = SCRATCH, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.application, self.is_frozen, self.weights_from = application, bool(is_frozen), weights
        self.net: Any = None

    def build(self, shape: Any) -> None:
        """The network without its head, for pictures of the enlarged size."""
        _, height, width, self.n_colours = shape
        factor = max(1.0, SMALLEST_SIDE / min(height, width))
        self.size = round(height * factor), round(width * factor)
        self.is_small = factor > 1
        self.net = self._application(None)
        self.net.trainable = not self.is_frozen
        self.built = True

    def _application(self, weights: str | None) -> Any:
        make, _ = APPLICATIONS[self.application]
        return make(include_top=False, weights=weights, input_shape=(*self.size, 3), pooling="avg")

    def call(self, pictures: Any, training: bool = False) -> Any:
        """(b, h, w, c) -> (b, e)."""
        x = tf.image.grayscale_to_rgb(pictures) if self.n_colours == 1 else pictures
        if self.is_small:
            x = tf.image.resize(x, self.size)
        _, scaled = APPLICATIONS[self.application]
        return self.net(scaled(x), training=training and not self.is_frozen)

    def compute_output_spec(self, pictures: Any, training: bool = False) -> keras.KerasTensor:
        """(b, e)."""
        if not self.built:
            self.build(pictures.shape)
        return keras.KerasTensor((pictures.shape[0], self.net.output.shape[-1]), "float32")

    def load(self) -> None:
        """Assigns the weights to start from.

        Raises:
            OptionError: Where they cannot be had; says what to do.
        """
        if self.weights_from == SCRATCH:
            return
        if self.weights_from == IMAGENET:
            self.net.set_weights(self._imagenet().get_weights())
            return
        path = Path(self.weights_from).expanduser()
        if not path.is_file():
            raise OptionError(
                f"`weights` must be {IMAGENET!r}, {SCRATCH!r} or the path of a file with the weights of "
                f"{self.application}. Received: {str(path)!r}, which is no file."
            )
        try:
            self.net.load_weights(path)
        except (ValueError, OSError, KeyError) as error:
            raise OptionError(
                f"{str(path)!r} does not hold the weights of {self.application} without its head: {first_line(error)}. "
                f"Save them by `keras.applications.{self.application}(include_top=False, pooling='avg')"
                f".save_weights('a.weights.h5')`."
            ) from error

    def _imagenet(self) -> Any:
        try:
            return self._application(IMAGENET)
        except Exception as error:  # Keras raises a bare one where the network is down
            raise OptionError(
                f"The ImageNet weights of {self.application} are neither in {CACHE} nor can they be fetched "
                f"({first_line(error)}). Put their file there, pass its path as hp {{'weights': path}}, or train a "
                f"family that starts from scratch: {{'family': 'resnet'}}."
            ) from error

    def get_config(self) -> dict[str, Any]:
        """For saving; where the weights once came from is left out: the file holds them."""
        return {**super().get_config(), "application": self.application, "is_frozen": self.is_frozen}


def first_line(error: Exception) -> str:
    """The first line of what an error says, without its full stop."""
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
