"""Why the test set says something else than the rows that decided, in numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wizard.core.blocks import Column, Table
from wizard.stages.context import Context
from wizard.stages.ensemble.final import refitted
from wizard.stages.ensemble.members import SELECTED
from wizard.stages.explore.drift import FEWEST, compared_sets
from wizard.stages.words import listed
from wizard.training.compare import Interval, Z

DRIFT_SECONDS = 8.0  # two passes over 3,000 rows with five forests, measured on a busy machine
LARGE = 0.6  # area under the curve that is surely exceeded where sets differ, as in explore


@dataclass(frozen=True)
class Explained:
    """The difference of two scores, and what explains it.

    Attributes:
        difference: Test towards better, against validation; its interval is that of drawing both sets of rows.
        optimism: How much better members look on the rows that chose them, which the score on validation does not
            hold; 0 where nothing was chosen.
        drift: Area under the curve of a probe that tells test rows from training rows; None where not measured.
        reasons: In words, those that hold.
    """

    difference: Interval
    optimism: float
    drift: Interval | None
    reasons: tuple[str, ...]

    @property
    def is_noise(self) -> bool:
        """Whether drawing other rows explains it."""
        return self.difference.low <= 0 <= self.difference.high

    def sentence(self, context: Context) -> str:
        """In one sentence."""
        amount = context.metric.words(abs(self.difference.value))
        side = "better" if self.difference.value > 0 else "worse"
        if self.difference.value == 0:
            return "The test set is exactly as good as validation."
        if self.is_noise:
            return f"The test set is {amount} {side} than validation, which drawing other rows explains."
        why = listed(self.reasons) or "what was measured does not explain it"
        return f"The test set is {amount} {side} than validation, beyond what drawing other rows explains: {why}."


def explain(context: Context, test: Interval, validation: Interval) -> Explained:
    """Compares the ensemble's scores on test rows and on rows that decided."""
    metric = context.metric
    value = metric.gain(test.value, validation.value)
    known, sealed = (interval.high - interval.low for interval in (validation, test))
    alike = known * np.sqrt(
        _n_units(context, context.deciding_rows) / _n_units(context, context.split.test)
    )  # a perfect score has no spread
    error = float(np.hypot(max(sealed, alike), known)) / (2 * Z)
    difference = Interval(value, value - Z * error, value + Z * error)
    selection = context.shared.get(SELECTED)
    several = len(context.decided("members")) > 1
    optimism = max(float(selection.optimism), 0.0) if selection is not None and several else 0.0
    drift = _drift(context)
    reasons = []
    if drift is not None and drift.low > LARGE:
        reasons.append(f"a probe tells test rows from training rows by their inputs (AUC {drift.value:.2f})")
    if value > 0 and refitted(context):
        reasons.append("the networks that are handed over learnt from all known rows, the judged ones from fewer")
    return Explained(difference, optimism, drift, tuple(reasons))


def _n_units(context: Context, rows: np.ndarray) -> int:
    return len(np.unique(context.units(rows)))


def _drift(context: Context) -> Interval | None:
    if min(len(context.split.test), len(context.train_rows)) < FEWEST:
        return None
    if not context.pacing.allows("test_once: whether test inputs differ", context.pace * DRIFT_SECONDS):
        return None
    found = compared_sets(context, "test", context.split.test)
    return Interval(found.area, found.low, found.high)


def table_of(context: Context, explained: Explained) -> Table:
    """The numbers, one reason a line."""
    metric = context.metric
    lines = [
        ("test against validation, towards better", _signed(context, explained.difference.value)),
        ("its 95% interval, from drawing other rows", f"{_signed(context, explained.difference.low)} to "
         f"{_signed(context, explained.difference.high)}"),
        ("how choosing members flatters the rows it is done on, left out of validation's score",
         metric.words(explained.optimism)),
    ]  # fmt: skip
    if explained.drift is not None:
        one = explained.drift
        lines.append(("test inputs told from training inputs (AUC, 0.5 is chance)",
                      f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})"))  # fmt: skip
    return Table(
        title="Why test and validation differ",
        columns=(Column(name="what"), Column(name="how much")),
        rows=tuple(lines),
    )


def _signed(context: Context, value: float) -> str:
    words = context.metric.words(abs(value))
    return f"{'−' if value < 0 else '+'}{words}"
