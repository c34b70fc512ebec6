"""The fast path gives what a slow, explicit one gives."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.backend import keras
from wizard.core.blocks import Column, Table
from wizard.core.disk import is_full
from wizard.stages.context import Context
from wizard.stages.experiments.judging import evidence_of, finite, judged
from wizard.stages.step import Outcome, failed, step

ROWS = 6
CLOSE = 1e-5  # relative: sums in another order
LOOSE = 1e-3  # of the outputs' spread


@step(gate=True)
def special_case(context: Context) -> Outcome:
    """Examples one by one give what batches give, and a saved network what the one in memory gives.

    Vectorised code is where silent bugs live. So the same is done once more in the plainest way, and compared number by
    number.
    """
    evidence = evidence_of(context)
    links = evidence.links_after
    rows: list[tuple[str, float, float]] = [
        ("predicting one by one, against in batches", finite(links.alone), LOOSE),
        ("predicting the same twice", finite(links.twice), LOOSE),
    ]
    if context.foreign is None:
        rows.append(("preprocessing each example alone, against a batch", _prepared_alone(context), CLOSE))
    saved, why = _saved(context)
    if not np.isnan(saved):
        rows.append(("saved and loaded, against in memory", saved, LOOSE))
    table = Table(
        title="The plain way against the fast way",
        caption=why,
        columns=(Column(name="what was compared"), Column(name="largest difference"), Column(name="allowed")),
        rows=tuple(rows),
    )
    worst = max(rows, key=lambda row: row[1] / row[2])
    numbers: dict[str, Any] = {
        "measured": worst[1], "expected": 0.0, "unit": "largest difference, in the outputs' spread",
        "blocks": (table,),
    }  # fmt: skip
    outcome = judged(
        context, "special_case", "One by one, in batches, saved and loaded: the numbers are the same."
        if not np.isnan(saved) else "One by one and in batches, the numbers are the same.", **numbers,
    )  # fmt: skip
    is_known = links.mixing > LOOSE or links.twice > LOOSE  # named by another step
    if outcome.status == "passed" and worst[1] > worst[2] and not is_known:
        return failed(f"The plain way gives other numbers: {worst[0]} differs by {worst[1]:.2g}.", **numbers)
    return outcome


def _prepared_alone(context: Context) -> float:
    """Largest relative difference between examples preprocessed alone and together."""
    from wizard.stages.baseline.skeleton import skeleton

    prepared = context.prepared(skeleton(context))
    worst = 0.0
    for row in prepared.train[:ROWS]:
        alone = prepared.preparation.encode(context.dataset.examples.take(np.array([row])))
        for name, values in alone.items():
            together = np.asarray(prepared.tensors[name][np.array([row])])
            away = np.abs(np.nan_to_num(values.astype("float64")) - np.nan_to_num(together.astype("float64")))
            worst = max(worst, float((away / np.maximum(np.abs(together), 1.0)).max()) if away.size else 0.0)
    return worst


def _saved(context: Context) -> tuple[float, str]:
    """(largest difference of a saved and loaded model's outputs in their spread, why there is none)."""
    pipeline = evidence_of(context).pipeline
    x = pipeline.train.take(np.arange(min(32, len(pipeline.train)))).x
    before = pipeline.outputs(x)
    with context.trainer.store.temporaries() as folder:
        path = folder / "model.keras"
        try:
            pipeline.model.save(path)
            loaded = keras.models.load_model(path, compile=False)
            after = keras.tree.flatten(loaded(keras.tree.map_structure(keras.ops.convert_to_tensor, x), training=False))
        except Exception as error:
            if is_full(error):  # no fault of the model's
                raise
            first = (str(error).strip().splitlines() or [""])[0][:120]
            return float(
                "nan"
            ), f"The model cannot be saved and loaded again as it is ({type(error).__name__}: {first})."
    spread = max(float(np.std(before[0])), 1e-12)
    pairs = zip(before, after, strict=True)
    return max(float(np.abs(a - np.asarray(b)).max()) for a, b in pairs) / spread, ""
