"""What varies in the inputs without telling of the label, and what should be done about it (the third question).

Calibrated on the sample data and 24 public sets, among them Fashion-MNIST, MNIST, sign digits, TrashNet, Omniglot,
coloured digits (whose colour is a known shortcut), SMS spam, Banking77, Adult census, mammography and BasicMotions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from wizard.core.blocks import Block, Column, Table, Text
from wizard.core.finding import Cause
from wizard.core.registry import load
from wizard.stages.context import Context
from wizard.stages.explore.downsampling import few_rows
from wizard.stages.nuisance import Nuisance
from wizard.stages.probing import Sample, beyond_chance, gain, out_of_fold, skill
from wizard.stages.step import Outcome, noted, passed, step
from wizard.stages.words import count, listed, share
from wizard.training.compare import Association, Interval

NUISANCES = "wizard.stages.nuisances"  # a file a modality
TELLS = 0.10  # of what guessing misses, told by the nuisance alone: less is next to nothing
HALF = 0.5  # of what whole examples tell: a nuisance that tells as much alone may be what a network learns
MOST = 0.75  # the same for place, size and turn, which follow from the shape of what is shown: clean clothes have 0.6
FAMILY = 1.35  # times the 95% noise band: half a dozen nuisances are tried at once (Bonferroni: 2.64 for 1.96 errors)
MATTERS = 0.02  # of what guessing misses: a gain or loss below it is not worth a step of preprocessing
LOSS = 0.05  # of what guessing misses: on few rows a loss this large is no longer the luck of the folds
LARGE = "Varies a lot and tells little of the label"
BINS, CROSSED = 12, 5  # equally filled bins of each value, and of two together: as a tree of depth 3 or 4 cuts them


@dataclass(frozen=True)
class Judged:
    """A nuisance, what it tells of the label, and what taking it out gains.

    Attributes:
        nuisance: As measured.
        skill: Of a probe that sees nothing but the nuisance.
        chance: Whether that is beyond permuted labels.
        gain: Of taking it out, in the deciding metric.
        worth: The same as a share of what guessing misses.
        whole: Best skill of the probes that see whole examples, with any one nuisance taken out or none.
    """

    nuisance: Nuisance
    skill: float
    chance: Association
    gain: Interval
    worth: float
    whole: float

    @property
    def tells(self) -> bool:
        """Whether it tells of the label by itself, more than next to nothing."""
        return not self.nuisance.is_kept and self.chance.is_beyond_chance and self.skill >= TELLS

    @property
    def is_shortcut(self) -> bool:
        """Whether it alone tells so much of what whole examples tell that a network may learn little else."""
        return self.tells and self.skill >= (HALF if self.nuisance.is_simple else MOST) * self.whole

    @property
    def is_large(self) -> bool:
        """Whether it varies a lot."""
        return self.nuisance.varies >= self.nuisance.a_lot

    @property
    def helps(self) -> bool:
        """Whether taking it out gains beyond the noise band."""
        allowed = FAMILY * (self.gain.value - self.gain.low)
        return self.gain.value > allowed and self.worth >= MATTERS

    @property
    def hurts(self) -> bool:
        """Whether taking it out may lose."""
        return self.gain.high < 0 or self.worth < -LOSS

    @property
    def is_normalised(self) -> bool:
        """Whether it is to be taken out: that gains, or it is large, plain to take out, and nothing is lost."""
        is_free = self.is_large and self.nuisance.is_simple and not self.tells and not self.hurts
        return not self.is_shortcut and (self.helps or is_free)

    @property
    def is_varied(self) -> bool:
        """Whether it is rather to be varied by augmentation: large, without information, but not to be taken out."""
        is_noise = not (self.nuisance.is_kept or self.tells)
        return self.is_large and is_noise and not self.is_normalised

    @property
    def verdict(self) -> str:
        """In two or three words."""
        if self.is_shortcut:
            return "shortcut candidate"
        if self.is_normalised:
            return "take out"
        if self.is_varied:
            return "vary by augmentation"
        return "leave: tells of the label" if self.tells else "leave"


@step()
def spurious_variation(context: Context) -> Outcome:
    """What varies without telling of the label is taken out or varied on purpose.

    A network must learn to ignore whatever varies and does not matter: brightness, place, units, capitals, level.
    Taking it out beforehand, or showing every variant of it, saves the examples that this would cost. What varies with
    the label is no noise: it may be a shortcut that will not hold elsewhere.
    """
    sample = few_rows(context)
    look = load(NUISANCES, context.dataset.modality)
    nuisances = look.found(context, sample.rows)
    if not nuisances:
        words = "No column holds a second unit or a tail of outliers that outweighs its other values."
        tried = f"Looked for in {count(len(sample), 'row')}; see the distributions for every column."
        return passed(words, blocks=(Text(title="Nuisances", text=tried),), decides={"normalise": (), "vary": ()})
    before = _answers(context, look, look.as_they_came(context, sample.rows), sample)
    judged = _with_best([_judged(context, look, sample, one, before) for one in nuisances])
    shortcuts = [one for one in judged if one.is_shortcut]
    normalise = tuple(one.nuisance.name for one in judged if one.is_normalised)
    vary = tuple(one.nuisance.name for one in judged if one.is_varied)
    best = max(judged, key=lambda one: one.worth)
    answer = noted if normalise or vary or shortcuts else passed
    return answer(
        " ".join((*_sentences(context, judged), *_of_shortcuts(shortcuts))),
        measured=best.gain.value,
        expected=0.0,
        interval=best.gain.ends,
        unit=f"gain in {context.metric.label} from taking out {best.nuisance.words}",
        causes=tuple(_cause(one) for one in shortcuts),
        advice=_advice(judged, shortcuts),
        blocks=(_table(context, judged),),
        decides={"normalise": normalise, "vary": vary},
    )


def _answers(context: Context, look: Any, x: np.ndarray, sample: Sample) -> np.ndarray:
    """The mean of the probes' answers: a line sees what is spread out, neighbours see what changes distances."""
    probes = look.PROBES
    return np.asarray(np.mean([out_of_fold(context, x, probe, sample) for probe in probes], axis=0))


