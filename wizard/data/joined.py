"""Labels and facts of a main set and the user's own sets beside it, one under the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wizard.core.errors import DataError

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
