import numpy as np
import pytest

from tests.data.sources.streams import Batches, X, Y, stream_of
from wizard.core.errors import DataError
from wizard.data.opening import Request, open_dataset


def test_every_batch_is_taken_once():
    batches = Batches()
    dataset = open_dataset(batches, Request(test=Batches(1)))
    assert np.bincount(dataset.part).tolist() == [200, 0, 32]
    assert batches.n_ends == 0
    same = open_dataset(stream_of(), Request())
    assert [dataset.examples[i].tobytes() for i in range(200)] == [same.examples[i].tobytes() for i in range(200)]
    assert open_dataset(Batches(), Request()).fingerprint == same.fingerprint
    assert dataset.source == "Batches"


def test_one_without_an_end_needs_a_validation_set(monkeypatch):
    monkeypatch.setattr("wizard.data.gathering.ENDLESS_EXAMPLES", 100)
    with pytest.raises(DataError, match="validation"):
        open_dataset(Batches(None), Request())
    dataset = open_dataset(Batches(None), Request(validation=Batches(2), test=(X[:9], Y[:9])))
    assert np.bincount(dataset.part).tolist() == [100, 64, 9]


def test_one_that_changes_its_examples_says_so():
    class Noisy(Batches):
        def __getitem__(self, number):
            x, y = super().__getitem__(number)
            return x + np.random.default_rng().integers(0, 3, x.shape, dtype=np.uint8), y

    assert "other examples each time" in open_dataset(Noisy(), Request()).notes[0]


def test_one_that_fails_names_the_batch():
    class Broken(Batches):
        def __getitem__(self, number):
            return super().__getitem__(number) if number < 5 else ({}[number])

    with pytest.raises(DataError, match="KeyError at element 5"):
        open_dataset(Broken(), Request())


def test_one_without_a_length_is_told_how_to_get_one():
    class Endless(Batches):
        num_batches = property(lambda self: len(self))

    with pytest.raises(DataError, match="num_batches"):
        open_dataset(Endless(), Request())