def _judged(context: Context, look: object, sample: Sample, one: Nuisance, before: np.ndarray) -> Judged:
    alone = out_of_fold(context, binned(one.values), "linear", sample)
    after = _answers(context, look, one.features(), sample)
    return Judged(
        one,
        skill(context, alone, sample),
        beyond_chance(context, alone, sample),
        gain(context, after, before, sample),
        skill(context, after, sample) - skill(context, before, sample),
        max(skill(context, before, sample), skill(context, after, sample)),
    )


def _with_best(judged: list[Judged]) -> list[Judged]:
    """All of them beside the best that whole examples told: one nuisance may hide what the others tell."""
    best = max(one.whole for one in judged)
    return [replace(one, whole=best) for one in judged]


def binned(values: np.ndarray) -> np.ndarray:
    """(n, m) to (n, d): in which of equally filled bins each value lies, and each of the first two together."""
    parts = [_one_hot(column, BINS) for column in values.T]
    if values.shape[1] > 1:
        first, second = (_one_hot(column, CROSSED) for column in values.T[:2])
        parts.append((first[:, :, None] * second[:, None, :]).reshape(len(values), -1))
    return np.concatenate(parts, axis=1).astype("float32")


def _one_hot(column: np.ndarray, bins: int) -> np.ndarray:
    edges = np.unique(np.quantile(column, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(edges, column, "left")  # a value that many have is a bin of its own with those just below
    return np.eye(len(edges) + 1)[place]


def _sentences(context: Context, judged: list[Judged]) -> list[str]:
    """What to take out, and what to vary."""
    helping = [one for one in judged if one.is_normalised and one.helps]
    free = [one for one in judged if one.is_normalised and not one.helps]
    tails = [one for one in free if one.nuisance.is_kept]
    free = [one for one in free if not one.nuisance.is_kept]
    varied = [one for one in judged if one.is_varied]
    found = []
    if helping:
        best = max(helping, key=lambda one: one.worth)
        which = "without it" if len(helping) == 1 else f"without {best.nuisance.words}"
        whence = "it" if len(helping) == 1 else best.nuisance.words
        found.append(
            f"Taking out {_and(helping)} helps: {which} a cheap probe gains {_amount(context, best.gain.value)} "
            f"({_amount(context, best.gain.low)} to {_amount(context, best.gain.high)}), and from {whence} alone "
            f"{_told(best)} of the label can be told."
        )
    if free:
        found.append(f"{LARGE}: {_and(free)}. Taking {_it(free)} out loses nothing.")
    if tails:
        found.append(f"A few values outweigh all others: {_and(tails)}. Their ranks tell as much.")
    if varied:
        found.append(f"{LARGE}: {_and(varied)}. Taking {_it(varied)} out gains nothing, so vary {_it(varied)} later.")
    if found:
        return found
    return ["Of what varies without telling of the label, nothing varies a lot, and taking nothing out would help."]


def _of_shortcuts(shortcuts: list[Judged]) -> list[str]:
    if not shortcuts:
        return []
    told = listed([f"{one.nuisance.words} ({share(one.skill)} of what guessing misses)" for one in shortcuts], 4)
    what, each = ("a shortcut candidate", "it") if len(shortcuts) == 1 else ("shortcut candidates", "each")
    return [f"Not noise but {what}, as the label can be told from {each} alone: {told}."]


def _cause(one: Judged) -> Cause:
    return Cause(
        fault="D14",
        sentence=f"The label goes with {one.nuisance.words}: either that is part of what the label means, or of how "
        "these examples were collected.",
    )


def _advice(judged: list[Judged], shortcuts: list[Judged]) -> str:
    remedies = [one.nuisance.remedy for one in judged if one.is_normalised]
    text = f"Take it out by {listed(remedies, 4)}." if remedies else ""
    if shortcuts:
        text += f"{' ' if text else ''}Ask whether {_and(shortcuts)} will go with the label in use as well."
    return text


def _table(context: Context, judged: list[Judged]) -> Block:
    value = context.metric.column_format
    return Table(
        title="Nuisances",
        caption="How much each varies, what it tells of the label by itself (share of what guessing misses), and what "
        "a cheap probe gains when it is taken out, paired over the same rows.",
        columns=(
            Column(name="nuisance"), Column(name="varies by"), Column(name="a lot from"), Column(name="measured in"),
            Column(name="tells alone", format="share"), Column(name="beyond chance"),
            Column(name="gain without it", format=value), Column(name="from", format=value),
            Column(name="to", format=value), Column(name="verdict"),
        ),
        rows=tuple(
            (
                one.nuisance.name, round(one.nuisance.varies, 3), one.nuisance.a_lot, one.nuisance.unit,
                max(0.0, one.skill), "yes" if one.chance.is_beyond_chance else "no",
                one.gain.value, one.gain.low, one.gain.high, one.verdict,
            )
            for one in judged
        ),
        emphasis=tuple(i for i, one in enumerate(judged) if not one.verdict.startswith("leave")),
    )  # fmt: skip


def _told(one: Judged) -> str:
    return share(max(0.0, one.skill)) if one.skill >= 0.005 and one.chance.is_beyond_chance else "nothing"


def _amount(context: Context, value: float) -> str:
    return f"{100 * value:.1f} points" if context.metric.is_share else f"{float(f'{value:.3g}') + 0.0:g}"


def _and(judged: list[Judged]) -> str:
    names = [one.nuisance.words for one in judged]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _it(judged: list[Judged]) -> str:
    return "it" if len(judged) == 1 else "them"
