"""Examples that the user adds to the training rows: made elsewhere, or made of training examples by a function."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.errors import DataError, OptionError, WizardError
from wizard.core.seeds import generator
from wizard.data.dataset import Dataset, Examples
from wizard.data.reading import read_examples, read_labelled

MOST_MADE = 20_000  # examples made by a function: a call each, and as much memory again
NOBODY = -1  # parent of an example that was made of none


@dataclass(frozen=True)
class Synthetic:
    """Examples to train on, and never to judge by.

    Attributes:
        examples: m raw examples, of the data set's kind.
        labels: (m,) or (m, k) raw labels.
        parents: (m,) row of the data set that each was made of, or equals: it is trained on only where that row is.
            -1 where there is none.
        is_made: Whether a function of the user's made them of training examples.
        n_left_out: Examples left out because a sealed test row equals them.
        key: Content hash; part of the key of every run that trains on them.
    """

    examples: Examples
    labels: np.ndarray
    parents: np.ndarray
    is_made: bool
    n_left_out: int
    key: str

    def __len__(self) -> int:
        """Number of examples."""
        return len(self.parents)


def read_synthetic(given: Any, dataset: Dataset, known: np.ndarray, seed: int) -> Synthetic:
    """Reads what the user gave as `synthetic`.

    Args:
        given: (x, y) like the data set's own, or anything that `Wizard.evaluate` takes with its labels inside; or a
            function (example, random) -> example, called once for each known example: a picture (h, w, c), a row
            {column: value}, a text, or a series (t, c), and a NumPy generator. Its label stays.
        dataset: What the journey is about.
        known: Rows that are not sealed.
        seed: Of the function's generator, and of the draw where there are very many rows.

    Raises:
        OptionError: If it is none of these, or the function returns something else than an example.
        DataError: If examples or labels cannot be read, or are unknown.
    """
    if callable(given):
        return _made(given, dataset, known, seed)
    x, y = given if isinstance(given, tuple) and len(given) == 2 else (given, None)
    try:
        examples, labels = read_labelled(x, y, dataset)
    except WizardError as error:
        raise DataError(f"regularize(synthetic=…): {error}") from error
    if not len(examples):
        raise DataError("regularize(synthetic=…) must hold at least one example. Received: none.")
    rows = {content: row for row, content in enumerate(dataset.examples.hashes())}
    parents = np.array([rows.get(content, NOBODY) for content in examples.hashes()])
    is_sealed = (parents != NOBODY) & ~np.isin(parents, known)
    kept = np.flatnonzero(~is_sealed)
    return _keyed(examples.take(kept), labels[kept], parents[kept], False, int(is_sealed.sum()))


def _made(function: Callable[..., Any], dataset: Dataset, known: np.ndarray, seed: int) -> Synthetic:
    random = generator(seed, "synthetic")
    parents = known if len(known) <= MOST_MADE else np.sort(random.permutation(known)[:MOST_MADE])
    made = []
    for row in parents:
        try:
            made.append(function(dataset.examples[int(row)], random))
        except Exception as error:
            raise OptionError(
                f"regularize(synthetic=function) failed on {dataset.where[row]}: {type(error).__name__}: {error}. It "
                "is called as function(example, random) and must return an example of the same kind."
            ) from error
    examples = _read_made(made, dataset)
    return _keyed(examples, dataset.labels[parents], parents, True, 0)


def _read_made(made: list[Any], dataset: Dataset) -> Examples:
    import pandas as pd

    try:
        raw = pd.DataFrame(made) if dataset.modality == "table" else made
        examples = read_examples(raw, dataset)
    except (WizardError, ValueError, TypeError) as error:
        raise OptionError(
            "regularize(synthetic=function): what the function returned cannot be read as examples like those of "
            f"{dataset.name!r}: {error}"
        ) from error
    if len(examples) != len(made):
        raise OptionError(
            f"regularize(synthetic=function) must return one example for each. Received: {len(examples):,} for "
            f"{len(made):,}."
        )
    return examples


def _keyed(
    examples: Examples, labels: np.ndarray, parents: np.ndarray, is_made: bool, n_left_out: int
) -> Synthetic:  # fmt: skip
    digest = hashlib.sha256("\n".join(examples.hashes()).encode())
    for values in (labels, parents):
        digest.update("\n".join(map(str, values.tolist())).encode())
    return Synthetic(examples, labels, parents, is_made, n_left_out, digest.hexdigest()[:20])
