"""Biases: whether labels can be told from what should not matter.

Calibrated on Fashion-MNIST, MNIST, sign digits, TrashNet, Omniglot, ten tables, three sets of texts and three of series
without a known shortcut, where no property told more than 60% of what whole examples tell, and on digits on coloured
ground, where the border tells 90%.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from wizard.core.blocks import Bars, Column, Reference, Table
from wizard.core.finding import Cause
from wizard.core.registry import load
from wizard.stages.context import Context
from wizard.stages.probing import beyond_chance, guess, probe_sample, score
from wizard.stages.step import Outcome, noted, passed, step, warned
from wizard.stages.telling import Told, losses, tree_out_of_fold, whole_told
from wizard.stages.words import listed, share

PROPERTIES = "wizard.stages.properties"  # a file a modality
LARGE = 2 / 3  # of what whole examples tell: real spam is so much longer than other texts that its length tells half
WORTH_TELLING = 1 / 3  # of what whole examples tell
LEAST = 0.1  # of the labels' variance: less is no way to get good answers
CLASS_LEAST = 0.5  # of what sets one class apart from all others: docstrings' layout tells 0.3 of one of five libraries
CLASS_ROWS = 10  # of a class that is looked at alone
FREQUENT = 20  # patterns of file names
TWICE = 2  # examples of a pattern at least
PLACE = "place in the data"
ID = "id column "  # an id says nothing of new rows, however little it tells


@dataclass(frozen=True)
class _Property:
    """A property and what it tells.

    Attributes:
        name: In words.
        is_seen: Whether a network could see its traces in the inputs.
        told: What a small tree tells from it.
        strength: The share of what whole examples tell (or of all, where they tell less).
        given_away: Classes that it sets apart from all others nearly as well as whole examples do.
    """

    name: str
    is_seen: bool
    told: Told
    strength: float
    given_away: tuple[str, ...] = ()

    @property
    def is_shortcut(self) -> bool:
        """Whether a network could rely on it alone."""
        return self.is_seen and (self.strength > LARGE or bool(self.given_away) or _is_id(self))


@step()
def biases(context: Context) -> Outcome:
    """Labels cannot be told from what should not matter.

    A network takes the easiest way: where one class was photographed on another background, stored in other files or
    written in longer texts, it learns that and fails elsewhere. So a small tree tries to tell the label from nothing
    but such a property.
    """
    whole = whole_told(context)
    found = [_measured(context, name, x, is_seen, whole) for name, x, is_seen in _properties(context)]
    found = sorted((one for one in found if np.isfinite(one.told.share)), key=lambda one: -one.told.share)
    blocks = _blocks(context, found, whole)
    known = [one for one in found if one.told.share > LEAST and (one.strength > WORTH_TELLING or _is_id(one))]
    known += [one for one in found if one.given_away and one not in known]
    known = [one for one in known if beyond_chance(context, one.told.predictions).is_beyond_chance]
    shortcuts = [one for one in known if one.is_shortcut]
    worst = (shortcuts or known or found)[0]
    numbers: dict[str, Any] = {
        "measured": worst.told.share, "expected": 0.0, "unit": f"of the labels' variance, by {_the(worst)}",
        "blocks": blocks,
    }  # fmt: skip
    if shortcuts:
        return warned(
            f"{_capital(_the(shortcuts[0]))} {_tells(context, shortcuts[0])}: {_scores(context, shortcuts[0], whole)}"
            f"{_others(shortcuts)}.",
            causes=tuple(Cause(fault="D14", sentence=_cause(context, one)) for one in shortcuts),
            advice=_advice(shortcuts),
            **numbers,
        )
    if known:
        hidden = [one for one in known if not one.is_seen]
        tail = "the network does not see it" if len(hidden) == len(known) else "that may be so in nature as well"
        tail = "training shuffles the rows" if [one.name for one in known] == [PLACE] else tail
        return noted(
            f"{_capital(_the(known[0]))} says something of {_what(context)}: {_scores(context, known[0], whole)}"
            f"{_others(known)}; {tail}.",
            **numbers,
        )
    names = listed([one.name for one in found], 10)
    return passed(f"What should not matter does not tell {_what(context)} ({names}).", **numbers)


def _properties(context: Context) -> list[tuple[str, np.ndarray, bool]]:
    """(name, (n, d) numbers, whether a network could see traces of it) of what varies at all."""
    rows = probe_sample(context).rows
    incidental = load(PROPERTIES, context.dataset.modality).incidental(context, rows)
    found = [(name, x, True) for name, x in incidental.items()]
    found.append((PLACE, rows[:, None].astype("float64"), False))
    names = _file_names(context, rows)
    if names is not None:
        found.append(("name of the file", names, False))
    return [(name, x, is_seen) for name, x, is_seen in found if _varies(x)]


def _is_id(one: _Property) -> bool:
    return one.name.startswith(ID)


def _varies(x: np.ndarray) -> bool:
    return bool((np.nan_to_num(x, nan=np.inf) != np.nan_to_num(x[:1], nan=np.inf)).any())


def _file_names(context: Context, rows: np.ndarray) -> np.ndarray | None:
    """(n, d) length, number and pattern of file names, the name of the class taken out; None without files."""
    places = [PurePosixPath(str(context.dataset.where[row])) for row in rows]
    if not all(place.suffix and " " not in place.suffix for place in places):
        return None
    classes = "|".join(re.escape(name) for name in sorted(context.task.classes, key=len, reverse=True)
                       if not name.isdigit())  # fmt: skip
    stems = [re.sub(classes, "", place.stem, flags=re.IGNORECASE) if classes else place.stem for place in places]
    patterns = np.array([re.sub(r"\d+", "#", stem) for stem in stems])
    known, counts = np.unique(patterns, return_counts=True)
    frequent = known[np.argsort(-counts, kind="stable")][: min(FREQUENT, int((counts >= TWICE).sum()))]
    numbers = [re.findall(r"\d+", stem) for stem in stems]
    own = [[len(stem), float(found[-1][:15]) if found else -1.0] for stem, found in zip(stems, numbers, strict=True)]
    return np.column_stack([np.array(own), patterns[:, None] == frequent[None, :]]).astype("float64")


def _measured(context: Context, name: str, x: np.ndarray, is_seen: bool, whole: Told) -> _Property:
    own = tree_out_of_fold(context, x)
    strength = own.share / min(max(whole.share, LEAST), 1.0)
    return _Property(name, is_seen, own, strength, _given_away(context, own, whole))


def _given_away(context: Context, own: Told, whole: Told) -> tuple[str, ...]:
    """Of three classes or more those that a property sets apart from all others, the clearest first."""
    task = context.task
    if not task.is_exclusive or task.n_outputs < 3:  # of two both are told, or none
        return ()
    sample = probe_sample(context)
    blind = np.maximum(losses(task, sample.y, guess(context)).sum(0), 1e-300)  # of a class that the sample lacks
    alone, all_of_it = (1 - losses(task, sample.y, one.predictions).sum(0) / blind for one in (own, whole))
    is_told = (alone > CLASS_LEAST) & (alone > LARGE * all_of_it)
    is_told &= np.bincount(sample.y, minlength=task.n_outputs) >= CLASS_ROWS
    return tuple(task.classes[i] for i in np.argsort(-alone, kind="stable") if is_told[i])


def _blocks(context: Context, found: Sequence[_Property], whole: Told) -> tuple[Bars | Table, ...]:
    shares = [max(0.0, one.told.share) for one in found]
    bars = Bars(
        title="What a property tells of the labels",
        caption="Share of the labels' variance that a small tree explains from one property, on rows that it did not "
        "see.",
        labels=("whole examples", *(one.name for one in found)),
        values=(max(0.0, whole.share), *shares),
        references=(Reference(value=LARGE * max(0.0, whole.share), label="two thirds of whole examples"),),
        value_label="share of the labels' variance",
    )
    metric, seen = context.metric, ("no, only in the files", "yes")
    table = Table(
        title="The same as scores",
        columns=(Column(name="from"), Column(name=metric.label, format=metric.column_format),
                 Column(name="could the network see it?")),
        rows=(
            ("guessing", score(context, guess(context)).value, ""),
            *((one.name, score(context, one.told.predictions).value, seen[one.is_seen]) for one in found),
            ("whole examples", score(context, whole.predictions).value, "yes"),
        ),
    )  # fmt: skip
    return bars, table


def _the(one: _Property) -> str:
    return f"the {one.name}"


def _tells(context: Context, one: _Property) -> str:
    if one.strength > LARGE or not (one.given_away or _is_id(one)):
        return f"alone tells {_what(context)}"
    if one.given_away:
        return f"alone tells {'class' if len(one.given_away) == 1 else 'classes'} {listed(one.given_away, 3)}"
    return f"says something of {_what(context)}"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _what(context: Context) -> str:
    if context.task.is_multilabel:
        return "the labels"
    return "the class" if context.task.is_classification else "the target"


def _scores(context: Context, one: _Property, whole: Told) -> str:
    words, metric = context.metric.words, context.metric
    reached, guessed, all_of_it = (
        words(score(context, p).value) for p in (one.told.predictions, guess(context), whole.predictions)
    )
    return (
        f"a small tree on it reaches {reached} {metric.label}, guessing {guessed}, "
        f"a probe on whole examples {all_of_it}"
    )


def _others(found: Sequence[_Property]) -> str:
    rest = [f"{_the(one)} ({share(one.told.share)} of the labels' variance)" for one in found[1:]]
    return f"; {listed(rest)} {'does' if len(rest) == 1 else 'do'} so, too" if rest else ""


def _cause(context: Context, one: _Property) -> str:
    return f"Examples of different {'classes' if context.task.is_classification else 'targets'} were collected or " \
           f"stored differently, which {_the(one)} gives away."  # fmt: skip


def _advice(found: Sequence[_Property]) -> str:
    ids = [one.name.removeprefix(ID) for one in found if _is_id(one)]
    if ids:
        return f"An id says nothing of new rows: leave it out with Wizard(…, ignore=({', '.join(ids)},))."
    return "Make this property the same for all classes (crop, re-encode, fill in or collect anew), or show that it " \
           "will tell the label where the network is used, too."  # fmt: skip
