"""Small streams of digits."""

import numpy as np

from tests.small import some_digits
from wizard.core.backend import keras, tf

X, Y = some_digits(200)


def stream_of(x=X, y=Y):
    """A pipeline of single examples."""
    return tf.data.Dataset.from_tensor_slices((x, y))


class Batches(keras.utils.PyDataset):
    """Batches of 32 digits, the last one smaller; counts the ends of epochs."""

    def __init__(self, n_batches=7, x=X, y=Y):
        super().__init__(workers=2)
        self.n, self.x, self.y, self.n_ends = n_batches, x, y, 0

    @property
    def num_batches(self):
        return self.n

    def __getitem__(self, number):
        rows = np.arange(number * 32, number * 32 + 32)
        rows = rows[rows < len(self.x)] if self.n else rows % len(self.x)
        return self.x[rows], self.y[rows]

    def on_epoch_end(self):
        self.n_ends += 1


def tiny_info():
    """What TFDS knows of the small data set in `public`."""
    from tests.data.sources.public import TinyColours

    return TinyColours(data_dir="nowhere").info
