"""How a batch of each form is disturbed, and how a part of one example is pasted into another, inside a graph.

Unlike the label-preserving layers these may cost something of what the label says: whether they help is measured.
"""

from __future__ import annotations

import math
from typing import Any

from wizard.core.backend import tf

HOLE = 0.5  # of a picture's side, at full strength: cutout on CIFAR takes 16 of 32 pixels
CONTRAST, BRIGHTNESS = 0.6, 0.4  # of the picture's own contrast, at full strength
LOST, SWAPPED = 0.2, 0.2  # of a text's words, at full strength (Wei & Zou 2019 take a tenth)
WARP = 0.08  # of a series' length that a step may be moved by, at full strength
MASKED = 0.3  # of a series' length, at full strength
TREMOR = 0.3  # standard deviations of a channel, at full strength
NOISE = 0.3  # of features of order 1, at full strength
TINY = 1e-20  # keeps a share of two gamma draws that both underflow from being no number
CELLS = 0.2  # of a row's cells that come from another row, at full strength (Vincent et al. 2008 call it swap noise)


def disturbed(kind: str, inputs: dict[str, Any], strength: Any, seed: Any, spread: Any) -> dict[str, Any]:
    """Disturbs a batch.

    Args:
        kind: Of the form.
        inputs: (b, …) by name.
        strength: 0–1.
        seed: (2,) of the draws.
        spread: (c,) standard deviation of a series' channels, 0 for those that hold no measurement; else unused.
    """
    if kind == "image":
        return {"image": shaded_with_a_hole(inputs["image"], strength, seed)}
    if kind == "tokens":
        return {"tokens": lost_and_swapped(inputs["tokens"], strength, seed)}
    if kind == "series":
        return {"series": warped_and_masked(inputs["series"], strength, seed, spread)}
    return swapped_cells(inputs, strength, seed)


def shaded_with_a_hole(pictures: Any, strength: Any, seed: Any) -> Any:
    """Changes contrast and brightness of pictures (b, h, w, c), and greys out a square of each (cutout).

    DeVries & Taylor 2017; of RandAugment (Cubuk et al. 2020) only what no label is likely to depend on.
    """
    b, h, w = (tf.shape(pictures)[axis] for axis in range(3))
    seeds = tf.random.experimental.stateless_split(seed, 2)
    draws = tf.random.stateless_uniform((b, 1, 1, 2), seeds[0], -1.0, 1.0) * strength
    mean = tf.reduce_mean(pictures, axis=(1, 2, 3), keepdims=True)
    own = tf.math.reduce_std(pictures, axis=(1, 2, 3), keepdims=True)
    shaded = mean + (pictures - mean) * (1 + CONTRAST * draws[..., :1]) + BRIGHTNESS * own * draws[..., 1:]
    centre = tf.random.stateless_uniform((b, 2), seeds[1])
    is_hole = _box(centre, tf.fill((b,), HOLE * strength), h, w)  # (b, h, w, 1)
    return tf.where(is_hole, mean, shaded)


def lost_and_swapped(tokens: Any, strength: Any, seed: Any) -> Any:
    """Leaves words of texts, codes (b, t), out and swaps neighbours (Wei & Zou 2019)."""
    b, t = tf.shape(tokens)[0], tf.shape(tokens)[1]
    seeds = tf.random.experimental.stateless_split(seed, 2)
    place = tf.range(t)[None, :]
    pair = tf.random.stateless_uniform((b, t), seeds[0])
    is_first = (place % 2 == 0) & (pair < strength * SWAPPED) & (place + 1 < t)
    is_second = tf.pad(is_first[:, :-1], [[0, 0], [1, 0]])
    order = tf.where(is_first, place + 1, tf.where(is_second, place - 1, tf.broadcast_to(place, (b, t))))
    swapped = tf.gather(tokens, order, batch_dims=1)
    is_lost = tf.random.stateless_uniform((b, t), seeds[1]) < strength * LOST
    left = tf.where(is_lost, 0, swapped)
    left = tf.where(tf.reduce_any(left > 0, 1, keepdims=True), left, swapped)  # a text keeps some word
    return tf.gather(left, tf.argsort(tf.cast(left == 0, "int32"), axis=1, stable=True), batch_dims=1)


