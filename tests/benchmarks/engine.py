"""What the engine costs and saves: `python tests/benchmarks/engine.py [table] [digits] [image] [text] [--runs 20] …`.

The same runs, which differ in seed, rate, dropout and weight decay, are trained three ways, one after the other in one
process: by the library's trainer (one traced graph, resident data, memoised to disk); through plain `model.fit` with a
fresh model each, as KerasTuner does it; and by a hand-written loop of compiled gradient steps over resident tensors,
traced before the clock starts, which is what the arithmetic alone costs. Ratios hold within one run only. Beside them
stands how much the process's memory grew over the second half of the library's runs. `--cpu` counts the processor's
time in place of the clock's, for machines that others use as well; the bars are meant for the clock.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

BARS = {  # at most over bare steps, at least times fit
    "table": (1.5, 4.0), "digits": (1.15, 1.5), "image": (1.15, 1.5), "text": (1.5, 2.0),
}  # fmt: skip
SHORT = 2  # epochs of larger pictures, unless told otherwise: their recipe's would take two hours
FAMILIES = {"table": "mlp", "digits": "resnet", "image": "resnet", "text": "bag_of_ngrams"}


def data(kind: str) -> tuple[Any, dict[str, Any]]:
    """Raw data and the options of its door."""
    from tests.stages.walk import tumours

    if kind == "table":
        return tumours(), {"target": "diagnosis"}
    if kind == "text":
        return str(Path(__file__).parents[2] / "sample_data" / "docstrings" / "docstrings.csv"), {"target": "library"}
    if kind == "digits":
        from sklearn.datasets import load_digits

        found = load_digits()
        return (np.clip(16 * found.images, 0, 255).astype("uint8"), found.target), {"modality": "image"}
    random = np.random.default_rng(0)  # as large as Fashion-MNIST's pictures; what they show does not count here
    return (random.integers(0, 256, (10_000, 28, 28), "uint8"), random.integers(0, 10, 10_000)), {"modality": "image"}


def configs(journey: Any, kind: str, n: int, epochs: int) -> list[Any]:
    """Runs as regularize asks for them: one structure, other numbers."""
    from wizard.models.family import family, multiple

    chosen = family(FAMILIES[kind])
    form = journey.trainer.form(chosen.recipe(_form(journey), 1_000, journey.task))
    recipe = chosen.recipe(form, len(journey.split.train), journey.task)
    epochs = multiple(epochs or recipe.epochs, recipe.look_every)
    base = recipe.but(hp=chosen.ladder(form)[0], epochs=epochs, augment=0.0, patience=None)
    return [base.but(seed=i, dropout=0.1 * (i % 4), weight_decay=0.1 * (i % 3), learning_rate=base.learning_rate / (
        1 + i % 2)) for i in range(n)]  # fmt: skip


def _form(journey: Any) -> Any:
    from wizard.core.config import TrainingConfig

    return journey.trainer.form(TrainingConfig(family="linear"))


def ours(journey: Any, runs: list[Any], now: Any) -> tuple[float, float]:
    """(seconds of all runs, megabytes that memory grew over the second half of them)."""
    started, half = now(), 0.0
    for number, config in enumerate(runs):
        if number == len(runs) // 2:
            half = resident_megabytes()
        journey.trainer.train(config)
    return now() - started, resident_megabytes() - half


def resident_megabytes() -> float:
    """Of this process, now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def built(journey: Any, config: Any) -> tuple[Any, Any, Any]:
    """A fresh network, with Keras's own batch normalisation in place of ours, its loss, and the run's data."""
    from wizard.core.backend import keras
    from wizard.models.build import build_network
    from wizard.models.layers import BatchNormalization
    from wizard.models.losses import CrossEntropy

    def plain_layer(layer: Any) -> Any:
        is_ours = isinstance(layer, BatchNormalization)
        return keras.layers.BatchNormalization.from_config(layer.get_config()) if is_ours else layer

    prepared = journey.trainer.prepared(config)
    network = build_network(config, prepared.form, journey.task)
    if network.standardize is not None:
        network.standardize.mean.assign(prepared.channel_mean)
        network.standardize.std.assign(prepared.channel_std)
    for dropout in network.dropouts:
        dropout.rate.assign(config.dropout)
    return keras.models.clone_model(network.model, clone_function=plain_layer), CrossEntropy(), prepared


