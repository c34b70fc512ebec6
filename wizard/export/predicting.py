"""Predictions for a file or a folder, by the predictor on disk alone."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.errors import DataError, OptionError
from wizard.core.store import write_file
from wizard.data.dataset import Examples
from wizard.data.reading import read_examples
from wizard.export.known import Known, read_known
from wizard.export.names import named

SEPARATOR = "; "  # between the labels of one example
STREAM = "-"  # as other commands call standard input and output
KINDS = {
    stat.S_ISDIR: "a folder", stat.S_ISFIFO: "a pipe", stat.S_ISCHR: "a device", stat.S_ISBLK: "a device",
    stat.S_ISSOCK: "a socket",
}  # fmt: skip


def predict_file(run: Path, data: Path, out: Path, *, may_replace: bool = False) -> int:
    """Writes a CSV of predictions, one row an example, in the order of the data; returns how many.

    Args:
        run: Run folder, or the predictor's own folder.
        data: Table, or folder of pictures or texts, or one of these files.
        out: CSV to write, whole or not at all. A link to a file stays one: its file is written.
        may_replace: Whether a file that is there already may be replaced.

    Raises:
        OptionError: Where there is no predictor, or `out` is taken.
        DataError: For data that cannot be read (ColumnError where columns are missing).
    """
    from wizard.export.predictor import answers_of, load_predictor

    place = _checked(data, out, may_replace)
    folder, known = read_known(run)
    if known.is_finished:
        raise OptionError(
            "This predictor is a model of your own and takes finished tensors, which no table or folder holds. Load "
            "predictor/model.keras in Python, and call it on what your pipeline makes."
        )
    examples = read_examples(data, known.dataset())
    if not len(examples):
        raise DataError(f"{data} must hold something to predict for. Received: no example.")
    answers = answers_of(load_predictor(folder / "model.keras"), known.preparation(), examples, known.task)
    columns = {**_names(data, known, examples), **_answers(answers, known)}
    write_file(place, _csv(columns))
    return len(examples)


def _checked(data: Path, out: Path, may_replace: bool) -> Path:
    """Where to write: `out`, or the file that it is a link to."""
    if STREAM in (str(data), str(out)):
        raise OptionError(f"Data and --out must be files. Received: {STREAM}, a stream. Save to a file, and name it.")
    if not data.exists():
        raise OptionError(f"There must be something to predict for. Received: {data}, which is not there.")
    try:
        mode = out.stat().st_mode if out.exists() else None
        place = out.resolve() if out.is_symlink() else out
    except (OSError, RuntimeError) as error:  # a link that leads to itself; a folder that is closed
        raise OptionError(f"--out must be a file that can be written. Received: {out} ({error}).") from error
    if mode is not None and not stat.S_ISREG(mode):
        kind = next((name for is_kind, name in KINDS.items() if is_kind(mode)), "no file")
        raise OptionError(f"--out must be a file. Received: {out}, which is {kind}. Choose another name.")
    if mode is not None and (not may_replace or out.samefile(data)):
        fix = "Choose another name." if out.samefile(data) else "Choose another name, or add --force to replace it."
        raise OptionError(f"{out} is there already. {fix}")
    return place


def _names(data: Path, known: Known, examples: Examples) -> dict[str, Any]:
    """What tells the rows apart: files, series by name, or row numbers from 1 on."""
    if known.modality in ("image", "text") and data.is_dir():
        from wizard.data.picture_files import files_below, pictures_below
        from wizard.data.text_files import texts_below

        below = pictures_below if known.modality == "image" else texts_below
        files = below(data)[0] or files_below(data)
        return {"file": [str(file.relative_to(data)) for file in files]}
    ids = getattr(examples, "ids", None)
    if known.long is not None and ids is not None:
        return {known.long.group: ids}
    return {"row": range(1, len(examples) + 1)}


def _answers(answers: dict[str, np.ndarray], known: Known) -> dict[str, Any]:
    """The columns of the answers."""
    task = known.task
    if task.is_classification:
        p = answers["probabilities"]
        names = named(p.astype("float64"), task, known.calibration)
        said = [SEPARATOR.join(one) for one in names] if task.is_multilabel else names
        return {"prediction": said} | {f"probability of {name}": p[:, i] for i, name in enumerate(task.classes)}
    columns: dict[str, Any] = {}
    n = len(answers["prediction"])
    for i, target in enumerate(task.outputs):
        title = f"prediction of {target}" if task.targets else "prediction"
        columns[title] = answers["prediction"].reshape(n, -1)[:, i]
        for end in ("low", "high"):
            if end in answers:
                columns[f"{end} of {target}" if task.targets else end] = answers[end].reshape(n, -1)[:, i]
    return columns


def _csv(columns: dict[str, Any]) -> bytes:
    import pandas as pd

    text: str = pd.DataFrame(columns).to_csv(index=False)
    return text.encode()
