"""Which labels are wrong, and how many. What it was calibrated on stands in `noise_rate`."""

from __future__ import annotations

import csv
import io

import numpy as np

from wizard.core.blocks import Block, Column, File, Gallery, Heatmap, Line, Lines, Points, Reference, Scatter, Table
from wizard.core.finding import Cause
from wizard.core.registry import load
from wizard.data.corrections import written
from wizard.stages.context import Context
from wizard.stages.noise_rate import Margins, Rate
from wizard.stages.probing import probe_sample
from wizard.stages.step import Outcome, noted, passed, skipped, step, warned
from wizard.stages.suspects import FEWEST_ROWS, Mixup, Suspects, suspects
from wizard.stages.words import count, listed, share

LOOKS = "wizard.stages.looks"  # a file a modality
FILE = "label_suspects.csv"
COLUMNS = ("row", "where", "label", "given", "suggested", "chance_wrong", "is_flagged")
SHOWN, LISTED = 60, 100  # cards in the gallery; rows in the file at least, where there are so many
MATTERS = 0.01  # rate: from here on wrong labels cost more than what a change of the network gains
OPEN = 0.05  # upper end of the interval: beyond it the data leave open what matters
DRAWN = 4_000  # rows in the scatter at most, the suspects aside: more are one dark cloud
MOST_CLASSES = 25  # in the heatmap
STEPS = 20  # of the margin's curve
NO_CEILING = ("log_loss",)  # a perfect model that is sure of the right label has no bound there


@step()
def label_noise(context: Context) -> Outcome:
    """Labels are right, as far as the other rows can tell.

    Wrong labels in the training rows cost examples, and those in the test rows hide how good a model is. Classes that
    overlap look alike at first sight, so a rate is claimed only beyond what labels drawn from the model's own
    probabilities show.
    """
    n = len(probe_sample(context))
    if n < FEWEST_ROWS:
        return skipped(
            f"{count(n, 'labelled training row')}: fewer than {FEWEST_ROWS} say nothing of how many are wrong."
        )
    found = suspects(context)
    worst = _worst(found)
    n_named = int(found.is_called.sum())
    rate = found.rates[worst]
    is_found = found.is_found[worst] and has_rows_to_look_at(found)
    value, low = (rate.value, rate.low) if is_found else (0.0, 0.0)
    numbers = {
        "measured": value, "expected": 0.0, "interval": (low, rate.high), "unit": "share of labels that are wrong",
        "blocks": _blocks(context, found),
        "decides": {
            "label_noise": value, "label_noise_interval": (low, rate.high),
            "ceiling": _ceiling(context, found, value) if is_found else None,
        },
    }  # fmt: skip
    judged = _judged_on(context, found)
    if not is_found:
        return _none_found(context, rate, judged, numbers)
    name = f" of {context.task.targets[worst]!r}" if context.task.targets else ""
    headline = (
        f"About {share(value)} of the labels{name} are wrong (between {share(low)} and {share(rate.high)}), and "
        f"{count(n_named, 'row')} can be named as probably wrong{judged}."
    )
    numbers["causes"] = _causes(found, value)
    numbers["advice"] = (
        f"Look through the suspects, write the right labels into the column `label` of {FILE}, and hand it back: "
        "Wizard(…, corrections=path)."
    )
    return (warned if value >= MATTERS else noted)(headline, **numbers)


def suspicion(context: Context) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows (n,) that were judged, how suspect each label is (n,) from 0 to 1, and what is suggested instead (n,)."""
    if len(probe_sample(context)) < FEWEST_ROWS:
        return np.empty(0, int), np.empty(0), np.empty(0, dtype=object)
    found = suspects(context)
    return found.rows, found.score, found.suggested


def has_rows_to_look_at(found: Suspects) -> bool:
    """Whether rows are named, one at least for as many as the rate rests on: else it is the curve's shape alone."""
    return int(found.is_called.sum()) * found.n_rated >= max(len(found.rows), 1)


def _worst(found: Suspects) -> int:
    """Place of the target with the highest rate, those where it is beyond doubt first."""
    return max(range(len(found.rates)), key=lambda i: (found.is_found[i], found.rates[i].value))


def _judged_on(context: Context, found: Suspects) -> str:
    n, n_train = len(found.rows), len(context.train_rows)
    if n == found.n_rated:
        return f"; {n:,} of {n_train:,} training rows were judged" if n < n_train else ""
    which = f"{n:,} of {n_train:,}" if n < n_train else f"all {n:,}"
    return f"; {which} training rows were judged, and the rate is that of {found.n_rated:,} of them"


def _none_found(context: Context, rate: Rate, judged: str, numbers: dict[str, object]) -> Outcome:
    explained = (
        "overlapping classes explain" if context.task.is_classification else "the spread of the numbers explains"
    )
    if rate.high <= OPEN:
        return passed(f"No wrong labels found beyond what {explained}: at most {share(rate.high)}{judged}.", **numbers)
    return noted(
        f"No wrong labels found beyond what {explained}, but these inputs tell so little of the labels that up to "
        f"{share(rate.high)} could be wrong unseen{judged}.",
        **numbers,
    )


def _causes(found: Suspects, value: float) -> tuple[Cause, ...]:
    pairs = found.one_sided
    sides = tuple(
        Cause(
            fault="L02",
            sentence=f"About {share(pair.rows / max(pair.of, 1))} of {pair.right!r} are labelled {pair.given!r}, far "
            "more than the other way round: one class is taken for the other.",
        )
        for pair in pairs[:3]
    )
    anywhere = Cause(fault="L01", sentence=f"About {share(value)} of the labels are wrong without a pattern.")
    in_pairs = sum(pair.rows for pair in pairs)
    if not sides:
        return (anywhere,)
    return sides if in_pairs >= 0.5 * value * found.n_rated else (*sides, anywhere)


