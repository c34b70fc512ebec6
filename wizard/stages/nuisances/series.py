"""Series: level, amplitude, and when things happen."""

from __future__ import annotations

import numpy as np

from wizard.stages.context import Context
from wizard.stages.nuisance import Nuisance
from wizard.stages.probing import ProbeName
from wizard.stages.views.series import even, spectra, summaries

PROBES: tuple[ProbeName, ...] = ("linear", "neighbours")
POINTS = 48  # steps that probes get
BANDS = 24
MOST = 512  # features
LEAST = 1e-6
# Calibrated on the simulated rotor, GunPoint, ItalyPowerDemand and BasicMotions.
LEVELS = 0.5  # of the spread inside a series: level then hides half of what happens
AMPLITUDES = 0.35  # of the mean amplitude
PHASES = 0.5  # 0 all in step, 1 anywhere


def as_they_came(context: Context, rows: np.ndarray) -> np.ndarray:
    """(n, d) values in time."""
    return _flat(even(context, rows, POINTS))


def found(context: Context, rows: np.ndarray) -> list[Nuisance]:
    """The nuisances of series."""
    curves = even(context, rows, POINTS).astype("float64")  # (n, t, c)
    level = curves.mean(1, keepdims=True)
    spread = curves.std(1, keepdims=True)
    inside = np.maximum(np.median(spread, axis=0, keepdims=True), LEAST)
    flat = np.maximum(spread, 0.05 * inside)
    nuisances = [
        Nuisance("level", "level", level[:, 0], float((level.std(0) / inside[0]).max()),
                 "of the spread inside a series", LEVELS, lambda: _flat(curves - level),
                 "taking each series' own mean off"),
        Nuisance("amplitude", "amplitude", spread[:, 0], float((spread / inside).std(0).max()),
                 "of the usual amplitude", AMPLITUDES, lambda: _flat((curves - level) / flat * inside + level),
                 "dividing each series by its own spread"),
    ]  # fmt: skip
    phase, is_wave = _phase(curves)
    if is_wave:
        nuisances.append(
            Nuisance("phase", "the moment at which things happen", phase, 1 - float(np.hypot(*phase.mean(0))),
                     "0 in step, 1 anywhere", PHASES, lambda: _timeless(curves),
                     "reading spectra instead of values in time", False)
        )  # fmt: skip
    return nuisances


def _phase(curves: np.ndarray) -> tuple[np.ndarray, bool]:
    """(n, 2) cosine and sine of the phase at the strongest common frequency; whether there is any."""
    steps = np.fft.rfft(curves - curves.mean(1, keepdims=True), axis=1)[:, 1:]
    power = (np.abs(steps) ** 2).mean(0) if steps.shape[1] else np.zeros((1, 1))
    if not power.max() > 0:
        return np.zeros((len(curves), 2)), False
    frequency, channel = np.unravel_index(int(power.argmax()), power.shape)
    wave = steps[:, frequency, channel]
    angle = np.angle(wave)
    return np.column_stack([np.cos(angle), np.sin(angle)]), True


def _flat(curves: np.ndarray) -> np.ndarray:
    return curves.reshape(len(curves), -1)[:, :MOST].astype("float32")


def _timeless(curves: np.ndarray) -> np.ndarray:
    """(n, d) what does not change when a series begins later."""
    return np.concatenate([summaries(curves), spectra(curves, BANDS)], axis=1)[:, :MOST].astype("float32")
