import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework.config import disable_op_determinism, is_op_determinism_enabled

from wizard.training.draws import differ
from wizard.training.examples import read
from wizard.training.nests import leaves
from wizard.training.randomness import make_deterministic

X, Y = np.random.default_rng(0).random((48, 4, 4, 1)).astype("float32"), np.arange(48) % 3


def dataset(change=None, seeded=False):
    found = tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(48)
    if change == "graph":
        found = found.map(lambda x, y: (tf.image.random_brightness(x, 0.3, seed=3 if seeded else None), y))
    if change == "flip":
        found = found.map(lambda x, y: (tf.image.random_flip_left_right(x), y))
    return found.batch(8)


FLIPPED = dataset("flip")  # made while no seed is set for all, which would give each pass the same


class Batches(keras.utils.PyDataset):
    """Batches whose examples are moved by a number that is drawn, from one generator or from one made anew."""

    def __init__(self, how):
        super().__init__()
        self.how, self.random = how, np.random.default_rng(1)

    def __len__(self):
        return 6

    def __getitem__(self, i):
        drawn = {
            "not": lambda: 0.0, "goes on": self.random.random, "anew": lambda: np.random.default_rng(i).random(),
        }[self.how]()  # fmt: skip
        return X[8 * i : 8 * i + 8] + drawn, Y[8 * i : 8 * i + 8]


@pytest.mark.parametrize(
    ("data", "draws", "varies"),
    [
        (dataset(), False, False),
        (dataset("graph"), True, True),
        (dataset("graph", seeded=True).cache(), True, False),
        (Batches("not"), False, False),
        (Batches("goes on"), True, True),
        (Batches("anew"), True, False),
    ],
    ids=["only shuffled", "a map", "a map from one seed", "no change", "one generator", "a generator made anew"],
)
def test_draws_and_changes_from_pass_to_pass_are_told_apart(data, draws, varies):
    examples = read((data, None, None), None, None, 1000)
    assert bool(examples.draws) == draws
    assert differ(leaves(examples.second_x), leaves(examples.x)) == varies


def test_a_pipeline_without_a_seed_is_read_after_determinism_went_on():
    given = dataset("graph")
    was_on = is_op_determinism_enabled()
    make_deterministic()
    try:
        assert differ(leaves((found := read((given, None, None), None, None, 1000)).second_x), leaves(found.x))
        assert is_op_determinism_enabled()
    finally:
        if not was_on:
            disable_op_determinism()


def test_what_a_cache_keeps_is_said():
    assert read((dataset("graph").cache(), None, None), None, None, 1000).draws == "a map before cache()"


def test_a_flip_of_every_other_example_is_a_change_and_another_part_of_a_shuffled_stream_is_none():
    found = read((FLIPPED, None, None), None, None, 1000)
    assert differ(leaves(found.second_x), leaves(found.x))
    assert read((dataset(), None, None), None, None, 16).second_x is None
    kept = read((tf.data.Dataset.from_tensor_slices((X, Y)).batch(8), None, None), None, None, 16)
    assert not differ(leaves(kept.second_x), leaves(kept.x))