def warped_and_masked(series: Any, strength: Any, seed: Any, spread: Any) -> Any:
    """Stretches time here and squeezes it there, adds noise, and flattens a stretch of series (b, t, c).

    Um et al. 2017, and the masks of SpecAugment (Park et al. 2019) along time.
    """
    b, t = tf.shape(series)[0], tf.shape(series)[1]
    length = tf.cast(t, "float32")
    seeds = tf.random.experimental.stateless_split(seed, 3)
    wave = tf.random.stateless_uniform((b, 2, 1), seeds[0], -1.0, 1.0)
    time = tf.range(length)[None, :] / tf.maximum(length - 1, 1.0)  # (1, t), 0–1
    moved = WARP * strength * (wave[:, 0] * tf.sin(math.pi * time) + wave[:, 1] * tf.sin(2 * math.pi * time) / 2)
    at = tf.clip_by_value((time + moved) * (length - 1), 0.0, length - 1)  # (b, t)
    low = tf.cast(tf.floor(at), "int32")
    part = (at - tf.floor(at))[..., None]
    high = tf.minimum(low + 1, t - 1)
    warped = (1 - part) * tf.gather(series, low, batch_dims=1) + part * tf.gather(series, high, batch_dims=1)
    noisy = warped + TREMOR * strength * spread * tf.random.stateless_normal(tf.shape(series), seeds[1])
    draws = tf.random.stateless_uniform((b, 2, 1), seeds[2])
    size = MASKED * strength * draws[:, 0]
    start = draws[:, 1] * (1 - size)
    is_masked = ((time >= start) & (time < start + size))[..., None] & (spread > 0)
    return tf.where(is_masked, tf.reduce_mean(series, 1, keepdims=True), noisy)


def swapped_cells(inputs: dict[str, Any], strength: Any, seed: Any) -> dict[str, Any]:
    """Takes some cells of rows, (b, d) numbers and (b, m) codes, from another row, and adds noise to numbers."""
    result = {}
    for number, (name, values) in enumerate(sorted(inputs.items())):
        seeds = tf.random.experimental.stateless_split(seed + number, 2)
        is_swapped = tf.random.stateless_uniform(tf.shape(values), seeds[0]) < strength * CELLS
        changed = tf.where(is_swapped, tf.roll(values, 1, 0), values)
        if values.dtype.is_floating:
            changed += NOISE * strength * tf.random.stateless_normal(tf.shape(values), seeds[1])
        result[name] = changed
    return result


def blended(inputs: dict[str, Any], own: Any, seed: Any) -> dict[str, Any]:
    """Blends each example with its predecessor by shares (b,) of its own (mixup, Zhang et al. 2018).

    A code cannot be a mean, so each comes from either example, as the share says.
    """
    result = {}
    for name, values in inputs.items():
        share = tf.reshape(own, (-1, *(1,) * (len(values.shape) - 1)))
        other = tf.roll(values, 1, 0)
        if values.dtype.is_floating:
            result[name] = share * values + (1 - share) * other
        else:
            result[name] = tf.where(tf.random.stateless_uniform(tf.shape(values), seed) < share, values, other)
    return result


def pasted(kind: str, inputs: dict[str, Any], own: Any, seed: Any) -> tuple[dict[str, Any], Any]:
    """Pastes a part of each example's predecessor into it, and says what share of it is still its own.

    A box of a picture, a stretch of a text or series, or some cells of a row (cutmix, Yun et al. 2019).

    Args:
        kind: Of the form.
        inputs: (b, …) by name.
        own: (b,) wanted shares, 0–1; a part does not reach beyond the edge, so that more may stay.
        seed: (2,) of the draws.
    """
    if kind == "features":
        return pasted_cells(inputs, own, seed), own
    paste = {"image": pasted_box, "tokens": pasted_words, "series": pasted_stretch}[kind]
    parts, share = paste(inputs[kind], own, seed)
    return {kind: parts}, share