def _ceiling(context: Context, found: Suspects, value: float) -> float | None:
    """What a model that names the suggested labels would score on the given ones."""
    if "metric" not in context.shared.get("decided_here", ()) and context.wanted_metric is None:
        return None
    y, n_wrong = context.y(found.rows), round(value * len(found.rows))
    places = found.order[:n_wrong]
    if context.metric.name in NO_CEILING or not len(places):
        return None
    if context.task.is_exclusive:
        right = y.copy()
        right[places] = [context.task.classes.index(name) for name in found.suggested[places]]
        return float(context.metric.score(y, np.eye(context.task.n_outputs)[right], None))
    if context.task.is_multilabel:
        return None
    right = y.astype("float64")
    right[places] = found.predicted.reshape(y.shape)[places]
    return float(context.metric.score(y, right, None))


def _blocks(context: Context, found: Suspects) -> tuple[Block, ...]:
    order = found.order
    blocks: list[Block] = []
    if found.margins is not None:
        blocks.append(_curve(found.margins, found.rates[0], found.is_found[0]))
    if not context.task.is_classification:
        blocks.append(_around(context, found))
    if any(found.is_found) and found.mixups:
        blocks += [_table(found.mixups), _matrix(found.mixups)]
    card = load(LOOKS, context.dataset.modality).cards(context)
    items = []
    for place in order[:SHOWN]:
        item = card(int(found.rows[place]))
        seen = {"suggested": str(found.suggested[place]), "chance that it is wrong": float(found.score[place])}
        items.append(item.but(attributes={**seen, **item.attributes}, caption=f"suggested: {found.suggested[place]}"))
    caption = "Those that the other rows contradict most; look before you correct."
    blocks.append(Gallery(title="Suspects", caption=caption, items=tuple(items)))
    asset = context.asset(_as_csv(context, found), "csv")
    told = "Write the right labels into its column `label` (empty: leave as it is; drop: leave the row out)."
    blocks.append(File(title="All suspects", caption=told, name=FILE, asset=asset))
    return tuple(blocks)


def _as_csv(context: Context, found: Suspects) -> bytes:
    n = min(len(found.rows), max(LISTED, 2 * int(found.is_called.sum())))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    order = np.lexsort((-found.score, ~found.is_called))
    for place in order[:n]:
        row = int(found.rows[place])
        given = written(context.task, context.dataset.labels[row])
        about = (found.suggested[place], f"{found.score[place]:.4f}", bool(found.is_called[place]))
        writer.writerow((row, context.dataset.where[row], "", given, *about))
    return text.getvalue().encode()


def _curve(rows: Margins, rate: Rate, is_found: bool) -> Lines:
    """Share of other labels against the margin: it falls to nothing where classes overlap, wrong ones level it off."""
    parts = np.array_split(np.argsort(rows.margin, kind="stable"), STEPS)
    x = tuple(float(rows.margin[part].mean()) for part in parts)
    y = tuple(float(rows.is_other[part].mean()) for part in parts)
    marks = (Reference(value=rate.value, label="wrong labels"),) if is_found else ()
    return Lines(
        title="Labels that differ from what the other rows say",
        caption="Overlap fades where the other rows are clear (right); wrong labels do not.",
        lines=(Line(name="share of labels that differ", x=x, y=y),),
        x_label="how clearly the other rows speak",
        y_label="share of labels that differ",
        references=marks,
    )


def _around(context: Context, found: Suspects) -> Scatter:
    y = context.y(found.rows).reshape(len(found.rows), -1)
    worst = _worst(found)
    step = -(-len(y) // DRAWN)
    predicted, given = found.predicted[:, worst], y[:, worst]

    def cloud(name: str, is_in: np.ndarray) -> Points:
        return Points(name=name, x=tuple(map(float, predicted[is_in])), y=tuple(map(float, given[is_in])))

    clouds = [cloud("others", ~found.is_called & (np.arange(len(y)) % step == 0))]
    clouds += [cloud("probably wrong", found.is_called)] if found.is_called.any() else []
    name = context.task.outputs[worst]
    return Scatter(
        title="Given and predicted", caption="Predicted from the other rows.", clouds=tuple(clouds),
        x_label=f"{name}, predicted", y_label=f"{name}, given", diagonal=True, private=True,
    )  # fmt: skip


def _table(pairs: tuple[Mixup, ...]) -> Table:
    return Table(
        title="Which class is labelled as which",
        caption="Expected rows, and by how many standard errors that is more than the other way round.",
        columns=(
            Column(name="right"), Column(name="labelled"), Column(name="rows"), Column(name="share", format="share"),
            Column(name="standard errors"),
        ),
        rows=tuple(
            (pair.right, pair.given, round(pair.rows, 1), pair.rows / max(pair.of, 1.0), round(pair.errors, 1))
            for pair in pairs[:LISTED]
        ),
        emphasis=tuple(i for i, pair in enumerate(pairs[:LISTED]) if pair.is_clear),
    )  # fmt: skip


def _matrix(pairs: tuple[Mixup, ...]) -> Heatmap:
    names = list(dict.fromkeys(name for pair in pairs for name in (pair.right, pair.given)))[:MOST_CLASSES]
    known = {(pair.right, pair.given): pair.rows for pair in pairs}
    names.sort()
    return Heatmap(
        title="Wrong labels by class",
        caption=f"Expected rows; classes involved most: {listed(names)}.",
        rows=tuple(names), columns=tuple(names),
        values=tuple(tuple(None if a == b else round(known.get((a, b), 0.0), 1) for b in names) for a in names),
        x_label="labelled", y_label="right", value_label="rows",
    )  # fmt: skip
