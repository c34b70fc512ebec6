"""Whether rows that are held out at random are answered by their own kin in training: groups, and neighbours in time.

The same probe is scored on random folds and on folds that keep groups (or stretches of time) whole. What it loses
counts beyond three standard errors over groups, and where it matters. Calibrated on turbofan without its groups and
bike sharing without its time, which must be found, and on ten tables, six sets of pictures, three of texts and three of
series.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.registry import load
from wizard.data.dataset import PARTS
from wizard.data.rows import TableExamples
from wizard.stages.context import Context
from wizard.stages.leak import Leak
from wizard.stages.probing import (
    FOLDS,
    VIEWS,
    Sample,
    draw_folds,
    out_of_fold,
    probe_sample,
    strata_of,
    whole,
)
from wizard.stages.telling import forest_out_of_fold, losses, told
from wizard.stages.words import count, share

FEWEST_GROUPS = 20  # with fewer, what is lost on new groups is known too badly
LEAST_ROWS = 3.0  # of a group on average
LARGEST = 0.1  # of the rows in one group: beyond it a value is a kind (a country, a zero), not one of many things
IN_A_ROW = 0.2  # of the rows, beyond chance, whose successor has the same value: repeated measurements are listed so
PERMUTED = 2  # orders of the kin's rows: what is lost on shuffled groups of the same sizes is no leak
GROUPED_ROWS = 2_000  # looked at for a column: a forest on them takes half a second
TRIED = 5  # columns
NAMES = re.compile(r"(^|[_\s])(id|unit|user|patient|subject|person|customer|client|group|session|household|speaker|"
                   r"machine|engine|device|site|station|store|batch|animal|family|author|writer|donor|run|trial)s?"
                   r"([_\s]|$|id$|no$|\d)", re.IGNORECASE)  # fmt: skip
ERRORS = 3.0  # standard errors over groups
LOST = 0.05  # of the labels' variance,
LOST_SHARE = 0.1  # and of what was told
SHARED = 0.1  # of the held-out rows whose group is also trained on
BLOCKS = 50  # stretches of time; of rows without a date they are dealt out in turn: order may be no time
ALIKE = 0.2  # correlation of the target with that of the row before: less, and time hardly matters
RUNS = 3  # of equal labels a class, or fewer: rows are sorted by class
SORTED = 0.95  # rank correlation of the target with the order of rows
COMPONENTS = 32  # of features other than a table's: neighbours are found among the directions that vary most


LOST_UNIT = "of the labels' variance, told only of kin"


@dataclass(frozen=True)
class Loss:
    """What a probe loses where kin are held out together.

    Attributes:
        at_random: Share of the labels' variance told on random folds.
        apart: The same where groups stay whole.
        errors: The difference in standard errors over groups.
    """

    at_random: float
    apart: float
    errors: float

    @property
    def matters(self) -> bool:
        """Whether it is neither chance nor small."""
        lost = self.at_random - self.apart
        return self.errors > ERRORS and lost > max(LOST, LOST_SHARE * self.at_random)


def lost_apart(
    context: Context, x: np.ndarray, sample: Sample, kin: np.ndarray, in_turn: bool = True
) -> tuple[Loss, bool]:
    """What a probe loses where kin are held out together, and whether that is a leak.

    It is one where the loss is neither chance, nor small, nor half made by shuffled groups of the same sizes.
    """
    loss = loss_of(context, x, sample, kin, in_turn)
    if not loss.matters:
        return loss, False
    random = context.random("shuffled kin")
    shuffled = [loss_of(context, x, sample, random.permutation(kin), in_turn) for _ in range(PERMUTED)]
    return loss, loss.at_random - loss.apart > 2 * max(null.at_random - null.apart for null in shuffled)


def loss_of(context: Context, x: np.ndarray, sample: Sample, kin: np.ndarray, in_turn: bool = True) -> Loss:
    """What a probe loses on folds that keep kin together.

    Args:
        context: Of the step.
        x: (n, d) features of the sample's rows.
        sample: Its folds keep copies and known groups together.
        kin: (n,) number of the group or stretch of each row.
        in_turn: Whether kin are dealt out to the folds in turn; else a fold holds out stretches that follow each other.
    """
    units = _joined(sample.units, kin)
    random = context.random("folds of kin")
    fold = (
        draw_folds(sample.rows, strata_of(context.task, sample.y), units, random) if in_turn else kin * FOLDS // BLOCKS
    )
    apart = Sample(sample.rows, sample.y, sample.weight, fold, sample.units)
    is_table = context.dataset.modality == "table"

    def predicted(one: Sample) -> np.ndarray:
        if is_table:
            return forest_out_of_fold(context, x, one).predictions
        return out_of_fold(context, x, "neighbours", one)

    first, second = predicted(sample), predicted(apart)
    y = sample.y
    blind = losses(context.task, y, np.broadcast_to(_mean(context, y), context.task.answers_shape(len(y)))).mean(0)
    own = [losses(context.task, y, p) / np.maximum(blind, 1e-300) for p in (first, second)]
    lost = (own[1] - own[0]).mean(1)
    _, group = np.unique(units if in_turn else kin, return_inverse=True)
    mean = float(lost.mean())
    error = float(np.sqrt((np.bincount(group, lost - mean) ** 2).sum())) / len(lost)
    return Loss(told(context, first, sample), told(context, second, apart), mean / max(error, 1e-12))


def _mean(context: Context, y: np.ndarray) -> np.ndarray:
    targets = np.eye(context.task.n_outputs)[y] if context.task.is_exclusive else y.astype("float64")
    return np.asarray(targets.mean(0))


def _joined(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(n,) number of the connected set of rows that agree in either."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    _, a = np.unique(a, return_inverse=True)
    _, b = np.unique(b, return_inverse=True)
    n = int(a.max()) + 1
    size = n + int(b.max()) + 1
    _, component = connected_components(coo_matrix((np.ones(len(a)), (a, n + b)), shape=(size, size)), directed=False)
    return np.asarray(component[a])


# ── groups ───────────────────────────────────────────────────────────────────────────────────────
def known_groups(context: Context) -> list[Leak]:
    """Groups that the user named, on both sides of sets that the user gave."""
    group = context.dataset.group
    if group is None:
        return []
    held = np.concatenate([context.split.validation, context.split.test])
    is_shared = np.isin(group[held], group[context.split.train])
    if not is_shared.any():
        return []
    n = len(np.unique(group[held][is_shared]))
    sentence = (
        f"{count(n, 'group')} of the sets that you gave {'is' if n == 1 else 'are'} also in the training set "
        f"({count(int(is_shared.sum()), 'held-out row')} of {len(held):,})"
    )
    return [
        Leak(
            sentence,
            "warned",
            "S03",
            measured=float(is_shared.mean()),
            unit="of the held-out rows",
            option="sets without shared groups",
        )
    ]


def hidden_groups(context: Context) -> tuple[list[Leak], list[tuple[str, Loss]]]:
    """Columns that name what several rows come from, and what a probe loses on new ones of it."""
    if context.dataset.group is not None or context.dataset.modality != "table":
        return [], []
    tried = [(name, codes, _group_loss(context, name, codes)) for name, codes in _grouping_columns(context)]
    leaks = [
        Leak(
            f"Rows with the same {name!r} tell each other's target: new ones are told {share(max(0.0, loss.apart))} of "
            f"the target's variance instead of {share(loss.at_random)}, and a random split does not show it",
            "warned", "S03", measured=loss.at_random - loss.apart, unit=LOST_UNIT, option=f'group="{name}"',
        )
        for name, codes, (loss, is_leak) in tried
        if is_leak and _is_shared(context, codes)
    ]  # fmt: skip
    leaks.sort(key=lambda leak: -leak.measured)
    return leaks[:1], [(name, loss) for name, _, (loss, _) in tried]


def _grouping_columns(context: Context) -> list[tuple[str, np.ndarray]]:
    """(name, (n,) code of every row of the data) of columns with many values that several rows share each."""
    examples, rows = context.dataset.examples, context.train_rows
    assert isinstance(examples, TableExamples)
    found = []
    for column in context.dataset.columns:
        cells: Any = examples.frame[column.name]
        if column.kind == "date":
            continue
        values = cells.to_numpy("float64") if column.kind == "number" else cells.to_numpy(dtype=object).astype(str)
        if column.kind == "number" and not (values == np.round(values)).all():
            continue
        _, codes = np.unique(values, return_inverse=True)
        n, sizes = len(np.unique(codes[rows])), np.bincount(codes)
        if FEWEST_GROUPS <= n <= len(rows) / LEAST_ROWS and sizes.max() <= LARGEST * len(codes):
            in_a_row = float((np.diff(codes) == 0).mean()) - float((sizes**2).sum()) / len(codes) ** 2
            is_named = NAMES.search(column.name) is not None
            if is_named or in_a_row > IN_A_ROW:
                found.append((is_named, in_a_row, column.name, codes))
    found.sort(key=lambda one: (-one[0], -one[1]))
    return [(name, codes) for _, _, name, codes in found[:TRIED]]


def _group_loss(context: Context, name: str, codes: np.ndarray) -> tuple[Loss, bool]:
    """Whole groups are drawn; the column itself is left out, as new values of it say nothing by nature."""
    rows, random = context.train_rows, context.random("groups", name)
    if len(rows) > GROUPED_ROWS:
        kinds, sizes = np.unique(codes[rows], return_counts=True)
        order = random.permutation(len(kinds))
        enough = max(int(np.searchsorted(np.cumsum(sizes[order]), 2 * GROUPED_ROWS)), FEWEST_GROUPS * 2)
        rows = rows[np.isin(codes[rows], kinds[order[:enough]])]
        rows = np.sort(random.permutation(rows)[:GROUPED_ROWS])
    y = context.y(rows)
    units = context.units(rows)
    fold = draw_folds(rows, strata_of(context.task, y), units, context.random("folds of rows", name))
    view = load(VIEWS, "table")
    kept = np.array(view.names(context)) != name
    sample = Sample(rows, y, context.weight(rows), fold, units)
    return lost_apart(context, view.features(context, rows)[:, kept], sample, codes[rows])


def _is_shared(context: Context, codes: np.ndarray) -> bool:
    held = np.concatenate([context.split.validation, context.split.test])
    return float(np.isin(codes[held], codes[context.split.train]).mean()) > SHARED


# ── time ─────────────────────────────────────────────────────────────────────────────────────────
def time_leak(context: Context) -> tuple[list[Leak], list[tuple[str, Loss]]]:
    """Rows near in time (or in the order of the data), and what a probe loses on stretches that it has not seen."""
    if context.dataset.time is not None or len(context.train_rows) < 4 * BLOCKS:
        return [], []
    name, moment = _moments(context)
    if moment is None or not _interleaves(context, moment):
        return [], []
    rows = context.train_rows
    rows = rows[np.argsort(moment[rows], kind="stable")]
    if _autocorrelation(context, rows) < ALIKE or _is_sorted(context, rows):
        return [], []
    sample = probe_sample(context)
    order = np.argsort(np.argsort(moment[sample.rows], kind="stable"), kind="stable")
    loss, is_leak = lost_apart(context, _features(context), sample, order * BLOCKS // len(order), not name)
    if not is_leak:
        return [], [(name or "order of the rows", loss)]
    what = f"near in {name!r}" if name else "that follow each other in the data"
    sentence = (
        f"Rows {what} tell each other's target: in stretches that were not seen, {share(max(0.0, loss.apart))} of the "
        f"target's variance is told instead of {share(loss.at_random)}, and a random split does not show it"
    )
    option = f'time="{name}"' if name else "time=range(…) or group=…"
    leak = Leak(sentence, "warned", "S04", measured=loss.at_random - loss.apart, unit=LOST_UNIT, option=option)
    return [leak], [(name or "order of the rows", loss)]


def _moments(context: Context) -> tuple[str, np.ndarray | None]:
    """The date column with most values, or the place in the data (name "")."""
    dates = [column.name for column in context.dataset.columns if column.kind == "date"]
    if context.dataset.modality == "table" and dates:
        frame: Any = TableExamples.of(context.dataset.examples).frame
        name = max(dates, key=lambda one: frame[one].nunique())
        if frame[name].nunique() >= FEWEST_GROUPS:
            return name, frame[name].to_numpy("datetime64[ns]").astype("int64")
    is_one_set = (context.dataset.part == PARTS.index("main")).all()
    return "", np.arange(len(context.dataset)) if is_one_set else None


def _interleaves(context: Context, moment: np.ndarray) -> bool:
    """Whether rows are held out from among the training rows' times, not after them."""
    held = np.concatenate([context.split.validation, context.split.test])
    return float((moment[held] < moment[context.split.train].max()).mean()) > SHARED


