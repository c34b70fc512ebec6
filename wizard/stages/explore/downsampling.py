"""How small inputs may become before labels can no longer be told (Karpathy's fourth question)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wizard.core.blocks import Block, Column, Line, Lines, Reference, Table
from wizard.core.finding import Cause
from wizard.core.registry import load
from wizard.stages.context import Context
from wizard.stages.fewer_rows import fewer_rows, signal
from wizard.stages.probing import Sample, beyond_chance, gain, guess, probe_sample, score
from wizard.stages.rung import Rung
from wizard.stages.step import Outcome, noted, step, warned
from wizard.stages.words import count, listed, share
from wizard.training.compare import Interval

if TYPE_CHECKING:
    from wizard.stages.reductions.text import Truncation

REDUCTIONS = "wizard.stages.reductions"  # a file a modality
ROWS = 1_500  # a probe for every size on as many takes a second or two
UNSURE = 0.10  # of what guessing misses: a noise band that reaches further down cannot show that nothing is lost
LESS_SURE = 0.05  # of a guess's squared error: trees that see two columns only are that much less sure
FEW = 200  # rows: with fewer, every noise band is wider than what half of the rows cost
MATTERS = 0.02  # of what guessing misses: a smaller loss is inside the band of most data, and no one would trade for it


@dataclass(frozen=True)
class Judged:
    """A size of the inputs, and what it gains over the full one.

    Attributes:
        rung: The size.
        score: In the deciding metric.
        gain: In the deciding metric, against the full size.
        worth: The same as a share of what guessing misses.
        certainty: The same of squared errors, which also see answers that only became less sure.
    """

    rung: Rung
    score: Interval
    gain: Interval
    worth: Interval
    certainty: float

    @property
    def is_as_good(self) -> bool:
        """Whether it is inside the full one's noise band, no more than a little below it, and the band says so."""
        is_small = self.worth.value >= -MATTERS and self.certainty >= -LESS_SURE
        return self.gain.high >= 0 and is_small and self.worth.low >= -UNSURE


@step()
def downsampling(context: Context) -> Outcome:
    """The input is as small as its labels allow.

    Small inputs train faster and overfit less. Where a cheap probe tells as much from a quarter of the pixels, words
    or steps, so can a network; where it does not, detail matters, and shrinking the inputs would throw the answer away.
    """
    sample = few_rows(context)
    look = load(REDUCTIONS, context.dataset.modality)
    rungs = look.rungs(context, sample)
    judged = [_judged(context, sample, rung, rungs[0]) for rung in rungs]
    blocks: tuple[Block, ...] = (_figure(context, judged, look.WHAT), _table(context, judged), _rows_table(context))
    if not beyond_chance(context, rungs[0].predictions, sample).is_beyond_chance:
        return noted(
            "From inputs of the full size a cheap probe tells the labels no better than chance, so it cannot say how "
            "small they may be.",
            blocks=blocks,
        )
    smallest = _smallest(judged)
    numbers = {
        "measured": smallest.score.value, "expected": judged[0].score.value, "interval": smallest.score.ends,
        "unit": context.metric.label,
        "decides": {"smallest_input": smallest.rung.setting or None, "spare": smallest.rung.left_out},
    }  # fmt: skip
    words = f"{_sizes(context, judged, smallest)} {_rows(context)}"
    cut = look.truncation(context, sample) if hasattr(look, "truncation") else None
    if cut is None:
        return noted(words, blocks=blocks, advice=_advice(smallest, judged), **numbers)
    lost = gain(context, cut.whole, cut.cut, sample)
    blocks = (*blocks, _cut_table(context, sample, cut, lost))
    told = f"{share(cut.text_share)} of the texts are longer than the {cut.kept} tokens that networks get by default"
    if lost.low > 0 and worth_of(context, lost, sample).value > MATTERS:
        return warned(
            f"{told}, and what is cut off tells of the labels: {_words(context, cut.whole, sample)} from whole texts, "
            f"{_words(context, cut.cut, sample)} from their first {cut.kept} tokens. {words}",
            causes=(
                Cause(fault="P08", sentence=f"Texts are cut after {cut.kept} tokens, before what tells the label."),
            ),
            advice="Let the networks read more of each text, or put what tells the label first.",
            blocks=blocks,
            **numbers,
        )
    return noted(f"{words} {told}; a cheap probe misses nothing there.", blocks=blocks, **numbers)


