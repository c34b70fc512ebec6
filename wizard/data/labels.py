"""Raw labels as classes (text) or numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wizard.core.errors import DataError, shortened
from wizard.data.cells import MISSING, NO_NUMBER, distinct_texts, text_of
from wizard.data.numbers import decimal_sign, has_leading_zero, numbers_of, shared_unit

if TYPE_CHECKING:
    import pandas as pd

SETS = (list, tuple, set, frozenset, dict, np.ndarray)  # cells with several labels; a dict is refused
MOST = 0.95  # of the labels: fewer numbers than this, and they are names of classes
LONGEST = 500  # characters of a class's name: an array of names has room for the longest in every row
MANY = 20  # distinct numbers: more, and it is a quantity, where a stray word is a mistake and no class


@dataclass(frozen=True)
class Labels:
    """Labels as read.

    Attributes:
        values: (n,) str or float64; "" or NaN where there is none. (n, m) float64 where an example has several: 0 and 1
            for the labels that it has, or the values of several targets.
        missing: (n,) why a label is missing ("no label"), "" where there is one.
        note: What was done to read them, or "".
        outputs: Names of the m labels or targets; empty where an example has one.
    """

    values: np.ndarray
    missing: np.ndarray
    note: str = ""
    outputs: tuple[str, ...] = ()


def read_labels(
    target: str, cells: pd.Series | pd.DataFrame, from_text: bool = False, decimal_comma: bool = False
) -> Labels:
    """Reads labels: numbers stay numbers, all else is the name of a class.

    Truth values become the classes "True" and "False", and so do categories in pandas' sense, whatever they
    hold. Numbers written as text become numbers if all of them can. Lists of labels become a column of 0 and 1 for each
    label that occurs; several columns are several targets, or labels where they hold 0 and 1 only.

    Args:
        target: The target's name, for messages.
        cells: (n,) raw labels, or (n, m) raw targets.
        from_text: Whether they come from a text file, where "NA" and "?" are ways to write nothing.
        decimal_comma: Whether the file may write 1,5 for one and a half.

    Raises:
        DataError: If they are dates, carry units, or mix a quantity with words.
    """
    import pandas as pd
    from pandas.api import types

    if isinstance(cells, pd.DataFrame):
        return _several(cells, from_text, decimal_comma)
    is_period = isinstance(cells.dtype, pd.PeriodDtype)
    if types.is_datetime64_any_dtype(cells.dtype) or types.is_timedelta64_dtype(cells.dtype) or is_period:
        raise DataError(
            f"The target must hold classes or numbers. Received: dates or durations in {target!r}. "
            "Turn them into numbers first, for instance days since a fixed date."
        )
    if types.is_complex_dtype(cells.dtype):
        raise DataError(
            f"The target must hold classes or real numbers. Received: complex numbers in {target!r}. "
            "Choose one part of them, real, imaginary, size or angle."
        )
    if types.is_numeric_dtype(cells.dtype) and not types.is_bool_dtype(cells.dtype):
        return _numbers(cells.to_numpy(dtype=np.float64, na_value=np.nan))
    if cells.dtype == object and any(isinstance(cell, SETS) for cell in cells):
        return read_label_sets(target, cells)
    codes, texts = distinct_texts(cells)
    if str(cells.dtype) == "category":
        return _classes(target, texts, codes, frozenset({""}))
    return _from_text(target, texts, codes, from_text, decimal_comma)


def read_label_sets(target: str, cells: pd.Series, known: tuple[str, ...] = ()) -> Labels:
    """Reads (n,) lists of labels as (n, k) columns of 0 and 1; an empty list is an example with none of them.

    Args:
        target: The target's name, for messages.
        cells: (n,) lists, tuples, sets or arrays; None where nothing is known of an example.
        known: Names of the k labels; by default all that occur, sorted.

    Raises:
        DataError: For a cell that is no list, or a label that is not among the known ones.
    """
    names: list[tuple[str, ...] | None] = []
    for place, cell in enumerate(cells):
        if isinstance(cell, dict) or not isinstance(cell, SETS):
            if isinstance(cell, dict) or text_of(cell):
                raise DataError(
                    f"Every cell of {target!r} must be a list of labels, as others are. "
                    f"Received: {cell!r:.60} in row {place}. Write [label] for a single one, [] for none."
                )
            names.append(None)
            continue
        names.append(tuple(filter(None, map(text_of, cell))))
    present = {name for row in names for name in row or ()}
    classes = known or tuple(sorted(present))
    unknown = sorted(present - set(classes))
    if unknown:
        raise DataError(
            f"Every label must be one of the {len(classes)} that are known: {shortened(classes)}. "
            f"Received: {shortened(map(repr, unknown))}."
        )
    place_of = {name: place for place, name in enumerate(classes)}
    values = np.zeros((len(names), len(classes)))
    for row, own in enumerate(names):
        values[row, [place_of[name] for name in own or ()]] = 1.0
    return Labels(values, np.array(["no label" if own is None else "" for own in names], dtype=str), outputs=classes)


def _several(cells: pd.DataFrame, from_text: bool, decimal_comma: bool) -> Labels:
    """Reads (n, m) targets, a column each; a row with one missing is missing."""
    read = [read_labels(str(name), cells[name], from_text, decimal_comma) for name in cells.columns]
    words = [str(name) for name, one in zip(cells.columns, read, strict=True) if one.values.dtype.kind != "f"]
    truth = {"True": 1.0, "False": 0.0}
    columns = []
    for name, one in zip(cells.columns, read, strict=True):
        if str(name) in words and set(one.values.tolist()) <= {*truth, ""}:
            columns.append(np.array([truth.get(value, np.nan) for value in one.values.tolist()]))
            words.remove(str(name))
        else:
            columns.append(one.values if one.values.dtype.kind == "f" else np.full(len(cells), np.nan))
    if words:
        raise DataError(
            f"Several targets must all be numbers, or all 0 and 1. Received: words in {shortened(map(repr, words))}. "
            "Name one target column with classes, or make a column of 0 and 1 for each label."
        )
    missing = np.array(["" if all(own) else "no label" for own in zip(*(c.missing == "" for c in read), strict=True)])
    notes = " ".join(dict.fromkeys(one.note for one in read if one.note))
    return Labels(np.column_stack(columns), missing, notes, tuple(map(str, cells.columns)))


def _from_text(target: str, texts: np.ndarray, codes: np.ndarray, from_text: bool, decimal_comma: bool) -> Labels:
    gaps = MISSING if from_text else frozenset({""})
    counts = np.bincount(codes, minlength=len(texts))
    present = np.array([text.lower() not in gaps for text in texts]) & (counts > 0)
    is_word = {"true", "false"} & {text.lower() for text in texts[present]}
    if not present.any() or has_leading_zero(texts[present]) or is_word:
        return _classes(target, texts, codes, gaps)
    numbers = numbers_of(texts, decimal_sign(texts[present], decimal_comma))
    good = ~np.isnan(numbers)
    n_numbers = len(np.unique(numbers[good & present]))
    is_quantity = n_numbers > MANY and counts[present & good].sum() >= MOST * counts[present].sum()
    if is_quantity:
        present &= np.array([text.lower() not in NO_NUMBER for text in texts])
    bad = present & ~good
    if not bad.any():
        read = _numbers(numbers[codes])
        return Labels(read.values, read.missing, "" if from_text else "Labels written as text were read as numbers.")
    if is_quantity:
        raise DataError(
            f"The target must be a number in every row, or a class in every row. Received: numbers in {target!r}, but "
            f"{int(counts[bad].sum())} of {len(codes)} are no numbers: {shortened(map(repr, texts[bad]), 5)}. "
            "Correct them, or leave them empty: rows without a label are left out and listed."
        )
    unit = shared_unit(texts[present])
    if unit and present.sum() > MANY:
        raise DataError(
            f"A target that is a quantity must be a plain number. Received: {texts[present][0]!r} in {target!r}. "
            f"Take the unit off: frame[{target!r}].str.removesuffix({unit!r}).astype(float)."
        )
    return _classes(target, texts, codes, gaps)


def _numbers(values: np.ndarray) -> Labels:
    missing = np.where(np.isnan(values), "no label", np.where(np.isinf(values), "the label is infinite", ""))
    return Labels(np.where(np.isfinite(values), values, np.nan) + 0.0, missing)


def _classes(target: str, texts: np.ndarray, codes: np.ndarray, gaps: frozenset[str]) -> Labels:
    longest = max(texts, key=len)
    if len(longest) > LONGEST:
        raise DataError(
            f"The name of a class must have at most {LONGEST:,} characters. Received: one of {len(longest):,} in "
            f"{target!r} ({longest[:30]!r}…). Name the column of classes as the target, or shorten them."
        )
    names = np.array([("" if text.lower() in gaps else text) for text in texts], dtype=str)[codes]
    return Labels(names, np.where(names == "", "no label", ""))


def check_labels(labels: np.ndarray, target: str, n_left_out: int) -> None:
    """Refuses labels that leave nothing to learn: fewer than two examples, or one value only."""
    left_out = f" ({n_left_out:,} were left out because they cannot be used)" if n_left_out else ""
    if len(labels) < 2:
        raise DataError(
            f"At least two labelled examples are needed. Received: {len(labels)} with a value of {target!r}{left_out}."
        )
    if len(np.unique(labels, axis=0)) < 2:
        raise DataError(
            f"The target must take at least two values. Received: {labels[0].tolist()!r} in all {len(labels):,} "
            f"examples of {target!r}{left_out}. There is nothing to tell apart: add examples of another value."
        )