def _autocorrelation(context: Context, rows: np.ndarray) -> float:
    """Correlation of the target with that of the row before, the mean over classes, labels or targets."""
    y = context.y(rows)
    targets = np.eye(context.task.n_outputs)[y] if context.task.is_exclusive else y.reshape(len(y), -1)
    centred = targets - targets.mean(0)
    return float(((centred[1:] * centred[:-1]).mean(0) / np.maximum(centred.var(0), 1e-300)).mean())


def _is_sorted(context: Context, rows: np.ndarray) -> bool:
    """Whether rows are sorted by the target, so that a stretch holds out whole classes or a range of its own."""
    from scipy.stats import spearmanr

    y = context.y(rows)
    if context.task.is_exclusive:
        n_runs = 1 + int((np.diff(y) != 0).sum())
        return n_runs <= RUNS * context.task.n_outputs and context.task.n_outputs * FOLDS > BLOCKS
    columns = y.reshape(len(y), -1).T
    return any(abs(spearmanr(np.arange(len(y)), column).statistic) > SORTED for column in columns if np.ptp(column))


def _features(context: Context) -> np.ndarray:
    x = whole(context)
    if context.dataset.modality == "table" or x.shape[1] <= COMPONENTS:
        return x
    from sklearn.decomposition import PCA

    n = min(COMPONENTS, len(x))
    return np.asarray(PCA(n, random_state=context.derived_seed("components")).fit_transform(x), "float32")
