"""The predictor on disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.blocks import Column, Table, Text
from wizard.core.errors import NotAvailableError
from wizard.core.interrupt import is_interrupt
from wizard.core.keys import content_key, source_key
from wizard.core.registry import load
from wizard.core.run import TrainingRun
from wizard.core.seeds import derive
from wizard.export.eject import Ejected, eject, single_network
from wizard.export.known import FILE, Known
from wizard.export.notebook import notebook_of
from wizard.export.own_predictor import Written, load_own, write_own
from wizard.export.predictor import Member, build_predictor, load_predictor, predict_raw
from wizard.export.saved_model import load_served, save_for_tensorflow
from wizard.stages.context import Context
from wizard.stages.ensemble.final import final_configs, final_runs, predict_together
from wizard.stages.step import Outcome, failed, passed, step, warned
from wizard.stages.words import listed
from wizard.training.calibration import calibrated
from wizard.training.own_model import OwnModel

ALLOWED = 1e-6  # on probabilities: the same sums in another order
ALLOWED_AMOUNT = 1e-5  # of an amount's spread: convolutions add up otherwise for one row than for many, by up to 3e-6
CHECKED = 2000  # rows that decided, predicted by the files and by the networks in memory, at most
BATCH = 256  # examples of a timed batch
REPEATS = 5  # timings of one example; the median counts
KIND = "predictor"
SCRIPT, NOTEBOOK = "train.py", "train.ipynb"
FILES = ("model.keras", "saved_model")


@step(gate=True)
def hand_over(context: Context) -> Outcome:
    """The files on disk predict what was measured.

    Preprocessing, networks, calibration and label names are joined into one predictor that takes raw input: once for
    Keras beside this library, once for machines that have TensorFlow alone. A file that was tested is worth more than
    a promise: both are loaded back, and their answers are compared with those behind the numbers above.
    """
    runs = final_runs(context)
    calibration = context.decided("calibration")
    members = [
        Member(run.config, context.prepared(run.config), context.trainer.weights(run), weight, context.own)
        for run, weight in runs
    ]
    if context.own is not None:
        return _of_own(context, context.own, runs, members)
    known = Known.of(context.dataset, context.task, calibration)
    code = source_key("wizard.export.predictor", "wizard.export.saved_model")
    script, no_script = _script(context)
    instead = "" if script is None else script.instead
    key = content_key("predictor", [(run.key, weight) for run, weight in runs], known, code, script and script.script)

    def fill(folder: Path) -> None:
        model = build_predictor(members, context.task, calibration)
        with context.trainer.store.temporaries():
            model.save(folder / "model.keras")
            save_for_tensorflow(model, folder / "saved_model")
        (folder / FILE).write_text(known.model_dump_json(indent=1), encoding="utf-8")
        if script is not None:
            script.write(folder / SCRIPT)
            (folder / NOTEBOOK).write_text(notebook_of(script.script), encoding="utf-8")

    folder = context.trainer.store.write(KIND, key, fill)
    rows = context.sample(context.deciding_rows, CHECKED, "hand_over")
    with context.trainer.store.temporaries():
        kept = load_predictor(folder / "model.keras")
    loaded = {"model.keras": kept, "saved_model": load_served(folder / "saved_model", frozenset(kept.input))}
    preparation = members[0].prepared.preparation

    def ask(name: str, asked: np.ndarray) -> np.ndarray:
        return predict_raw(loaded[name], preparation, context.examples(asked), context.task)

    expected = calibrated(predict_together(context, runs, rows), calibration, context.task)
    scale = 1.0 if context.task.is_classification else np.maximum(np.std(expected, axis=0), 1e-300)
    away = {name: np.abs(ask(name, rows) - expected) / scale for name in FILES}
    largest = {name: float(difference.max()) for name, difference in away.items()}
    worst = max(FILES, key=lambda name: largest[name])
    usage = Text(title="How to use it", text=_usage(context, preparation, no_script, instead))
    numbers = {
        "measured": largest[worst], "expected": 0.0, "unit": "largest difference, files against memory",
        "blocks": (_facts(context, folder, ask, largest, len(rows), runs), usage),
        "decides": {"predictor": key, "handed_over": final_configs(context)},
    }  # fmt: skip
    if largest[worst] > (ALLOWED if context.task.is_classification else ALLOWED_AMOUNT):
        row = int(away[worst].reshape(len(rows), -1).max(1).argmax())
        return failed(
            f"The file {worst} and the networks behind the numbers disagree by {largest[worst]:.2g}, most on "
            f"{context.dataset.where[rows[row]]}.",
            advice="Do not use the file; please report this.",
            **numbers,
        )
    return passed(
        f"The predictor takes raw input and agrees with what was measured to {largest[worst]:.1g} on "
        f"{len(rows):,} examples: predictor/model.keras, and predictor/saved_model for TensorFlow alone.",
        **numbers,
    )


def _of_own(
    context: Context, own: OwnModel, runs: list[tuple[TrainingRun, float]], members: list[Member]
) -> Outcome:  # fmt: skip
    """What is handed over of the user's own models; what cannot be written is said."""
    calibration = context.decided("calibration")
    known = Known.of(context.dataset, context.task, calibration).but(is_finished=True)
    code = source_key("wizard.export.own_predictor", "wizard.export.saved_model")
    key = content_key("own predictor", [(run.key, weight) for run, weight in runs], known, code)

    def fill(folder: Path) -> None:
        with context.trainer.store.temporaries():
            write_own(members, context.task, calibration, folder)
        (folder / FILE).write_text(known.model_dump_json(indent=1), encoding="utf-8")

    folder = context.trainer.store.write(KIND, key, fill)
    written = Written.read(folder)
    rows = context.sample(context.deciding_rows, CHECKED, "hand_over")
    with context.trainer.store.temporaries():
        loaded = load_own(folder, members)
    expected = calibrated(predict_together(context, runs, rows), calibration, context.task)
    scale = 1.0 if context.task.is_classification else np.maximum(np.std(expected, axis=0), 1e-300)

    def ask(name: str, asked: np.ndarray) -> np.ndarray:
        return predict_raw(loaded[name], own.preparation, own.tensors.take(asked), context.task)

    largest = {name: float((np.abs(ask(name, rows) - expected) / scale).max()) for name in loaded}
    usage = Text(title="How to use it", text=written.usage(own.preparation.names))
    decides = {"predictor": key, "handed_over": final_configs(context)}
    numbers: dict[str, Any] = {"blocks": (usage,), "decides": decides}
    if not largest:
        return warned(
            f"Your networks are handed over one by one, as their classes do not let them be joined: {written.why}. "
            f"{written.networks_in_words}",
            advice="Average their answers yourself, or write call() with Keras layers or keras.ops.",
            **numbers,
        )
    worst = max(largest, key=lambda name: largest[name])
    numbers |= {
        "measured": largest[worst], "expected": 0.0, "unit": "largest difference, files against memory",
        "blocks": (_facts(context, folder, ask, largest, len(rows), runs), usage),
    }  # fmt: skip
    if largest[worst] > (ALLOWED if context.task.is_classification else ALLOWED_AMOUNT):
        return failed(
            f"The file {worst} and the networks behind the numbers disagree by {largest[worst]:.2g}: something in your "
            "model is not saved with it, or answers otherwise each time.",
            advice="Do not use the file: look for numbers that are no weights, and for randomness at prediction.",
            **numbers,
        )
    files = listed([f"predictor/{name}" for name in largest])
    return passed(
        f"The predictor takes your finished tensors and agrees with what was measured to {largest[worst]:.1g} on "
        f"{len(rows):,} examples: {files}. {written.networks_in_words}",
        **numbers,
    )