def pasted_box(pictures: Any, own: Any, seed: Any) -> tuple[Any, Any]:
    """Pastes a box of each picture's predecessor into it; (b, h, w, c), and what share is still its own, (b,)."""
    h, w = tf.shape(pictures)[1], tf.shape(pictures)[2]
    is_theirs = _box(tf.random.stateless_uniform((tf.shape(own)[0], 2), seed), tf.sqrt(1 - own), h, w)
    share = 1 - tf.reduce_mean(tf.cast(is_theirs, "float32"), axis=(1, 2, 3))
    return tf.where(is_theirs, tf.roll(pictures, 1, 0), pictures), share


def pasted_words(tokens: Any, own: Any, seed: Any) -> tuple[Any, Any]:
    """Pastes a passage of each text's predecessor into it; codes (b, t), and what share is still its own, (b,)."""
    is_theirs = _passage(tf.shape(tokens)[1], own, seed)
    theirs = tf.roll(tokens, 1, 0)
    mixed = tf.where(is_theirs, theirs, tokens)
    n_own = tf.reduce_sum(tf.cast(~is_theirs & (tokens > 0), "float32"), 1)
    n_theirs = tf.reduce_sum(tf.cast(is_theirs & (theirs > 0), "float32"), 1)
    is_none = n_own + n_theirs == 0  # neither's words lie there: the example stays as it is
    mixed = tf.where(is_none[:, None], tokens, mixed)
    mixed = tf.gather(mixed, tf.argsort(tf.cast(mixed == 0, "int32"), axis=1, stable=True), batch_dims=1)
    return mixed, tf.where(is_none, 1.0, n_own / tf.maximum(n_own + n_theirs, 1.0))


def pasted_stretch(series: Any, own: Any, seed: Any) -> tuple[Any, Any]:
    """Pastes a stretch of each series' predecessor into it; (b, t, c), and what share is still its own, (b,)."""
    is_theirs = _passage(tf.shape(series)[1], own, seed)
    share = 1 - tf.reduce_mean(tf.cast(is_theirs, "float32"), 1)
    return tf.where(is_theirs[..., None], tf.roll(series, 1, 0), series), share


def pasted_cells(inputs: dict[str, Any], own: Any, seed: Any) -> dict[str, Any]:
    """Takes cells of rows, (b, d) numbers and (b, m) codes, from the row before, all but a share (b,) of them."""
    result = {}
    for number, (name, values) in enumerate(sorted(inputs.items())):
        is_own = tf.random.stateless_uniform(tf.shape(values), seed + number) < own[:, None]
        result[name] = tf.where(is_own, values, tf.roll(values, 1, 0))
    return result


def beta_shares(alpha: Any, n: Any, seed: Any) -> Any:
    """(n,) draws of Beta(alpha, alpha)."""
    one, other = tf.unstack(tf.random.stateless_gamma((2, n), seed, alpha))
    return (one + TINY) / (one + other + 2 * TINY)


def _passage(t: Any, own: Any, seed: Any) -> Any:
    """(b, t): whether a step lies in the stretch that leaves such shares (b,)."""
    place = tf.range(tf.cast(t, "float32"))[None, :] / tf.cast(t, "float32")
    start = tf.random.stateless_uniform((tf.shape(own)[0], 1), seed) * own[:, None]
    return (place >= start) & (place < start + 1 - own[:, None])


def _box(centre: Any, size: Any, h: Any, w: Any) -> Any:
    """(b, h, w, 1): whether a pixel lies in the box about a centre (b, 2) that takes so much of each side (b,)."""
    down = (tf.range(tf.cast(h, "float32"))[None, :] + 0.5) / tf.cast(h, "float32")
    right = (tf.range(tf.cast(w, "float32"))[None, :] + 0.5) / tf.cast(w, "float32")
    half = size[:, None] / 2
    is_down = tf.abs(down - centre[:, :1]) < half  # (b, h)
    is_right = tf.abs(right - centre[:, 1:]) < half  # (b, w)
    return (is_down[:, :, None] & is_right[:, None, :])[..., None]
