"""A loop of `train_on_batch`, caught: its batches are kept until they repeat, and nothing is trained."""

from __future__ import annotations

from typing import Any

from wizard.training.examples import Examples
from wizard.training.nests import Nest, in_numpy, joined, leaves, n_rows, row_keys


class BatchLoop:
    """The batches that a script hands to one model, one after the other.

    A loop does not say where an epoch ends. It is over when enough examples came, or when a batch holds nothing new:
    the next epoch began. Tables of very few different rows therefore end early.
    """

    HOW = "loop of train_on_batch"

    def __init__(self, model: Any, class_weight: dict[int, float] | None, where: str, most: int) -> None:
        self.model, self.class_weight, self.where, self.most = model, class_weight, where, most
        self.is_over = self.is_shuffled = self._has_more = False
        self._batches: list[tuple[Nest, Nest, Nest]] = []
        self._seen: set[int] = set()
        self._first: list[int] = []
        self._n = 0
        self._answer: Any = None

    def add(self, x: Nest, y: Nest, weight: Nest) -> None:
        """Keeps a batch, or notices that the loop is over.

        Raises:
            DataError: If it is no batch.
        """
        n = n_rows((x, y, weight))
        batch: tuple[Nest, Nest, Nest] = in_numpy((x, y, weight))
        keys = row_keys(batch)
        if self._seen.issuperset(keys):
            self.is_over, self.is_shuffled = True, keys != self._first
        elif self._n >= self.most:
            self.is_over = self._has_more = True
        else:
            self._first = self._first or keys
            self._batches.append(batch)
            self._seen.update(keys)
            self._n += n

    def answer(self, x: Nest, y: Nest, weight: Nest, as_dict: bool) -> Any:
        """What `train_on_batch` would return: the untrained model's loss and metrics of the first batch, or zeros."""
        if self._answer is None:
            try:
                self._answer = self.model.test_on_batch(x, y, weight, return_dict=True)
                self.model.reset_metrics()
            except Exception:  # a model that trains in its own way need not be able to test
                self._answer = {"loss": 0.0}
        values = list(self._answer.values())
        return dict(self._answer) if as_dict else values[0] if len(values) == 1 else values

    def examples(self) -> Examples:
        """The examples of all batches, in the order in which they came."""
        x, y, weight = in_numpy(joined(self._batches), slice(self.most))
        is_cut = self._has_more or self._n > self.most
        size = max(len(leaves(batch)[0]) for batch in self._batches)
        n = None if is_cut else self._n
        shuffled = self.is_shuffled if self.is_over and not is_cut else None
        return Examples(x, y, weight, size, n, is_cut, self.HOW, is_shuffled=shuffled)