def _script(context: Context) -> tuple[Ejected | None, str]:
    """The best single network of the ensemble as a plain Keras script, or None and why there is none."""
    config, instead = single_network([member for member, _ in context.decided("members")], context.decided("incumbent"))
    single = config.but(fold=None, refit=False, seed=derive(context.seed, "run", config.seed))
    prepared = context.prepared(single)
    try:
        made = eject(single, prepared, context.dataset, context.task, context.split, context.metric, SCRIPT, instead)
    except NotAvailableError as error:
        return None, str(error)
    except Exception as error:  # whatever breaks here must not cost the predictor
        if is_interrupt(error):
            raise
        return None, f"Writing it broke ({type(error).__name__}: {error}). Please report this."
    return made, ""


def _facts(
    context: Context, folder: Path, ask: Callable[[str, np.ndarray], Any], largest: dict[str, float], n_rows: int,
    runs: list[tuple[TrainingRun, float]],
) -> Table:  # fmt: skip
    known, names = context.split.known, tuple(largest)
    batch = np.resize(known, min(BATCH, len(known)))
    single = {name: _seconds(context, partial(ask, name, known[:1]), REPEATS) for name in names}
    many = {name: _seconds(context, partial(ask, name, batch), 1) for name in names}
    networks = str(len(context.decided("members")))
    trained_on = _trained_on(runs)
    rows = (
        ("size", *(f"{_size(folder / name) / 1e6:.1f} MB" for name in names)),
        ("networks inside", *(networks for _ in names)),
        ("rows that they were trained on", *(trained_on for _ in names)),
        ("time for one example", *(f"{1000 * single[name]:.1f} ms" for name in names)),
        (f"time for a batch of {len(batch)}", *(f"{1000 * many[name]:.1f} ms" for name in names)),
        ("compared examples", *(f"{n_rows:,}" for _ in names)),
        ("largest difference", *(f"{largest[name]:.1g}" for name in names)),
    )
    columns = (Column(name="what"), *(Column(name=f"predictor/{name}") for name in names))
    return Table(
        title="The predictor",
        caption="Times are of this machine, raw input to answers, reading files not counted.",
        columns=columns,
        rows=rows,
    )