def few_rows(context: Context) -> Sample:
    """At most `ROWS` rows of the probes' sample, for questions that are asked of many views."""
    sample = probe_sample(context)
    if len(sample) <= ROWS:
        return sample
    return sample.only(np.sort(context.random("few rows").permutation(len(sample))[:ROWS]))


def _judged(context: Context, sample: Sample, rung: Rung, full: Rung) -> Judged:
    own = score(context, rung.predictions, sample)
    cost = Interval(0.0, 0.0, 0.0) if rung is full else gain(context, rung.predictions, full.predictions, sample)
    own = Interval(own.value, min(own.low, own.value), max(own.high, own.value))
    sure = [squared_error(context, one, sample) for one in (rung.predictions, full.predictions, guess(context, sample))]
    certainty = (sure[1] - sure[0]) / sure[2] if sure[2] else 0.0
    return Judged(rung, own, cost, worth_of(context, cost, sample), certainty)


def squared_error(context: Context, predictions: np.ndarray, sample: Sample) -> float:
    """Mean squared error of probabilities (Brier's score) or of standardised targets."""
    y = np.eye(context.task.n_outputs)[sample.y] if context.task.is_exclusive else sample.y.reshape(len(sample), -1)
    spread = np.ones(y.shape[1]) if context.task.is_classification else np.maximum(y.std(0), 1e-300)
    return float(np.average((((predictions.reshape(y.shape) - y) / spread) ** 2).sum(1), weights=sample.weight))


def worth_of(context: Context, cost: Interval, sample: Sample) -> Interval:
    """A gain in the deciding metric as a share of what guessing misses."""
    floor = context.metric.score(sample.y, guess(context, sample), sample.weight)
    missed = abs((1.0 if context.metric.is_higher_better else 0.0) - floor)
    return Interval(*(end / missed if missed else 0.0 for end in (cost.value, *cost.ends)))


def _smallest(judged: list[Judged]) -> Judged:
    """The smallest that is as good as the full one: each is made of every larger one, which cannot tell less."""
    return [judged[0], *(one for one in judged[1:] if one.is_as_good)][-1]


def _sizes(context: Context, judged: list[Judged], smallest: Judged) -> str:
    full, words = judged[0], context.metric.words
    label = context.metric.label
    if len(judged) == 1:
        return f"Inputs of {full.rung.label} are as small as can be."
    if smallest is full:
        is_worse = judged[1].gain.high < 0
        return (
            f"{'Smaller inputs tell less' if is_worse else 'Smaller inputs may tell less'}: {label} is "
            f"{words(full.score.value)} with {full.rung.label}, and {words(judged[1].score.value)} with "
            f"{judged[1].rung.label}{'' if is_worse else ', which so few rows cannot tell from a loss'}."
        )
    is_better = smallest.gain.low > 0
    text = (
        f"{_capital(smallest.rung.label)} tell {'more than' if is_better else 'as much as'} {full.rung.label}: {label} "
        f"is {words(smallest.score.value)} against {words(full.score.value)}"
        f"{'.' if is_better else ', inside the noise band.'}"
    )
    worse = judged.index(smallest) + 1
    if worse < len(judged):
        text += f" With {judged[worse].rung.label} it is {words(judged[worse].score.value)}."
    return text


def _rows(context: Context) -> str:
    """What fewer rows cost, in a sentence."""
    curve, metric = fewer_rows(context), context.metric
    if not signal(context).is_there or len(curve) < 2 or len(probe_sample(context)) < FEW:
        return "Too few rows to say what fewer of them would cost."
    full, fewest = curve[-1], curve[-1]
    for one in reversed(curve[:-1]):
        cost = gain(context, one.predictions, full.predictions)
        worth = worth_of(context, cost, probe_sample(context))
        if cost.high < 0 or worth.value < -MATTERS or worth.low < -UNSURE:
            break
        fewest = one
    if fewest is not full:
        return f"{count(fewest.n_rows, 'row')} teach the probe as much as {full.n_rows:,}, inside the noise band."
    half = curve[-2]
    sample = probe_sample(context)
    scores = [metric.words(metric.score(sample.y, one.predictions, sample.weight)) for one in (half, full)]
    return f"Rows still count: {scores[0]} from {count(half.n_rows, 'row')}, {scores[1]} from {full.n_rows:,}."


