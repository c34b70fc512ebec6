"""Series: brought to one length, gaps filled and marked; level and scale stay, the network standardises channels."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.config import HpValue
from wizard.core.keys import content_key
from wizard.data.dataset import Dataset, Examples
from wizard.data.evened import Even, even_of
from wizard.data.form import MEASURED, SeriesForm
from wizard.data.series import SeriesExamples

LONGEST = 512  # steps: on more a CPU takes seconds a step; explore's downsampling may ask for less or more
BATCH = 1024  # series encoded at a time
CAN_GO = ("level", "amplitude")  # what the setting "even" may take out


class SeriesPreparation:
    """Raw series -> tensor "series" (n, t, c) float32. Fitted: the length, the channels' means, whether there are gaps.

    Shorter series are padded, longer ones cut; where they are longer than 512 steps, or a "length" is asked for, steps
    are averaged in blocks.
    """

    def __init__(
        self,
        channels: tuple[str, ...],
        length: int,
        block: int,
        means: list[float],
        marks_gaps: bool,
        even: Even | None = None,
    ) -> None:
        """Holds what was fitted; see `fit`."""
        self.even = even
        self.channels, self.block, self.means, self.marks_gaps = channels, block, means, marks_gaps
        self.form = SeriesForm(length=length, channels=channels + (MEASURED,) * marks_gaps)
        self._layer: Any = None

    @classmethod
    def fit(cls, dataset: Dataset, rows: np.ndarray, settings: dict[str, HpValue]) -> SeriesPreparation:
        """Takes the longest training series as the length, unless `settings` give "length"; see `evened` as well."""
        examples: Any = dataset.examples.take(rows)
        lengths = examples.lengths
        longest = int(lengths.max())
        n_channels = len(examples.channels)
        total, n_known, n_missing = np.zeros(n_channels), np.zeros(n_channels), 0
        for series in examples.values:
            is_known = np.isfinite(series)
            total += np.where(is_known, series, 0).sum(0, dtype="float64")
            n_known += is_known.sum(0)
            n_missing += int((~is_known).sum())
        means = np.divide(total, n_known, out=np.zeros(n_channels), where=n_known > 0)
        wanted = settings.get("length")
        block = max(1, -(-longest // int(wanted or LONGEST)))
        length = int(wanted or -(-longest // block))
        marks_gaps = bool(n_missing or len(np.unique(lengths)) > 1)
        even = even_of(dataset, rows, settings, (0,), CAN_GO)
        if even is not None and "level" in even.out:
            means = np.array(even.level)
        return cls(examples.channels, length, block, means.astype("float32").tolist(), marks_gaps, even)

    @property
    def key(self) -> str:
        """Content key of what was fitted."""
        return content_key("series", self.form, self.block, self.means, *(self.even.parts if self.even else ()))

    def encode(self, examples: Examples) -> dict[str, np.ndarray]:
        """Raw series to {"series": (n, t, c)}."""
        encoded = np.empty((len(examples), self.form.length, len(self.form.channels)), "float32")
        for positions, batch in self.raw_batch(examples):
            for start in range(0, len(positions), BATCH):
                block = slice(start, start + BATCH)
                encoded[positions[block]] = np.asarray(self._fit_steps()(self._evened(batch["series"][block])))
        return {"series": encoded}

    def raw_inputs(self) -> dict[str, Any]:
        """Symbolic raw inputs of a predictor: {"series": (b, any length, c)}, NaN where nothing was measured."""
        from wizard.core.backend import keras

        return {"series": keras.Input((None, len(self.channels)), name="series")}

    def apply(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Symbolic raw inputs to the network's symbolic inputs."""
        return {"series": self._fit_steps()(self._evened(raw["series"]))}

    def raw_batch(self, examples: Examples) -> list[tuple[np.ndarray, dict[str, np.ndarray]]]:
        """Raw examples as predictor inputs: (positions, batch) pairs, one batch a length."""
        lengths = SeriesExamples.of(examples).lengths
        by_length = [np.flatnonzero(lengths == length) for length in np.unique(lengths)]
        return [(rows, {"series": np.stack([examples[int(i)] for i in rows])}) for rows in by_length]

    def describe(self) -> dict[str, Any]:
        """What is done to the series, for pages."""
        averaged = f"means of {self.block} steps" if self.block > 1 else "all steps"
        return {
            "length": f"{self.form.length} steps, {averaged}",
            "shorter, longer": "padded with the channels' means, cut",
            "gaps": "the last value before, else the channel's mean"
            if self.marks_gaps
            else "none in the training rows",
            "channels": len(self.form.channels),
            **({"course": self.even.words} if self.even else {}),
        }

    def _evened(self, series: Any) -> Any:
        if self.even is None:
            return series
        from wizard.core.backend import keras  # noqa: F401  loads Keras quietly before its layers
        from wizard.data.even_layers import EvenCourse

        even = self.even
        return EvenCourse(list(even.out), list(even.level), list(even.spread), name="even_course")(series)

    def _fit_steps(self) -> Any:
        from wizard.core.backend import keras  # noqa: F401  loads Keras quietly before its layers
        from wizard.data.series_layers import FitSteps

        if self._layer is None:
            self._layer = FitSteps(self.form.length, self.block, self.means, self.marks_gaps, name="fit_steps")
        return self._layer


def in_words(dataset: Dataset) -> str:
    """What the examples are."""
    examples: Any = dataset.examples
    shortest, longest = int(examples.lengths.min()), int(examples.lengths.max())
    steps = f"{longest:,} steps" if shortest == longest else f"{shortest:,} to {longest:,} steps"
    n = len(examples.channels)
    return f"series of {steps}, {n} channel{'s' * (n > 1)}"


def usage(preparation: SeriesPreparation) -> str:
    """What a predictor takes."""
    channels = [name for name in preparation.form.channels if name != MEASURED]
    return (
        f'{{"series": series}}, a float32 array (n, steps, {len(channels)}) of series of one length a call, NaN where '
        f"nothing was measured; channels: {', '.join(channels)}"
    )


PREPARATION = SeriesPreparation