def _trained_on(runs: list[tuple[TrainingRun, float]]) -> str:
    """How many rows: some networks may have been trained once more on the validation rows too."""
    least, most = (pick(run.n_train for run, _ in runs) for pick in (min, max))
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def _seconds(context: Context, answer: Callable[[], Any], repeats: int) -> float:
    """The median time of an answer; the first one is not counted, which prepares what the others use."""
    clock, moments = context.trainer.clock, []
    for _ in range(repeats + 1):
        started = clock.now()
        answer()
        moments.append(clock.now() - started)
    return float(np.median(moments[1:]))


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else sum(one.stat().st_size for one in path.rglob("*"))


def _usage(context: Context, preparation: Any, no_script: str, instead: str) -> str:
    given = load("wizard.data.modalities", context.dataset.modality).usage(preparation)
    task, calibration = context.task, context.decided("calibration")
    if task.is_multilabel:
        gives = '{"labels": (n, k) of 0 and 1, "probabilities": (n, k)}'
    elif task.is_classification:
        gives = '{"label": n names, "probabilities": (n, k)}'
    elif task.targets:
        gives = f'{{"prediction": (n, {task.n_outputs}) numbers in the units of {", ".join(task.targets)}}}'
    else:
        gives = f'{{"prediction": n numbers in the unit of {task.target}}}'
    if calibration is not None and calibration.half_widths:
        gives += f', and beside it "low" and "high", which hold {calibration.coverage:.0%} of new targets'
    padded = (
        ' Padded series: loaded.serve_padded({"series": …, "lengths": …}).'
        if context.dataset.modality == "series"
        else ""
    )
    script_words = no_script and f"No script was written: {no_script}"
    script_words = script_words or (
        f"predictor/train.py (train.ipynb as a notebook) trains {'one' if instead else 'the best single'} network with "
        "Keras alone; the .npz beside it holds the rows of each set, and the data where no CSV does: keep it as safe "
        f"as these. {instead}".rstrip()
    )
    return (
        'With this library: import wizard, keras, then model = keras.saving.load_model("predictor/model.keras"). '
        'With TensorFlow alone: loaded = tf.saved_model.load("predictor/saved_model"), then loaded.serve(input), '
        f"where every value is a tensor. Both take {given}, and give {gives}.{padded} Without Python: wizard predict "
        f"RUN data.csv --out predictions.csv. {script_words}"
    )
