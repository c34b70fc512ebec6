"""Pictures, shown and measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wizard.core.blocks import Block, Column, Item, Table
from wizard.data.pictures import ImageExamples
from wizard.stages.context import Context
from wizard.stages.histogram import histogram
from wizard.stages.labels import label_of
from wizard.stages.odd import Odd
from wizard.stages.pictures import png
from wizard.stages.words import amount
from wizard.training.prepared import Prepared

SAME = "the same picture"
ADVICE = "Look at the pictures that stand out."
TRANSFORMATION = "a shift, turn and zoom"
VARIED: tuple[str, ...] = ("shift", "scale", "rotation")  # the nuisances among them, as explore calls them
DO_COINCIDE = False
SAMPLE = 20_000  # pictures measured, and fewer where they are large:
SAMPLE_BYTES = 2**30  # pixels measured, which takes some ten seconds
LEAST_SAMPLE = 500  # a share is then known to about two percent
SHARPNESS = "sharpness (mean difference of neighbours)"
COLOURED = 3  # channels: red, green, blue
BLANK = 0.05  # of the median contrast: a picture this flat shows nothing; the flattest real ones had a fifth of it
BLANK_SHARE = 0.01  # blank pictures beyond this share of the training pictures are hardly chance


def cards(context: Context) -> Callable[[int], Item]:
    """Makes an item of a picture's row."""
    return lambda row: _card(context, row)


def coincidences(context: Context) -> int:
    """Pictures that are equal by chance: none."""
    return 0


def _card(context: Context, row: int) -> Item:
    picture = np.asarray(context.dataset.examples[row])
    brightness, contrast, sharpness, colour = _look(picture)
    return Item(
        label=label_of(context, row),
        asset=context.asset(png(picture)),
        caption=str(context.dataset.where[row]),
        attributes={
            "row": row,
            "brightness": float(f"{brightness:.4g}"),
            "contrast": float(f"{contrast:.4g}"),
            "sharpness": float(f"{sharpness:.4g}"),
            **({"colour": float(f"{colour:.4g}")} if picture.shape[-1] == COLOURED else {}),
            "height": picture.shape[0],
            "width": picture.shape[1],
        },
    )


def distributions(context: Context) -> tuple[tuple[Block, ...], list[str], str]:
    """Brightness, contrast, sharpness and sizes."""
    rows = context.sample(context.train_rows, _sample_size(context), "pictures")
    measured = np.array([_look(np.asarray(context.dataset.examples[int(row)])) for row in rows])
    names: tuple[str, ...] = (
        "brightness",
        "contrast",
        "sharpness (mean difference of neighbours)",
        "colour (spread over channels)",
    )
    names = names if ImageExamples.of(context.dataset.examples).channels == COLOURED else names[:3]
    sizes = np.asarray(ImageExamples.of(context.dataset.examples).sizes)[rows]
    distinct, counts = np.unique(sizes, axis=0, return_counts=True)
    blocks: list[Block] = [histogram(name, measured[:, i], name) for i, name in enumerate(names)]
    order = np.argsort(-counts)[:20]
    blocks.append(
        Table(
            title="Sizes",
            columns=(
                Column(name="height", unit="pixels"), Column(name="width", unit="pixels"),
                Column(name="pictures", format="count"),
            ),
            rows=tuple((int(distinct[i, 0]), int(distinct[i, 1]), int(counts[i])) for i in order),
        )
    )  # fmt: skip
    if len(distinct) == 1:
        size = f"All pictures are {distinct[0, 0]} × {distinct[0, 1]} pixels"
    else:
        smallest, largest = (sizes[int(pick(sizes.prod(1)))] for pick in (np.argmin, np.argmax))
        ends = (f"{height} × {width}" for height, width in (smallest, largest))
        size = f"Pictures have {len(distinct)} sizes, from {' to '.join(ends)} pixels"
    low, high = (amount(q) for q in np.quantile(measured[:, 0], [0.05, 0.95]))
    sampled = f" (measured on {len(rows):,} of them)" if len(rows) < len(context.train_rows) else ""
    return tuple(blocks), [], f"{size}; the brightness of nine in ten lies between {low} and {high}{sampled}."


def _sample_size(context: Context) -> int:
    """Pictures to measure: fewer of large ones."""
    examples = ImageExamples.of(context.dataset.examples)
    itemsize = np.asarray(examples[0]).dtype.itemsize
    mean_bytes = float(np.mean(np.prod(examples.sizes, axis=1))) * examples.channels * itemsize
    return int(np.clip(SAMPLE_BYTES / max(mean_bytes, 1.0), LEAST_SAMPLE, SAMPLE))


def _look(picture: np.ndarray) -> tuple[float, float, float, float]:
    shades = picture.astype("float32")
    grey = shades.mean(-1)
    steps = [np.abs(np.diff(grey, axis=axis)).mean() if grey.shape[axis] > 1 else 0.0 for axis in (0, 1)]
    colour = float(shades.std(-1).mean()) if shades.shape[-1] == COLOURED else 0.0
    return float(grey.mean()), float(grey.std()), float(np.mean(steps)), colour


def odd(context: Context) -> list[Odd]:
    """Training pictures that show nothing, where there are more than a few."""
    rows = context.sample(context.train_rows, _sample_size(context), "blank")
    contrast = np.array([np.asarray(context.dataset.examples[int(row)], "float32").std() for row in rows])
    is_blank = contrast <= BLANK * np.median(contrast)
    if is_blank.sum() <= BLANK_SHARE * len(rows):
        return []
    where = context.dataset.where
    return [
        Odd(context.private(where[row]), "one single colour" if own == 0 else "next to no contrast")
        for row, own in zip(rows[is_blank], contrast[is_blank], strict=True)
    ]


def transformed(prepared: Prepared, tensors: dict[str, np.ndarray], strength: float, seed: int) -> dict[str, Any]:
    """Pictures as the augmentation of a strength makes them."""
    from wizard.core.backend import tf
    from wizard.models.layers import moved

    pictures = tf.constant(tensors["image"].astype("float32"))
    return {"image": np.asarray(moved(pictures, tf.constant(strength), tf.constant([seed, 0], "int32")))}


def shown(context: Context, prepared: Prepared, tensors: dict[str, np.ndarray], i: int) -> dict[str, Any]:
    """A picture as the network gets it, for a gallery."""
    picture = tensors["image"][i]
    is_whole = prepared.preparation.dtype == "uint8"
    return {"asset": context.asset(png(np.clip(picture, 0, 255).astype("uint8") if is_whole else picture))}
