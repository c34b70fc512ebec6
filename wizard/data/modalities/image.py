"""Pictures: resized to one size, kept as 0–255; the network standardises them at its door."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.config import HpValue
from wizard.core.keys import content_key
from wizard.data.dataset import Dataset, Examples
from wizard.data.evened import Even, even_of
from wizard.data.form import ImageForm

LARGEST_SIDE = 96  # pixels: larger pictures cost a CPU seconds a step; explore's downsampling may ask for less or more
KEPT_SIDE = 128  # pictures of one size up to this are left as they are
BATCH = 256  # pictures evened at a time
CAN_GO = ("brightness", "contrast", "colour")  # what the setting "even" may take out
ASPECT_SPREAD = 0.1  # aspect ratios that differ more than this are padded, not stretched


class ImagePreparation:
    """Raw pictures -> tensor "image" (n, h, w, c) uint8 or float32. Nothing is fitted but the size."""

    def __init__(self, height: int, width: int, channels: int, pad: bool, dtype: str, even: Even | None = None) -> None:
        """Fixes the size; see `fit`."""
        self.form = ImageForm(height=height, width=width, channels=channels)
        self.pad = pad
        self.dtype = dtype
        self.even = even

    @classmethod
    def fit(cls, dataset: Dataset, rows: np.ndarray, settings: dict[str, HpValue]) -> ImagePreparation:
        """Chooses the size from the training rows, unless `settings` give "height" and "width" (and see `evened`)."""
        examples: Any = dataset.examples
        sizes = np.asarray(examples.sizes)[rows]  # (n, 2) height, width
        first = np.asarray(dataset.examples[int(rows[0])])
        height, width = (int(side) for side in np.median(sizes, axis=0))
        if len(np.unique(sizes, axis=0)) > 1 or max(height, width) > KEPT_SIDE:
            scale = min(1.0, LARGEST_SIDE / max(height, width))
            height, width = max(1, round(height * scale)), max(1, round(width * scale))
        aspect = sizes[:, 1] / sizes[:, 0]
        pad = bool(np.quantile(aspect, 0.95) / np.quantile(aspect, 0.05) > 1 + ASPECT_SPREAD)
        height, width = int(settings.get("height", height)), int(settings.get("width", width))
        even = even_of(dataset, rows, settings, (0, 1, 2), CAN_GO)
        return cls(height, width, first.shape[-1], pad, "uint8" if first.dtype == np.uint8 else "float32", even)

    @property
    def key(self) -> str:
        """Content key of what was fitted."""
        return content_key("image", self.form, self.pad, self.dtype, *(self.even.parts if self.even else ()))

    def encode(self, examples: Examples) -> dict[str, np.ndarray]:
        """Raw pictures to {"image": (n, h, w, c)}; those that have the size already are only stacked."""
        form = self.form
        encoded = np.empty((len(examples), form.height, form.width, form.channels), self.dtype)
        resize = None
        for i in range(len(examples)):
            picture = np.asarray(examples[i])
            if picture.shape[:2] != (form.height, form.width):
                resize = resize or self._resize()
                picture = np.asarray(resize(_tensor(picture[None].astype(self.dtype))))[0]
            encoded[i] = picture
        if self.even is None:
            return {"image": encoded}
        light, evened = self._even_light(), np.empty(encoded.shape, "float32")
        for start in range(0, len(encoded), BATCH):
            evened[start : start + BATCH] = np.asarray(light(_tensor(encoded[start : start + BATCH])))
        return {"image": evened}

    def raw_inputs(self) -> dict[str, Any]:
        """Symbolic raw inputs of a predictor: {"image": (b, any height, any width, c)}."""
        from wizard.core.backend import keras

        return {"image": keras.Input((None, None, self.form.channels), dtype=self.dtype, name="image")}

    def apply(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Symbolic raw inputs to the network's symbolic inputs."""
        resized = self._resize()(raw["image"])
        return {"image": resized if self.even is None else self._even_light()(resized)}

    def raw_batch(self, examples: Examples) -> list[tuple[np.ndarray, dict[str, np.ndarray]]]:
        """Raw examples as predictor inputs: (positions, batch) pairs, one batch a picture size."""
        shapes: dict[tuple[int, ...], list[int]] = {}
        pictures = [np.asarray(examples[i]).astype(self.dtype) for i in range(len(examples))]
        for i, picture in enumerate(pictures):
            shapes.setdefault(picture.shape, []).append(i)
        return [(np.array(rows), {"image": np.stack([pictures[i] for i in rows])}) for rows in shapes.values()]

    def describe(self) -> dict[str, Any]:
        """What is done to the pictures, for pages."""
        how = "resized, aspect kept, padded with zeros" if self.pad else "resized"
        described = {"size": f"{self.form.height} × {self.form.width}", "how": how, "channels": self.form.channels}
        return described if self.even is None else {**described, "light": self.even.words}

    def _resize(self) -> Any:
        from wizard.core.backend import keras  # noqa: F401  loads Keras quietly before its layers
        from wizard.data.layers import Resize

        return Resize(self.form.height, self.form.width, self.pad, name="resize")

    def _even_light(self) -> Any:
        from wizard.core.backend import keras  # noqa: F401  loads Keras quietly before its layers
        from wizard.data.even_layers import EvenLight

        assert self.even is not None
        return EvenLight(list(self.even.out), self.even.level[0], self.even.spread[0], name="even_light")


def in_words(dataset: Dataset) -> str:
    """What the examples are."""
    examples: Any = dataset.examples
    sizes = {tuple(size) for size in examples.sizes.tolist()}
    size = "{} × {} pixels".format(*next(iter(sizes))) if len(sizes) == 1 else f"{len(sizes)} sizes"
    return f"{'grey' if examples.channels == 1 else 'colour'} pictures, {size}"


def usage(preparation: ImagePreparation) -> str:
    """What a predictor takes."""
    return (
        f'{{"image": pictures}}, a {preparation.dtype} array (n, height, width, {preparation.form.channels}) of one '
        "size a call, black 0 and white 255"
    )


def _tensor(pictures: np.ndarray) -> Any:
    """As a tensor: a layer that keeps uint8 refuses NumPy's."""
    from wizard.core.backend import tf

    return tf.constant(pictures)


PREPARATION = ImagePreparation
