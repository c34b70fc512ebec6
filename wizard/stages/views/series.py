"""Series for classical probes: block means of standardised channels, their summaries and spectra."""

from __future__ import annotations

import numpy as np

from wizard.data.series import SeriesExamples
from wizard.stages.context import Context
from wizard.stages.probing import probe_sample
from wizard.stages.views import MOST

POINTS = 64  # block means of a channel
FREQUENCIES = 16  # bands of its spectrum
SUMMARIES = ("mean", "spread", "lowest", "highest", "slope", "roughness")


def features(context: Context, rows: np.ndarray) -> np.ndarray:
    """(n, d): every channel's block means, summaries and logarithmic spectrum."""
    curves = even(context, rows)  # (n, t, c)
    parts = (curves.reshape(len(rows), -1), summaries(curves), spectra(curves))
    return np.concatenate(parts, axis=1)[:, :MOST]


def names(context: Context) -> list[str]:
    """(d,) channel behind each feature."""
    curves = even(context, context.train_rows[:1])
    channels = _examples(context).channels
    n_frequencies = spectra(curves).shape[1] // len(channels)
    return ([*channels] * (curves.shape[1] + len(SUMMARIES) + n_frequencies))[:MOST]


def even(context: Context, rows: np.ndarray, points: int = POINTS) -> np.ndarray:
    """(n, t, c) float32 series stretched to one length, gaps bridged, channels standardised over the sample."""
    examples = _examples(context)
    length = int(min(points, np.median(examples.lengths)))
    mean, std = context.once("scale of the channels", lambda: _scale(context))
    curves = [stretched(examples[int(row)], length) for row in rows]
    out = (np.stack(curves) if curves else np.empty((0, length, len(mean)))) - mean
    return (out / std).astype("float32")


def stretched(series: np.ndarray, length: int) -> np.ndarray:
    """(t, c) series with gaps to (length, c): means over blocks where it is longer, straight lines over gaps.

    A channel that was never measured is NaN-free: it is 0.
    """
    t = len(series)
    out = np.zeros((length, series.shape[1]))
    if not t:
        return out
    edges = np.linspace(0, t, length + 1)
    for c in range(series.shape[1]):
        known = np.flatnonzero(np.isfinite(series[:, c]))
        if not len(known):
            continue
        values = np.interp(np.arange(t), known, series[known, c].astype("float64"))
        total = np.concatenate([[0.0], np.cumsum(values)])  # the integral of steps, at whole steps
        out[:, c] = np.diff(np.interp(edges, np.arange(t + 1), total)) / (t / length)
    return out


def summaries(curves: np.ndarray) -> np.ndarray:
    """(n, t, c) to (n, 6 c): mean, spread, extremes, slope and mean step of each channel."""
    n, t, _ = curves.shape
    time = np.linspace(-1, 1, t) if t > 1 else np.zeros(1)
    slope = np.einsum("ntc,t->nc", curves, time) / max(float((time**2).sum()), 1.0)
    rough = np.abs(np.diff(curves, axis=1)).mean(1) if t > 1 else np.zeros((n, curves.shape[2]))
    parts = (curves.mean(1), curves.std(1), curves.min(1), curves.max(1), slope, rough)
    return np.concatenate(parts, axis=1).astype("float32")


def spectra(curves: np.ndarray, bands: int = FREQUENCIES) -> np.ndarray:
    """(n, t, c) to (n, bands x c): logarithm of the power in bands of frequency, level taken off."""
    n, t, _ = curves.shape
    power = np.abs(np.fft.rfft(curves - curves.mean(1, keepdims=True), axis=1)) ** 2 / max(t, 1)
    power = power[:, 1:]
    if not power.shape[1]:
        return np.zeros((n, 0), "float32")
    starts = np.unique(np.arange(min(bands, power.shape[1])) * power.shape[1] // min(bands, power.shape[1]))
    return np.log(np.add.reduceat(power, starts, axis=1) + 1e-6).reshape(n, -1).astype("float32")


def _examples(context: Context) -> SeriesExamples:
    examples = context.dataset.examples
    assert isinstance(examples, SeriesExamples)
    return examples


def _scale(context: Context) -> tuple[np.ndarray, np.ndarray]:
    rows = probe_sample(context).rows
    together = np.concatenate([_examples(context)[int(row)] for row in rows]).astype("float64")
    count = np.maximum(np.isfinite(together).sum(0), 1)
    together[~np.isfinite(together)] = 0
    mean = together.sum(0) / count
    std = np.sqrt(np.maximum((together**2).sum(0) / count - mean**2, 0))
    return mean, np.where(std > 0, std, 1.0)
