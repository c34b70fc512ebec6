"""Labels and facts of a main set and the user's own sets beside it, one under the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def joined_facts(sets: Sequence[Any]) -> pd.DataFrame:
    """Returns the further columns of all sets; rows without columns where a set has none."""
    import pandas as pd

    empty = [pd.DataFrame(index=range(len(one.where))) for one in sets]
    given = [one.facts if one.facts is not None else nothing for one, nothing in zip(sets, empty, strict=True)]
    return pd.concat(given, ignore_index=True)


def joined_labels(sets: Sequence[Any]) -> pd.Series:
    """Returns the labels of all sets, as categories where they are names of folders."""
    import pandas as pd

    labels = [one.labels for one in sets]
    if len({str(one.dtype) for one in labels}) > 1:
        labels = [one.astype(object) for one in labels]
    joined = pd.concat(labels, ignore_index=True)
    return joined.astype("category") if sets[0].takes_names else joined
