"""Training steps over row numbers, many in one graph call: what Keras's `fit` does between two looks, without its loop.

A step takes a fraction of a millisecond where a network is small, and reading the next batch from a pipeline, or going
back to Python, takes longer than that. So the rows' order, their cutting into batches and the loop over them are in the
graph as well; the step itself is the model's own `train_step`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.backend import tf

STEPS_A_CALL = 32  # steps in one graph call: more gain little, and a Ctrl-C is heard only between two calls


class Steps:
    """Steps of one model whose `train_step` takes row numbers; traced once, for any rows and batch size."""

    def __init__(self, model: Any) -> None:
        """Traces nothing yet.

        Args:
            model: Compiled; its optimiser is built.
        """
        self.model = model
        number, rows = tf.TensorSpec((), "int64"), tf.TensorSpec((None,), "int64")
        self._run = tf.function(
            self._steps, autograph=False, input_signature=[rows, number, number, number, number, number]
        )

    def look(self, rows: np.ndarray, batch: int, seed: int, first: int, passes: int) -> float:
        """Goes over rows (n,) several times, batch by batch.

        Args:
            rows: Numbers of the rows.
            batch: Rows a step.
            seed: Of the order in which the rows come,
            first: which it decides together with the number of the pass; this is that of the first one here.
            passes: How many.

        Returns:
            The mean loss of the steps, by their rows.
        """
        self.model.reset_metrics()
        n_steps = passes * -(-len(rows) // batch)
        numbers, loss = tf.constant(rows, "int64"), 0.0
        for start in range(0, n_steps, STEPS_A_CALL):
            loss = self._run(numbers, batch, seed, first, start, min(start + STEPS_A_CALL, n_steps))
        return float(loss)

    def _steps(self, rows: Any, batch: Any, seed: Any, first: Any, start: Any, stop: Any) -> Any:
        """Steps start ≤ i < stop of those of all passes; returns the mean loss since the metrics were reset."""
        n_rows = tf.size(rows, "int64")
        a_pass = -(-n_rows // batch)

        def one_pass(number: Any, loss: Any) -> tuple[Any, Any]:
            order = shuffled(rows, seed, first + number)

            def one_step(step: Any, _loss: Any) -> tuple[Any, Any]:
                at = (step - number * a_pass) * batch
                return step + 1, self.model.train_step(order[at : at + batch])["loss"]

            end = tf.minimum(stop, (number + 1) * a_pass)
            begin = tf.maximum(start, number * a_pass)
            _, loss = tf.while_loop(lambda step, _: step < end, one_step, (begin, loss), parallel_iterations=1)
            return number + 1, loss

        _, loss = tf.while_loop(
            lambda number, _: number * a_pass < stop, one_pass, (start // a_pass, 0.0), parallel_iterations=1
        )
        return loss


def shuffled(rows: Any, seed: Any, number: Any) -> Any:
    """(n,) rows in an order that the seed and the number of the pass decide, and nothing else."""
    return tf.random.experimental.stateless_shuffle(rows, tf.stack([seed, number]))
