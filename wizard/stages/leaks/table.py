"""Columns that are the target in other words, and columns that tell it almost alone.

Calibrated on Adult census, California housing, diamonds, German credit, mammography, wine quality and turbofan, where
it finds nothing, and on Titanic, bike sharing and New York taxis, which have such columns.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.registry import load
from wizard.data.rows import TableExamples
from wizard.stages.context import Context
from wizard.stages.identities import Identity, is_monotone, is_one_to_one, linear_identity, product_identity
from wizard.stages.leak import Leak
from wizard.stages.probing import VIEWS, probe_sample, whole
from wizard.stages.telling import forest_out_of_fold, tree_out_of_fold, whole_told
from wizard.stages.words import count, share

LOOKED_AT = "no column, sum or product of columns is the target, and none tells it alone"
MOST_ROWS = 20_000  # that identities are tried on
MOST_GAPS = 0.2  # of a column's cells: more, and too few rows are left to try sums on
AS_GOOD = 0.95  # of what whole rows tell, told by one column,
FAR = {
    True: 0.6,
    False: 0.95,
}  # and so much of the labels' variance: for classes 90% right; areas tell prices up to 95%
DROP = 0.5  # of what is told that goes when the column goes


def hidden(context: Context) -> list[Leak]:
    """Identities first; where there are none, single columns that tell almost all."""
    leaks = _one_column(context)
    known = {name for leak in leaks for name in leak.columns}
    leaks += _several_columns(context, known)
    return leaks or _too_strong(context)


def targets_of(context: Context, rows: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """(name, (n,) codes or numbers) of each target or label."""
    y = context.y(rows)
    if y.ndim == 1:
        return [(context.task.target, y)]
    return list(zip(context.task.outputs, y.T, strict=True))


def _rows(context: Context) -> np.ndarray:
    return context.sample(context.train_rows, MOST_ROWS, "identities")


def _frame(context: Context, rows: np.ndarray) -> Any:
    examples = context.dataset.examples
    assert isinstance(examples, TableExamples)
    return examples.frame.iloc[rows]


def _one_column(context: Context) -> list[Leak]:
    rows = _rows(context)
    frame, leaks = _frame(context, rows), []
    for target, y in targets_of(context, rows):
        for column in context.dataset.columns:
            cells = frame[column.name]
            gaps = np.asarray(cells == "" if column.kind == "category" else cells.isna(), bool)
            values = cells.to_numpy() if column.kind != "category" else cells.to_numpy(dtype=object).astype(str)
            values = values.astype("int64") if values.dtype.kind == "M" else values
            if is_one_to_one(values, y):
                how = f"each value of {column.name!r} stands for one value of {target!r} and no other"
            elif column.kind != "category" and not gaps.any() and is_monotone(values.astype("float64"), y):
                how = f"{column.name!r} puts the rows in exactly the order of {target!r}"
            elif gaps.any() and is_one_to_one(gaps, y):
                how = f"whether {column.name!r} is filled in tells {target!r} without exception"
            else:
                continue
            sentence = f"In all {count(len(rows), 'training row')} {how}"
            leaks.append(Leak(sentence, "failed", "S05", (column.name,)))
    return leaks


def _several_columns(context: Context, known: set[str]) -> list[Leak]:
    """Sums and products, once more without the columns of the first."""
    rows, leaks = _rows(context), []
    frame = _frame(context, rows)
    for target, y in targets_of(context, rows):
        numbers = _as_numbers(context, y)
        left = [column.name for column in context.dataset.columns if column.kind == "number"
                and column.name not in known and frame[column.name].isna().mean() <= MOST_GAPS]  # fmt: skip
        while left and numbers is not None:
            x = frame[left].to_numpy("float64")
            full = np.isfinite(x).all(1)
            found = linear_identity(x[full], left, numbers[full]) or product_identity(x[full], left, numbers[full])
            if found is None:
                break
            leaks.append(_leak(found, target, int(full.sum())))
            left = [name for name in left if name not in found.columns]
    return leaks


def _as_numbers(context: Context, y: np.ndarray) -> np.ndarray | None:
    """(n,) the target's numbers; those of classes that are called by numbers; None for words."""
    if not context.task.is_classification or context.task.is_multilabel:
        return y.astype("float64")
    try:
        return np.array([float(name) for name in context.task.classes])[y]
    except ValueError:
        return None


def _leak(found: Identity, target: str, n: int) -> Leak:
    formula = f"{target} = {found.formula}" + (f" + {found.remainder}" if found.remainder else "")
    where = f"all {count(n, 'training row')}" if found.share == 1 else f"{share(found.share)} of the training rows"
    is_exact = found.share == 1 and not found.remainder
    return Leak(f"In {where} {formula}", "failed" if is_exact else "warned", "S05", found.columns, found.share)


def _too_strong(context: Context) -> list[Leak]:
    """The column that tells as much as whole rows do, where little is left without it."""
    best, x = whole_told(context), whole(context)
    behind = np.array(load(VIEWS, "table").names(context))
    columns = list(dict.fromkeys(behind))
    if len(columns) < 2 or best.share < FAR[context.task.is_classification]:
        return []
    alone = {name: tree_out_of_fold(context, x[:, behind == name]).share for name in columns}
    name = str(max(alone, key=lambda one: alone[one]))
    if alone[name] < max(AS_GOOD * best.share, FAR[context.task.is_classification]):
        return []
    without = forest_out_of_fold(context, x[:, behind != name]).share
    if without > (1 - DROP) * best.share:
        return []
    told = share(min(alone[name] / best.share, 1.0))
    sentence = (
        f"{name!r} alone tells {told} of what all columns tell of {context.task.target!r}, and without it "
        f"{share(max(without, 0.0) / best.share)} is left ({count(len(probe_sample(context)), 'training row')})"
    )
    return [Leak(sentence, "warned", "S05", (name,), alone[name], "of the labels' variance")]
