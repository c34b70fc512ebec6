"""Copies among examples: exact by content, near by what a person would call the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wizard.core.registry import load
from wizard.data.dataset import Dataset

NEAR = "wizard.data.near"  # a file a modality
LARGEST_SHARE = 0.05  # a chain of near copies over more of the data than this is a dense region, not copies


@dataclass(frozen=True)
class Copies:
    """Which examples are copies of which.

    Attributes:
        exact: (n,) number of the content of each example: equal content, equal number.
        sets: (n,) number of the set of copies, near ones included; what must stay on one side of a split.
        near: (p, 2) pairs of near, not exact, copies.
        is_near_searched: Whether near copies were looked for.
    """

    exact: np.ndarray
    sets: np.ndarray
    near: np.ndarray
    is_near_searched: bool = True


def find_copies(dataset: Dataset, seed: int) -> Copies:
    """Finds exact and near copies over all sets, without looking at labels.

    Args:
        dataset: All examples.
        seed: For the shuffled table that tells copies from coincidence.
    """
    _, exact = np.unique(np.array(dataset.examples.hashes()), return_inverse=True)
    found = load(NEAR, dataset.modality).near_copies(dataset, exact, seed)
    near = np.empty((0, 2), "int64") if found is None else found
    sets = _joined(exact, near)
    return Copies(exact, sets, near[sets[near[:, 0]] == sets[near[:, 1]]], found is not None)


def _joined(exact: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Numbers of the connected sets; a chain that is too large falls apart into its exact copies."""
    if not len(near):
        return exact
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    size = int(exact.max()) + 1
    links = coo_matrix((np.ones(len(near)), (exact[near[:, 0]], exact[near[:, 1]])), shape=(size, size))
    _, component = connected_components(links, directed=False)
    sets = component[exact]
    is_chain = (np.bincount(sets) > max(LARGEST_SHARE * len(exact), 2))[sets]
    return np.unique(np.where(is_chain, exact + size, sets), return_inverse=True)[1]
