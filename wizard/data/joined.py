"""What a main set and the user's own sets beside it have in common: labels, facts, and what of them can be used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wizard.core.errors import DataError
from wizard.data.dataset import PARTS, LeftOut
from wizard.data.labels import check_labels

if TYPE_CHECKING:
    import pandas as pd


def joined_facts(sets: Sequence[Any]) -> pd.DataFrame:
    """Returns the further columns of all sets; rows without columns where a set has none."""
    import pandas as pd

    empty = [pd.DataFrame(index=range(len(one.where))) for one in sets]
    given = [one.facts if one.facts is not None else nothing for one, nothing in zip(sets, empty, strict=True)]
    return pd.concat(given, ignore_index=True)


def joined_labels(sets: Sequence[Any]) -> pd.Series | pd.DataFrame:
    """Returns the labels of all sets, as categories where they are names of folders; (n, m) of several targets.

    Raises:
        DataError: Where the sets have different targets.
    """
    import pandas as pd

    labels = [one.labels for one in sets]
    if any(isinstance(one, pd.DataFrame) for one in labels):
        names = [list(one.columns) if isinstance(one, pd.DataFrame) else [one.name] for one in labels]
        different = [own for own in names if own != names[0]]
        if different:
            raise DataError(f"All sets must have the same targets. Received: {names[0]} and {different[0]}.")
        return pd.concat(labels, ignore_index=True)
    if len({str(one.dtype) for one in labels}) > 1:
        labels = [one.astype(object) for one in labels]
    joined = pd.concat(labels, ignore_index=True)
    return joined.astype("category") if getattr(sets[0], "takes_names", False) else joined


def usable(
    parts: Sequence[Any],
    part: np.ndarray,
    where: np.ndarray,
    why: Sequence[str],
    labels: np.ndarray,
    target: str,
    noun: str,
) -> tuple[np.ndarray, tuple[LeftOut, ...]]:
    """Tells the examples that can be used from those that cannot, and lists the latter.

    Args:
        parts: The main set, then the user's own validation and test sets or None.
        part: (n,) which of them each example is in.
        where: (n,) where each stands.
        why: (n,) why it cannot be used, or "".
        labels: (n,) or (n, m).
        target: Name of the labels.
        noun: What the examples are called.

    Returns:
        Indices of the usable ones, and the others with those that were set aside already.

    Raises:
        DataError: Where too little is left, in any set.
    """
    kept = np.array([i for i, reason in enumerate(why) if not reason], dtype=np.intp)
    left_out = [gone for one in parts if one is not None for gone in one.left_out]
    left_out += [LeftOut(str(where[i]), reason) for i, reason in enumerate(why) if reason]
    check_labels(labels[kept][part[kept] == 0], target, len(left_out))
    for index, name in enumerate(PARTS):
        if parts[index] is not None and not (part[kept] == index).any():
            raise DataError(f"The {name} set must have labelled {noun}. Received: none in {parts[index].source}.")
    return kept, tuple(left_out)
