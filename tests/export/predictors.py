"""Small trained predictors of every kind, and raw tensors to ask them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tests.small import dataset_of, some_amounts, some_digits, some_rows, some_series, some_texts, trainer_for
from wizard.core.calibration import Calibration
from wizard.core.config import TrainingConfig
from wizard.data.reading import read_examples
from wizard.export.known import Known
from wizard.export.predictor import Member, build_predictor

LINEAR = TrainingConfig(family="linear", epochs=2, learning_rate=1e-2)
KINDS = {
    "table": (lambda: some_rows(120), "bought", None, Calibration(temperature=1.5, threshold=0.55)),
    "pictures": (lambda: some_digits(120), None, None, Calibration(temperature=0.7)),
    "texts": (lambda: some_texts(80), None, None, None),
    "series": (lambda: some_series(60), None, None, Calibration(threshold=0.6)),
    "labels": (
        lambda: (np.random.default_rng(0).normal(size=(80, 4)), np.random.default_rng(1).integers(0, 2, (80, 3))),
        None, None, Calibration(temperature=2.0, threshold=0.4),
    ),
    "amounts": (lambda: some_amounts(80), ["price", "rooms"], None, Calibration(half_widths=(5e4, 1.0))),
}  # fmt: skip
ODD = {  # what must not break an answer
    "table": pd.DataFrame({"age": [np.nan, 1e300], "a b/c.d é": [np.nan, 0], "city": [None, "Rom"],
                           "since": pd.to_datetime([None, "1700-01-01"])}),
    "pictures": np.zeros((1, 1, 1), "uint8"),
    "texts": ["", "never seen before"],
    "series": [np.full((1, 2), np.nan, "float32"), np.ones((40, 2), "float32")],
    "labels": np.full((1, 4), np.nan),
    "amounts": pd.DataFrame({"area": [np.nan, -1.0]}),
}  # fmt: skip


@dataclass
class Made:
    """A predictor in memory, and what it stands on."""

    model: Any
    preparation: Any
    task: Any
    dataset: Any
    calibration: Calibration | None
    rows: np.ndarray  # of the validation set
    together: np.ndarray  # the members' answers to them while training, joined, without calibration

    @property
    def known(self) -> Known:
        return Known.of(self.dataset, self.task, self.calibration)

    def batches(self, kind: str) -> list[dict[str, np.ndarray]]:
        """Raw tensors of the whole validation set, then of odd examples."""
        examples = [self.dataset.examples.take(self.rows), read_examples(ODD[kind], self.known.dataset())]
        return [
            {name: values for name, values in batch.items() if name in self.model.input}
            for one in examples
            for _, batch in self.preparation.raw_batch(one)
        ]


MIXED = {  # settings of the inputs of two members that see the same examples in two ways
    "table": ({"leave_out": '["age"]'}, {}),
    "pictures": ({}, {"height": 4, "width": 4}),
    "texts": ({"length": 4}, {"vocabulary": 12}),
    "series": ({"even": "level"}, {}),
}


def made(kind: str, folder, inputs=({}, {})) -> Made:
    """Trains two members for a moment and joins them."""
    raw, target, task, calibration = KINDS[kind]
    dataset = dataset_of(raw(), tuple(target) if isinstance(target, list) else target)
    trainer = trainer_for(dataset, folder / kind, task=task)
    members, together = [], 0.0
    for seed, (weight, settings) in enumerate(zip((0.75, 0.25), inputs, strict=True)):
        run = trainer.train(LINEAR.but(seed=seed, inputs=settings))
        members.append(Member(run.config, trainer.prepared(run.config), trainer.weights(run), weight))
        together = together + weight * trainer.held_predictions(run)
    model = build_predictor(members, trainer.task, calibration)
    rows = trainer.split.validation
    return Made(model, members[0].prepared.preparation, trainer.task, dataset, calibration, rows, together)