def plain(journey: Any, runs: list[Any], now: Any) -> float:
    """Seconds of the same runs through `model.fit`, a fresh model each."""
    from wizard.core.backend import keras

    started = now()
    for config in runs:
        keras.utils.set_random_seed(config.seed)
        model, loss, prepared = built(journey, config)
        model.compile(keras.optimizers.AdamW(config.learning_rate, weight_decay=config.weight_decay), loss)
        x, held = ({name: values[rows] for name, values in prepared.tensors.items()}
                   for rows in (prepared.train, prepared.held))  # fmt: skip
        y = prepared.y
        model.fit(x, y[prepared.train], batch_size=config.batch, epochs=config.epochs, verbose=0,
                  validation_data=(held, y[prepared.held]), validation_freq=config.look_every)  # fmt: skip
        model.predict(held, verbose=0)
    return now() - started


def bare(journey: Any, runs: list[Any], now: Any) -> float:
    """Seconds of the gradient steps alone: one graph, traced beforehand, over tensors in memory."""
    from wizard.core.backend import keras, tf

    config = runs[0]
    model, loss, prepared = built(journey, config)
    optimizer = keras.optimizers.AdamW(config.learning_rate, weight_decay=0.1)
    optimizer.build(model.trainable_variables)
    tensors = {name: tf.constant(values) for name, values in prepared.tensors.items()}
    y = tf.constant(prepared.y)

    @tf.function(input_signature=[tf.TensorSpec((None,), "int64")])
    def step(rows: Any) -> None:
        with tf.GradientTape() as tape:
            out = model({name: tf.gather(values, rows) for name, values in tensors.items()}, training=True)
            value = tf.reduce_mean(loss.call(tf.gather(y, rows), out))
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(value, [v.value for v in variables]), variables)

    batches = [tf.constant(prepared.train[i : i + config.batch], "int64")
               for i in range(0, len(prepared.train), config.batch)]  # fmt: skip
    step(batches[0])
    started = now()
    for config in runs:
        for _ in range(config.epochs):
            for rows in batches:
                step(rows)
    return now() - started


def main() -> int:
    """Prints a line a kind of data; the exit code is 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=[])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=0, help="those of the family's recipe by default")
    parser.add_argument("--cpu", action="store_true")
    given = parser.parse_args()
    now = time.process_time if given.cpu else time.perf_counter
    from tests.stages.walk import journey_on

    is_missed = False
    for kind in given.kinds or BARS:
        raw, options = data(kind)
        epochs = given.epochs or (SHORT if kind == "image" else 0)
        with tempfile.TemporaryDirectory() as folder:
            journey = journey_on(raw, Path(folder), options.pop("target", None), **options)
            runs = configs(journey, kind, given.runs, epochs)
            seconds, grown = ours(journey, runs, now)
            by_fit, by_steps = plain(journey, runs, now), bare(journey, runs, now)
        most, least = BARS[kind]
        over, times = seconds / by_steps, by_fit / seconds
        is_missed |= over > most or times < least
        sys.stdout.write(
            f"{kind:6} {len(runs)} runs of {runs[0].epochs} epochs: ours {seconds:6.1f} s, plain fit {by_fit:6.1f} s "
            f"({times:.1f} times; bar {least:g}), bare steps {by_steps:6.1f} s (ours {over:.2f} times; bar {most:g}), "
            f"memory +{grown:.0f} MB over the second half\n"
        )
        sys.stdout.flush()
    return int(is_missed)


if __name__ == "__main__":
    sys.exit(main())
