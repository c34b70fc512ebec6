"""Examples cut into parts that lie in places: one file a modality.

Each file has `parts(context, rows)`, which gives `Parts`: how strongly each of a few learnt patterns (a code book of
patches or windows, or the frequent words) is present at each place of each example. From the same responses three views
are made that a probe is asked with: what is there (`bag`, `wider`), in what order (`order`), and where (`place`).

Code books after Coates and Ng, "The importance of encoding versus training with sparse coding and vector quantization"
(2011); pooling in places after Lazebnik, Schmid and Ponce, "Beyond bags of features: spatial pyramid matching" (2006).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_ORDERED = 24  # patterns whose order is looked at: 276 pairs a direction
MOST_PLACED = 64  # patterns whose places are looked at


@dataclass(frozen=True)
class Parts:
    """Responses of patterns in places.

    Attributes:
        small: (n, p, k) responses of small patterns, 0 or more.
        places: (p, dims) where each place lies, in 0–1 along each direction.
        wide: (n, q, k) responses of patterns about half as large as the example; none for texts, q = 0.
        pairs: (n, m) what stands beside what, where that is known otherwise (pairs of words), m may be 0.
    """

    small: np.ndarray
    places: np.ndarray
    wide: np.ndarray
    pairs: np.ndarray

    def bag(self) -> np.ndarray:
        """(n, 2 k) mean and strongest response of each small pattern, wherever it is."""
        return np.concatenate([self.small.mean(1), self.small.max(1)], axis=1)

    def wider(self) -> np.ndarray:
        """(n, …) mean and strongest response of each wide pattern, and pairs of neighbours, wherever they are."""
        wide = [self.wide.mean(1), self.wide.max(1)] if self.wide.shape[1] else []
        return np.concatenate([*wide, self.pairs], axis=1)

    def order(self) -> np.ndarray:
        """(n, …) which of two small patterns comes first along each direction: -1, 0 or 1."""
        kept = self._prominent(MOST_ORDERED)
        where = self.places[self.small[:, :, kept].argmax(1)]  # (n, k, dims) places of the strongest responses
        is_there = self.small[:, :, kept].max(1) > 0
        first, second = np.triu_indices(len(kept), 1)
        ahead = np.sign(where[:, first] - where[:, second]) * (is_there[:, first] & is_there[:, second])[:, :, None]
        return ahead.reshape(len(self.small), -1)

    def place(self, blocks: int = 3) -> np.ndarray:
        """(n, blocks^dims x k) mean response of each small pattern in each block of places."""
        number = np.minimum((self.places * blocks).astype(int), blocks - 1)
        block = number @ (blocks ** np.arange(self.places.shape[1]))
        small = self.small[:, :, self._prominent(MOST_PLACED)]
        return np.concatenate([small[:, block == one].mean(1) for one in np.unique(block)], axis=1)

    def _prominent(self, most: int) -> np.ndarray:
        """Patterns that stand out from their example's usual place: the empty ground does not."""
        above = (self.small.max(1) - np.median(self.small, axis=1)).mean(0)
        return np.sort(np.argsort(-above, kind="stable")[:most])


def code_book(patches: np.ndarray, k: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(mean, whitening, centres) of patches (m, d), by k-means on their principal components."""
    from sklearn.cluster import MiniBatchKMeans

    mean = patches.mean(0)
    values, vectors = np.linalg.eigh(np.cov(patches - mean, rowvar=False).reshape(patches.shape[1], -1))
    kept = values > 0.01 * max(float(values.max()), 1e-12)
    whitening = vectors[:, kept] / np.sqrt(values[kept] + 0.01 * values.max())
    means = MiniBatchKMeans(min(k, len(patches)), n_init=1, batch_size=1024, max_iter=20, random_state=seed)
    return mean, whitening, means.fit((patches - mean) @ whitening).cluster_centers_


def responses(patches: np.ndarray, book: tuple[np.ndarray, np.ndarray, np.ndarray]) -> np.ndarray:
    """(n, p, d) patches to (n, p, k): by how much nearer than usual each centre is, 0 where it is farther."""
    from sklearn.metrics import euclidean_distances

    mean, whitening, centres = book
    flat = (patches.reshape(-1, patches.shape[-1]) - mean) @ whitening
    far = euclidean_distances(flat, centres)
    near = np.maximum(far.mean(1, keepdims=True) - far, 0)
    return near.reshape(*patches.shape[:2], -1).astype("float32")
