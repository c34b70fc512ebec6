"""Series, shown and measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wizard.core.blocks import Block, Column, Curve, Item, Line, Lines, Table
from wizard.data.form import SeriesForm
from wizard.data.series import SeriesExamples, resampled
from wizard.stages.context import Context
from wizard.stages.histogram import histogram
from wizard.stages.labels import label_of
from wizard.stages.looks.table import coded_missing
from wizard.stages.odd import Odd
from wizard.stages.series_faults import longest_run, odd_channels, odd_series
from wizard.stages.words import amount, count, share
from wizard.training.prepared import Prepared

SAME = "the same curve"
DO_COINCIDE = False
ADVICE = "Where a number stands for 'missing', write it as missing: the gap is then filled, and the model told of it."
TRANSFORMATION = "a shift in time, a stretch and a little noise"
VARIED: tuple[str, ...] = ("phase", "amplitude")  # the nuisances among them, as explore calls them
SAMPLE = 5_000  # series measured
POINTS = 600  # of a card's curves together: 300 cards stay under two megabytes
FINEST = 300  # points of one curve: as many as its drawing tells apart
CHANNELS = 6  # curves on a card, and channels drawn one by one; the table has all
EDGE = 0.005  # of the values on either side may lie beyond a card's frame, where they would squeeze the rest
SQUEEZED = 2.0  # times the frame: values that reach no further than this stay in it
FREQUENCIES = 33  # of the mean spectrum, from 0 to half a cycle a step
FEWEST_STEPS = 8  # a spectrum of less says nothing
POOLED = 200_000  # values of a channel looked at together


def cards(context: Context) -> Callable[[int], Item]:
    """Makes a card of a row's number; a channel has the same frame on all cards."""
    rows = context.sample(context.train_rows, SAMPLE, "series")
    known = _series(context, rows)
    frames = [_frame(values) for values in _pooled(known)]
    longest = int(_examples(context).lengths.max())
    has_gaps = any(np.isnan(one).any() for one in known.values)

    def card(row: int) -> Item:
        series = _examples(context)[row]
        attributes: dict[str, Any] = {"row": row, "steps": len(series)}
        if has_gaps:
            attributes["missing"] = round(float(np.isnan(series).mean()), 3)
        for number, name in enumerate(known.channels[:CHANNELS]):
            own = series[:, number][~np.isnan(series[:, number])]
            of = f" of {name}" if len(known.channels) > 1 else ""
            attributes[f"level{of}"] = _short(own.mean()) if len(own) else None
            attributes[f"spread{of}"] = _short(own.std()) if len(own) else None
        return Item(
            label=label_of(context, row),
            curves=_curves(series, known.channels, frames, longest),
            caption=str(context.dataset.where[row]),
            attributes=attributes,
        )

    return card


def coincidences(context: Context) -> int:
    """Series that are equal by chance: none."""
    return 0


def _examples(context: Context) -> SeriesExamples:
    examples = context.dataset.examples
    assert isinstance(examples, SeriesExamples)
    return examples


