"""What a probe reaches from parts alone, from their order, and from their places: asked once, read by two steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wizard.core.blocks import Bars, Block
from wizard.core.registry import load
from wizard.stages.context import Context
from wizard.stages.probing import ProbeName, Sample, beyond_chance, gain, out_of_fold, probe_sample, score, skill
from wizard.training.compare import Interval

PARTS = "wizard.stages.parts"  # a file a modality; tables have none
MOST_ROWS = 2_000  # of the probes' sample: cutting is dearer than looking, and a point of accuracy is enough here
WORTH = 0.03  # of what guessing misses: a smaller gain is worth no other architecture
Z_TOGETHER = 2.24 / 1.96  # of two comparisons, in widths of one


@dataclass(frozen=True)
class View:
    """What a probe reaches from one view.

    Attributes:
        name: In words.
        predictions: Out of fold.
        reached: The deciding metric with its interval.
        skill: Share of what guessing misses.
    """

    name: str
    predictions: np.ndarray
    reached: Interval
    skill: float


@dataclass(frozen=True)
class Comparison:
    """One view against another that holds more.

    Attributes:
        gain: How much better the larger view is, in the deciding metric, widened for the number of comparisons.
        share: The same as a share of what guessing misses.
        needs_more: Whether the larger view is better beyond the noise band, by an amount that is worth it.
        suffices: Whether the smaller view is as good: any gain worth having is ruled out.
    """

    gain: Interval
    share: float
    needs_more: bool
    suffices: bool


def compare(context: Context, less: View, more: View, sample: Sample) -> Comparison:
    """Compares two views on the same rows, paired."""
    raw = gain(context, more.predictions, less.predictions, sample)
    width = (raw.high - raw.low) / 2 * Z_TOGETHER
    band = Interval(raw.value, raw.value - width, raw.value + width)
    share = more.skill - less.skill
    unit = abs(share / raw.value) if raw.value else 1.0  # skill a unit of the metric
    return Comparison(
        band, share, needs_more=bool(band.low > 0 and share > WORTH), suffices=bool(band.high * unit <= 2 * WORTH)
    )


def seen(context: Context, name: str, x: np.ndarray, sample: Sample, probe: ProbeName = "linear") -> View:
    """Asks a probe with one view."""
    predictions = out_of_fold(context, x, probe, sample)
    return View(name, predictions, score(context, predictions, sample), skill(context, predictions, sample))


def part_sample(context: Context) -> Sample:
    """The rows that are cut into parts."""
    sample = probe_sample(context)
    if len(sample) <= MOST_ROWS:
        return sample
    return sample.only(np.sort(context.random("rows in parts").permutation(len(sample))[:MOST_ROWS]))


@dataclass(frozen=True)
class PartViews:
    """What a probe reaches from parts alone, with their places, and with larger parts and what comes first."""

    alone: View
    placed: View
    ordered: View


def part_views(context: Context) -> PartViews:
    """Asks the probe with each of the views, once for all steps."""

    def ask() -> PartViews:
        sample = part_sample(context)
        cut = load(PARTS, context.dataset.modality).parts(context, sample.rows)
        bag = cut.bag()
        return PartViews(
            seen(context, "parts, wherever they are", bag, sample),
            seen(context, "parts and their places", np.concatenate([bag, cut.place()], axis=1), sample),
            seen(context, "parts and their order", np.concatenate([bag, cut.wider(), cut.order()], axis=1), sample),
        )

    views: PartViews = context.once("views in parts", ask)
    return views


def tells_anything(context: Context, views: tuple[View, ...], sample: Sample) -> bool:
    """Whether any view beats chance."""
    return any(beyond_chance(context, view.predictions, sample).is_beyond_chance for view in views)


def bars_of(context: Context, views: tuple[View, ...]) -> tuple[Block, ...]:
    """The figure of what a probe reaches from each view."""
    return (
        Bars(
            title="What a probe reaches from",
            caption="The same probe on rows that it did not see, with 95% intervals.",
            labels=tuple(view.name for view in views),
            values=tuple(view.reached.value for view in views),
            intervals=tuple(view.reached.ends for view in views),
            value_label=context.metric.label,
        ),
    )
