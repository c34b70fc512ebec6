"""Texts that a person would call the same: but for spelling, spacing, markup, or a few characters in a hundred."""

from __future__ import annotations

import re
import unicodedata

import numpy as np

from wizard.core.seeds import generator
from wizard.data.dataset import Dataset

SHINGLE = 5  # characters: pieces that words share by chance are shorter
ALIKE = 0.8  # Jaccard similarity of shingles: about one character in fifty changed, or one word in twenty
SHORTEST = 40  # characters: shorter texts are near copies only if they are equal but for case and signs
LONGEST = 4_000  # characters that are compared
HASHES, BANDS = 32, 8  # MinHash (Broder 1997) in bands of 4: a pair at 0.8 is met with 98.5%, one at 0.4 with 19%
LIKELY = 0.6  # of a pair's hashes agree, before its shingles are compared
LIMIT = 200_000  # texts compared; beyond it only exact copies are looked for
BASE = np.uint64(1_000_003)


def near_copies(dataset: Dataset, exact: np.ndarray, seed: int) -> np.ndarray | None:
    """(p, 2) pairs of near, not exact, copies; None where there are too many texts to compare.

    Args:
        dataset: Texts.
        exact: (n,) number of the content of each.
        seed: For the hashes that find candidates.
    """
    if len(dataset) > LIMIT:
        return None
    plain = [_plain(dataset.examples[i]) for i in range(len(dataset))]
    shingles = [_shingles(text) for text in plain]
    signatures = _signatures(shingles, seed)
    candidates = [_neighbours(np.unique(np.array(plain, object), return_inverse=True)[1])]
    long = np.flatnonzero([len(text) >= SHORTEST for text in plain])
    for band in np.split(signatures[long], BANDS, axis=1):
        same = np.unique(band, axis=0, return_inverse=True)[1].ravel()
        candidates.append(long[_neighbours(same)])
    pairs = np.unique(np.sort(np.concatenate(candidates), axis=1), axis=0)
    pairs = pairs[exact[pairs[:, 0]] != exact[pairs[:, 1]]]
    agree = (signatures[pairs[:, 0]] == signatures[pairs[:, 1]]).mean(1)
    likely = pairs[agree >= LIKELY]
    is_near = [plain[a] == plain[b] or _jaccard(shingles[a], shingles[b]) >= ALIKE for a, b in likely]
    return likely[np.array(is_near, bool)].reshape(-1, 2).astype("int64")


def _plain(text: str) -> str:
    """Lower case, no markup, signs as blanks, single blanks; texts of nothing but signs stay as they are."""
    folded = unicodedata.normalize("NFKC", re.sub(r"</?[A-Za-z][^<>]*>", " ", text[: 2 * LONGEST])).casefold()
    return " ".join(re.sub(r"[^\w]+", " ", folded).split())[:LONGEST] or text


def _shingles(text: str) -> np.ndarray:
    """Sorted hashes of the pieces of SHINGLE characters of a text, uint64."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), "<u4").astype("uint64")
    if len(codes) < SHINGLE:
        codes = np.pad(codes, (0, SHINGLE - len(codes)))
    hashes = np.zeros(len(codes) - SHINGLE + 1, "uint64")
    for step in range(SHINGLE):
        hashes = hashes * BASE + codes[step : step + len(hashes)]  # wraps, as it should
    return np.unique(hashes)


def _signatures(shingles: list[np.ndarray], seed: int) -> np.ndarray:
    """(n, HASHES) least value of each text's shingles under as many random hash functions, uint32."""
    random = generator(seed, "copies", "minhash")
    odd = random.integers(0, 2**63, HASHES, dtype="uint64") * np.uint64(2) + np.uint64(1)
    every = np.concatenate(shingles)
    starts = np.cumsum([0, *(len(one) for one in shingles[:-1])])
    mixed = every ^ (every >> np.uint64(31))
    return np.column_stack(
        [np.minimum.reduceat(((mixed * factor) >> np.uint64(32)).astype("uint32"), starts) for factor in odd]
    )


def _neighbours(groups: np.ndarray) -> np.ndarray:
    """(p, 2) positions of each member of a group with the one before it and the first: linear also in large groups."""
    order = np.argsort(groups, kind="stable")
    same = groups[order]
    first = order[np.searchsorted(same, same)]
    is_pair = same[1:] == same[:-1]
    before = np.column_stack([order[:-1], order[1:]])[is_pair]
    return np.concatenate([before, np.column_stack([first[1:], order[1:]])[is_pair]])


def _jaccard(a: np.ndarray, b: np.ndarray) -> float:
    both = len(np.intersect1d(a, b, assume_unique=True))
    return both / (len(a) + len(b) - both)
