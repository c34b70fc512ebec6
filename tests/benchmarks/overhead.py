"""What the checks cost on a model of the user's own, against the training that they judge, in one process.

    python tests/benchmarks/overhead.py            # a small table; a convnet on 20,000 and 60,000 pictures of 28 × 28

Seconds of the processor, so that what else the machine does has no part in the ratio. The training that is judged is
not trained to its end: one epoch is measured after a first one, and multiplied.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

SMALL_BAR, LARGE_BAR = 60.0, 0.15  # seconds; share of the training


def table():
    """178 wines, a net of one layer, forty epochs: the training itself takes a second or two."""
    import keras
    from sklearn.datasets import load_wine

    both = load_wine()
    x = ((both.data - both.data.mean(0)) / both.data.std(0)).astype("float32")
    model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, (x, both.target), 40


def pictures(n=20_000):
    """Digits spread to 28 × 28, shifted, each with noise of its own; a convnet as tutorials have it, thirty epochs."""
    import keras
    from sklearn.datasets import load_digits

    both, random = load_digits(), np.random.default_rng(0)
    rows = random.integers(0, len(both.target), n)
    x = np.kron(both.images[rows] / 16, np.ones((1, 3, 3))).astype("float32")
    x = np.pad(x, ((0, 0), (2, 2), (2, 2)))
    x = np.stack([np.roll(one, random.integers(-2, 3, 2), (0, 1)) for one in x])
    x = (x + 0.1 * random.normal(size=x.shape)).astype("float32")[..., None]
    model = keras.Sequential([
        keras.Input((28, 28, 1)), keras.layers.Conv2D(32, 3, activation="relu"), keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(64, 3, activation="relu"), keras.layers.MaxPooling2D(), keras.layers.Flatten(),
        keras.layers.Dropout(0.5), keras.layers.Dense(10, "softmax"),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, (x, both.target[rows]), 30


def more_pictures():
    """The same of as many pictures as MNIST and Fashion-MNIST have."""
    return pictures(60_000)


def measured(make):
    """(seconds of explore, of baseline, of the training)."""
    from wizard import Wizard

    model, data, epochs = make()
    weights = model.get_weights()
    model.fit(*data, epochs=1, verbose=0)  # traced once
    started = time.process_time()
    model.fit(*data, epochs=1, verbose=0)
    training = epochs * (time.process_time() - started)
    model.set_weights(weights)
    with tempfile.TemporaryDirectory() as folder:
        wizard = Wizard(data, model=model, out=folder, name="own", gates="warn")
        started = time.process_time()
        wizard.explore()
        explored = time.process_time()
        wizard.baseline()
    return explored - started, time.process_time() - explored, training


def main():
    """Prints the table."""
    print(f"{'case':14} {'explore':>9} {'baseline':>9} {'training':>9} {'checks over training':>21}")
    for make in (table, pictures, more_pictures):
        explore, baseline, training = measured(make)
        print(f"{make.__name__:14} {explore:8.1f}s {baseline:8.1f}s {training:8.1f}s "
              f"{(explore + baseline) / training:20.0%}", flush=True)  # fmt: skip
    print(f"bars: small data at most {SMALL_BAR:.0f} s, larger at most {LARGE_BAR:.0%} of the training")


if __name__ == "__main__":
    main()