def _advice(smallest: Judged, judged: list[Judged]) -> str:
    if smallest is judged[0]:
        return ""
    if smallest.rung.left_out:
        return f"A network may do without these columns: {listed([repr(name) for name in smallest.rung.left_out], 5)}."
    return "Start with the smaller input: it trains faster; regularize tries it against the full one."


def _figure(context: Context, judged: list[Judged], what: str) -> Block:
    shown = judged[::-1]
    line = Line(
        name="probe",
        x=tuple(one.rung.share for one in shown),
        y=tuple(one.score.value for one in shown),
        low=tuple(one.score.low for one in shown),
        high=tuple(one.score.high for one in shown),
    )
    return Lines(
        title=f"Smaller inputs: {what}",
        caption="A cheap probe's score on rows that it did not see; bands are 95% intervals over rows.",
        lines=(line,),
        x_label=f"share of the full {what}",
        y_label=context.metric.label,
        log_x=True,
        references=(Reference(value=judged[0].score.value, label="full size"),),
    )


def _table(context: Context, judged: list[Judged]) -> Table:
    value = context.metric.column_format
    has_columns = any(one.rung.left_out for one in judged)
    columns = [Column(name="inputs"), Column(name=context.metric.label, format=value),
               Column(name="gain against full", format=value), Column(name="from", format=value),
               Column(name="to", format=value)]  # fmt: skip
    rows: list[tuple[str | float, ...]] = [
        (one.rung.label, one.score.value, one.gain.value, one.gain.low, one.gain.high) for one in judged
    ]
    if has_columns:
        columns.append(Column(name="goes without"))
        rows = [(*row, ", ".join(one.rung.left_out)) for row, one in zip(rows, judged, strict=True)]
    caption = "Paired over the same rows; an interval that holds 0 is inside the noise band."
    return Table(title="Cost of smaller inputs", caption=caption, columns=tuple(columns), rows=tuple(rows))


def _rows_table(context: Context) -> Table:
    value, curve = context.metric.column_format, fewer_rows(context)
    rows = []
    for one in curve[::-1]:
        own, cost = score(context, one.predictions), gain(context, one.predictions, curve[-1].predictions)
        rows.append(
            (one.n_rows, own.value, *((cost.value, cost.low, cost.high) if one is not curve[-1] else (0, 0, 0)))
        )
    return Table(
        title="Cost of fewer rows",
        columns=(Column(name="rows", format="count"), Column(name=context.metric.label, format=value),
                 Column(name="gain against all", format=value), Column(name="from", format=value),
                 Column(name="to", format=value)),
        rows=tuple(rows),
    )  # fmt: skip


def _cut_table(context: Context, sample: Sample, cut: Truncation, lost: Interval) -> Table:
    value = context.metric.column_format
    rows = [
        (name, (own := score(context, predictions, sample)).value, own.low, own.high)
        for name, predictions in (("whole texts", cut.whole), (f"first {cut.kept} tokens", cut.cut))
    ]
    text_share, token_share = share(cut.text_share), share(cut.token_share)
    return Table(
        title="What the default preprocessing cuts off",
        caption=f"{text_share} of the texts are cut, {token_share} of all tokens. Whole texts gain "
        f"{lost.value:.3g} ({lost.low:.3g} to {lost.high:.3g}).",
        columns=(Column(name="read"), Column(name=context.metric.label, format=value),
                 Column(name="from", format=value), Column(name="to", format=value)),
        rows=tuple(rows),
    )  # fmt: skip


def _words(context: Context, predictions: np.ndarray, sample: Sample) -> str:
    metric = context.metric
    return f"{metric.label} {metric.words(metric.score(sample.y, predictions, sample.weight))}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
