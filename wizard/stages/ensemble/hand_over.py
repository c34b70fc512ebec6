"""The predictor on disk."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from wizard.core.blocks import Column, Table, Text
from wizard.core.keys import content_key
from wizard.core.registry import load
from wizard.export.predictor import Member, build_predictor, load_predictor, predict_raw
from wizard.stages.context import Context
from wizard.stages.ensemble.final import final_config, final_runs, predict_together
from wizard.stages.step import Outcome, failed, passed, step

ALLOWED = 1e-6  # on probabilities: the same sums in another order
ALLOWED_AMOUNT = 1e-5  # of an amount's spread: convolutions add up otherwise for one row than for many, by up to 3e-6
CHECKED = 500  # rows predicted by the file and by the networks in memory
REPEATS = 5  # timings of one example; the median counts
KIND = "predictor"


@step(gate=True)
def hand_over(context: Context) -> Outcome:
    """The file on disk predicts what was measured.

    Preprocessing, networks and label names are joined into one file that takes raw input. A file that was tested is
    worth more than a promise: it is loaded back, and its answers are compared with those behind the numbers above.
    """
    runs = final_runs(context)
    members = [
        Member(run.config, context.prepared(run.config), context.trainer.weights(run), weight) for run, weight in runs
    ]
    key = content_key("predictor", [(run.key, weight) for run, weight in runs])

    def fill(folder: Path) -> None:
        build_predictor(members, context.task).save(folder / "model.keras")

    folder = context.trainer.store.write(KIND, key, fill)
    rows = context.sample(context.split.known, CHECKED, "hand_over")
    model = load_predictor(folder / "model.keras")
    answers = predict_raw(model, context.prepared(runs[0][0].config).preparation, context.examples(rows), context.task)
    expected = predict_together(context, runs, rows)
    scale = 1.0 if context.task.is_classification else np.maximum(np.std(expected, axis=0), 1e-300)
    difference = float((np.abs(answers - expected) / scale).max())
    table = _facts(context, folder / "model.keras", model, len(runs), len(rows))
    usage = Text(title="How to use it", text=_usage(context))
    numbers = {
        "measured": difference, "expected": 0.0, "unit": "largest difference, file against memory",
        "blocks": (table, usage), "decides": {"predictor": key},
    }  # fmt: skip
    if difference > (ALLOWED if context.task.is_classification else ALLOWED_AMOUNT):
        worst = int(np.abs(answers - expected).reshape(len(rows), -1).max(1).argmax())
        return failed(
            f"The file and the networks behind the numbers disagree by {difference:.2g}, most on "
            f"{context.dataset.where[rows[worst]]}.",
            advice="Do not use the file; please report this.",
            **numbers,
        )
    return passed(
        f"predictor/model.keras takes raw input and agrees with what was measured to {difference:.1g} "
        f"on {len(rows):,} examples.",
        **numbers,
    )


def _facts(context: Context, path: Path, model: object, n_networks: int, n_rows: int) -> Table:
    first = context.examples(context.split.known[:1])
    preparation = context.prepared(final_config(context, context.decided("members")[0][0])).preparation
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        predict_raw(model, preparation, first, context.task)
        seconds.append(time.perf_counter() - started)
    context.shared["latency"] = float(np.median(seconds))
    rows = (
        ("file", "predictor/model.keras"),
        ("size", f"{path.stat().st_size / 1e6:.1f} MB"),
        ("networks inside", str(n_networks)),
        ("time for one example", f"{1000 * float(np.median(seconds)):.1f} ms"),
        ("compared examples", str(n_rows)),
    )
    return Table(title="The predictor", columns=(Column(name="what"), Column(name="value")), rows=rows)


def _usage(context: Context) -> str:
    given = load("wizard.data.modalities", context.dataset.modality).usage(context.form())
    task = context.task
    if task.is_multilabel:
        gives = '{"labels": (n, k) of 0 and 1, "probabilities": (n, k)}'
    elif task.is_classification:
        gives = '{"label": n names, "probabilities": (n, k)}'
    elif task.targets:
        gives = f'{{"prediction": (n, {task.n_outputs}) numbers in the units of {", ".join(task.targets)}}}'
    else:
        gives = f'{{"prediction": n numbers in the unit of {task.target}}}'
    return (
        'import wizard, keras, then model = keras.saving.load_model("predictor/model.keras"). '
        f"It takes {given}, and gives {gives}."
    )
