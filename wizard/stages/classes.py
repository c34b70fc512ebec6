"""The classes of a page: the largest are shown, the rest is counted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SHOWN = 60  # classes: more, and neither a table nor bars can be read


def shown_classes(classes: Sequence[str], counts: np.ndarray, by_size: bool = False) -> tuple[list[str], list[int]]:
    """Returns names and counts of at most SHOWN classes, the largest ones, and of all the others together.

    Args:
        classes: (k,) names.
        counts: (k,) examples of each.
        by_size: Whether the largest comes first; else they keep their order.
    """
    largest = np.argsort(-counts, kind="stable")
    kept = largest[:SHOWN] if by_size else np.sort(largest[:SHOWN])
    names, numbers = [classes[i] for i in kept], [int(counts[i]) for i in kept]
    if len(largest) > SHOWN:
        names.append(f"{len(largest) - SHOWN:,} others")
        numbers.append(int(counts[largest[SHOWN:]].sum()))
    return names, numbers