def _series(context: Context, rows: np.ndarray) -> SeriesExamples:
    return _examples(context).take(rows)


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _pooled(series: SeriesExamples) -> list[np.ndarray]:
    """Of every channel its measured values, at most POOLED of them."""
    together = np.concatenate(list(series.values))
    together = together[:: -(-len(together) // POOLED)]
    return [column[~np.isnan(column)].astype("float64") for column in together.T]


def _frame(values: np.ndarray) -> tuple[float, float]:
    if not len(values):
        return 0.0, 1.0
    low, high = (float(end) for end in np.quantile(values, [EDGE, 1 - EDGE]))
    lowest, highest = float(values.min()), float(values.max())
    if highest - lowest <= SQUEEZED * (high - low):
        low, high = lowest, highest
    margin = 0.04 * (high - low) or 0.5 * abs(high) or 1.0
    return _short(low - margin), _short(high + margin)


def _curves(
    series: np.ndarray, channels: tuple[str, ...], frames: list[tuple[float, float]], longest: int
) -> tuple[Curve, ...]:
    small = resampled(series, min(FINEST, POINTS // min(len(channels), CHANNELS)))
    return tuple(
        Curve(
            name=name,
            y=tuple(None if np.isnan(value) else _short(value) for value in small[:, number]),
            low=frames[number][0],
            high=frames[number][1],
            share=round(len(series) / longest, 3),
        )
        for number, name in enumerate(channels[:CHANNELS])
    )


def distributions(context: Context) -> tuple[tuple[Block, ...], list[str], str]:
    """Length, level, scale, spectrum and gaps of every channel, and values that look coded."""
    series = _series(context, context.sample(context.train_rows, SAMPLE, "series"))
    lengths = series.lengths
    blocks: list[Block] = [_table(series)]
    spectra = mean_spectra(series)
    if len(spectra):
        blocks.append(_spectrum(series, spectra))
    if len(np.unique(lengths)) > 1:
        blocks.append(histogram("Length", lengths.astype("float64"), "steps"))
    for number, name in enumerate(series.channels[:CHANNELS]):
        own = [values[~np.isnan(values)] for one in series.values if len(values := one[:, number])]
        measured = [values for values in own if len(values)]
        if measured:
            level = np.array([values.mean(dtype="float64") for values in measured])
            spread = np.array([values.std(dtype="float64") for values in measured])
            blocks.append(histogram(f"{name}: level", level, f"mean of {name} over a series"))
            blocks.append(histogram(f"{name}: scale", spread, f"standard deviation of {name} over a series"))
    odd = []
    for name, values in zip(series.channels, _pooled(series), strict=True):
        code = coded_missing(values)
        if code is not None:
            part, value = share(float((values == code).mean())), context.private(f"at {code:g}")
            odd.append(f"channel {name!r} has {part} of its values {value}, far from the rest")  # fmt: skip
    return tuple(blocks), odd, _words(series)


def _words(series: SeriesExamples) -> str:
    lengths = series.lengths
    shortest, longest = int(lengths.min()), int(lengths.max())
    steps = f"{count(longest, 'step')} each" if shortest == longest else f"{shortest:,} to {longest:,} steps"
    n_missing = sum(int(np.isnan(one).sum()) for one in series.values)
    n_values = int(lengths.sum()) * len(series.channels)
    gaps = f"{share(n_missing / n_values)} of the values are missing" if n_missing else "no value is missing"
    return f"{count(len(series.channels), 'channel')}, {steps}, none with an odd spike; {gaps}."


def _table(series: SeriesExamples) -> Table:
    rows: list[tuple[Any, ...]] = []
    together = np.concatenate(list(series.values))
    for number, name in enumerate(series.channels):
        missing = np.isnan(together[:, number])
        known = together[~missing, number]
        quarters = [amount(float(q)) for q in np.quantile(known, [0, 0.25, 0.5, 0.75, 1])] if len(known) else ["–"] * 5
        gap = max((longest_run(np.isnan(one[:, number])) for one in series.values), default=0) if missing.any() else 0
        rows.append((name, float(missing.mean()), gap, *quarters))
    return Table(
        title="Channels",
        caption="Training rows, all steps together.",
        columns=(
            Column(name="channel"), Column(name="missing", format="share"),
            Column(name="longest gap", unit="steps", format="count"), Column(name="lowest", private=True),
            Column(name="lower quarter"), Column(name="median"), Column(name="upper quarter"),
            Column(name="highest", private=True),
        ),
        rows=tuple(rows),
    )  # fmt: skip


def mean_spectra(series: SeriesExamples) -> np.ndarray:
    """(channels, frequencies) mean share of a series' power at each frequency from 0 to half a cycle a step.

    Gaps are bridged by straight lines, levels taken off. Empty where no series is long enough.
    """
    wanted = np.linspace(0, 0.5, FREQUENCIES)
    total, n = np.zeros((len(series.channels), FREQUENCIES)), 0
    for one in series.values:
        if len(one) < FEWEST_STEPS:
            continue
        n += 1
        for number in range(len(series.channels)):
            known = np.flatnonzero(~np.isnan(one[:, number]))
            if len(known) < FEWEST_STEPS:
                continue
            bridged = np.interp(np.arange(len(one)), known, one[known, number])
            power = np.abs(np.fft.rfft(bridged - bridged.mean())) ** 2
            mine = np.histogram(np.fft.rfftfreq(len(one)), _edges(wanted), weights=power)[0]
            total[number] += mine / (mine.sum() or 1.0)
    return total / n if n else np.empty((0, FREQUENCIES))


def _edges(centres: np.ndarray) -> np.ndarray:
    middles = (centres[1:] + centres[:-1]) / 2
    return np.concatenate([[-1.0], middles, [1.0]])


def _spectrum(series: SeriesExamples, spectra: np.ndarray) -> Lines:
    frequency = tuple(float(one) for one in np.linspace(0, 0.5, FREQUENCIES))
    lines = tuple(
        Line(name=name, x=frequency, y=tuple(map(float, spectra[number])))
        for number, name in enumerate(series.channels[:CHANNELS])
    )
    return Lines(
        title="Spectrum",
        caption="Share of a series' power at each frequency, mean over series; 0.1 is a cycle every ten steps.",
        lines=lines,
        x_label="cycles a step",
        y_label="share of the power",
    )


def odd(context: Context) -> list[Odd]:
    """Training series and channels that can be read but stand out."""
    rows = context.sample(context.train_rows, SAMPLE, "series")
    series = _series(context, rows)
    where = context.dataset.where
    found = [Odd(f"channel {series.channels[number]!r}", what) for number, what in odd_channels(series)]
    found += [Odd("all series", note.rstrip("."), "D03") for note in context.dataset.notes if "infinite" in note]
    return found + [Odd(context.private(where[rows[i]]), what) for i, what in odd_series(series)]


def transformed(prepared: Prepared, tensors: dict[str, np.ndarray], strength: float, seed: int) -> dict[str, Any]:
    """Series as the augmentation of a strength makes them: it works on standardised channels."""
    from wizard.core.backend import tf
    from wizard.models.series_layers import varied

    assert isinstance(prepared.form, SeriesForm)
    standardised = tf.constant((tensors["series"] - prepared.channel_mean) / prepared.channel_std)
    seeds = tf.constant([seed, 0], "int32")
    after = np.asarray(varied(standardised, tf.constant(strength), seeds, prepared.form.n_measured))
    return {"series": after * prepared.channel_std + prepared.channel_mean}


def shown(context: Context, prepared: Prepared, tensors: dict[str, np.ndarray], i: int) -> dict[str, Any]:
    """A series as the network gets it, for a gallery."""
    form = prepared.form
    assert isinstance(form, SeriesForm)
    n = form.n_measured
    values = prepared.tensors["series"][prepared.train][:, :, :n].reshape(-1, n)
    frames = [_frame(column.astype("float64")) for column in values[:: -(-len(values) // POOLED)].T]
    series = tensors["series"][i][:, :n]
    return {"curves": _curves(series, form.channels[:n], frames, len(series))}
