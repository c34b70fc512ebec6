"""A journey's final single network as a plain Keras script that stands without this library."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.config import TrainingConfig
from wizard.core.errors import NotAvailableError
from wizard.core.store import write_file
from wizard.data.dataset import Dataset
from wizard.data.split import Split
from wizard.data.task import Task
from wizard.export.excerpts import excerpts_for, imports_for
from wizard.export.raw_data import n_bytes, raw_arrays, readable_csv
from wizard.export.starter import environment, fill
from wizard.models.build import build_network
from wizard.models.family import family
from wizard.training.metrics import Metric
from wizard.training.prepared import Prepared
from wizard.training.rows import training_rows

TEMPLATE = "train.py.jinja"
LARGEST = 500_000_000  # bytes of the data that are written beside a script: what one still sends to a colleague

LACKING = {  # what scripts have no lines for, in words
    "teacher": "a teacher", "synthetic": "synthetic examples", "after": "the weights of an earlier run to start from",
}  # fmt: skip


@dataclass(frozen=True)
class Ejected:
    """A script, and the files that it reads.

    Attributes:
        script: Its text.
        data: Content of the .npz beside it: the rows of each set, and the data where it reads no file of the user's.
        instead: In a sentence, why it is not of the best single network; "" where it is.
    """

    script: str
    data: bytes
    instead: str = ""

    def write(self, path: Path) -> None:
        """Writes the script and what lies beside it."""
        write_file(path.with_name(data_name(path.name)), self.data)
        write_file(path, self.script.encode())


def data_name(script: str) -> str:
    """Name of the file beside a script."""
    return f"{Path(script).stem}_data.npz"


def can_be_ejected() -> tuple[str, ...]:
    """Names of the families that have a template."""
    names = (name.removeprefix("families/") for name in environment().list_templates() if name.startswith("families/"))
    return tuple(sorted(name.removesuffix(".py.jinja") for name in names if not name.startswith("_")))


def why_not(config: TrainingConfig) -> str:
    """Why a configuration cannot be ejected, in a sentence; "" where it can."""
    if config.family not in can_be_ejected():
        return f"The family {config.family!r} has no script. Those that have: {', '.join(can_be_ejected())}."
    lacking = [words for name, words in LACKING.items() if getattr(config, name)]
    if lacking:
        return f"The network was trained with {' and '.join(lacking)}, which scripts do not have yet."
    return ""


def single_network(members: Sequence[TrainingConfig], incumbent: TrainingConfig) -> tuple[TrainingConfig, str]:
    """The configuration that a script is written of: the first that can be, else the first.

    Args:
        members: Of the ensemble, the best first; () before there is one.
        incumbent: The best configuration so far.

    Returns:
        It, and in a sentence why it is not the best one, "" where it is.
    """
    wanted = [*members, incumbent]
    found = next((config for config in wanted if not why_not(config)), wanted[0])
    if found.but(seed=0) == wanted[0].but(seed=0):
        return found, ""
    return found, f"This is not the best single network, but the next best, a {found.family}. {why_not(wanted[0])}"


def eject(
    config: TrainingConfig, prepared: Prepared, dataset: Dataset, task: Task, split: Split, metric: Metric, file: str,
    instead: str = "",
) -> Ejected:  # fmt: skip
    """Writes a configuration as a script.

    Args:
        config: Of a run on the split's own training rows.
        prepared: Its data.
        dataset: What the user brought.
        task: What is predicted.
        split: Training, validation and test rows.
        metric: What the script scores by.
        file: Name that the script will have.
        instead: In a sentence, why it is not of another one.

    Raises:
        NotAvailableError: For what no script can be written of; says what can.
    """
    reason = why_not(config)
    if reason:
        raise NotAvailableError(f"eject() cannot write this network as a script. {reason}")
    csv = readable_csv(dataset, task)
    if not csv and n_bytes(dataset) > LARGEST:
        raise NotAvailableError(
            f"eject() writes up to {LARGEST / 1e6:,.0f} MB of data beside its script. Received: "
            f"{n_bytes(dataset) / 1e6:,.0f} MB."
        )
    arrays = {} if csv else raw_arrays(dataset, task, _left_out(prepared, dataset))
    if dataset.weight is not None:
        arrays["weight"] = dataset.weight.astype("float64")
    stored: dict[str, Any] = {
        "train": training_rows(config, prepared),
        "validation": split.validation,
        "test": split.test,
    } | arrays
    body = fill(TEMPLATE, imports=[], instead=instead, **_values(config, prepared, dataset, task, metric, file, csv))
    docstring, code = _apart(body)
    excerpts = excerpts_for(code)
    head = "\n".join(imports_for(excerpts + code))
    if excerpts:
        code = code.replace("\n\n# ── The data", f"\n\n# ── What Keras does not have\n{excerpts}\n\n# ── The data", 1)
    script = re.sub(r"\n{4,}", "\n\n\n", f"{docstring}\nfrom __future__ import annotations\n\n{head}\n{code}")
    file_of_data = io.BytesIO()
    np.savez_compressed(file_of_data, **stored)
    return Ejected(script, file_of_data.getvalue(), instead)


def _left_out(prepared: Prepared, dataset: Dataset) -> set[str]:
    """Columns of a table that the network goes without."""
    if dataset.modality != "table":
        return set()
    own = prepared.preparation
    return {column.name for column in dataset.columns} - {*own.numbers, *own.categories, *own.dates}


def _apart(body: str) -> tuple[str, str]:
    """The docstring of a script, and its code."""
    end = body.index('"""', 3) + 3
    return body[:end] + "\n", body[end:]


def _values(
    config: TrainingConfig, prepared: Prepared, dataset: Dataset, task: Task, metric: Metric, file: str, csv: str
) -> dict[str, Any]:
    from wizard.data.modalities import table, text
    from wizard.models.families import resnet, text_cnn
    from wizard.models.inputs import EMBEDDING, ONE_HOT, WORD_EMBEDDING
    from wizard.training.fit import FitTo

    chosen, preparation = family(config.family), prepared.preparation
    hp = {name: _plain(value) for name, value in build_network(config, prepared.form, task).hp.items()}
    return {
        "title": chosen.title, "paper": chosen.paper, "name": dataset.name, "task": task, "file": file,
        "data_file": data_name(file), "model_file": f"{Path(file).stem}.keras", "csv": csv, "files": "",
        "modality": dataset.modality, "classes": list(task.classes), "targets": list(task.targets) or [task.target],
        "target": task.target, "n_outputs": task.n_outputs, "config": config, "hp": hp, "form": prepared.form,
        "kind": "labels" if task.is_multilabel else "classes" if task.is_classification else "amounts",
        "weighted": dataset.weight is not None, "class_weights": config.class_weights and task.is_exclusive,
        "epochs": min(config.epochs, config.stop_after or config.epochs), "prepare": PREPARE.get(config.family, ""),
        "fit_to": FitTo, "metric": metric, "metric_lines": _metric_lines(metric), "momentum": resnet.MOMENTUM,
        "fine_side": resnet.FINE_SIDE,
        "widths": text_cnn.WIDTHS, "one_hot": ONE_HOT, "embedding": EMBEDDING, "word_embedding": WORD_EMBEDDING,
        "rare": table.RARE if dataset.modality == "table" else text.RARE, "most_categories": table.MOST_CATEGORIES,
        **{name: getattr(preparation, name, None) for name in WRITTEN},
    }  # fmt: skip


WRITTEN = (
    "numbers",
    "categories",
    "dates",
    "channels",
    "block",
    "marks_gaps",
    "pad",
    "dtype",
    "even",
)  # of a preparation
PREPARE = {  # what families fit to training rows before the first step
    "tabm": 'if "numeric" in tensors:\n    model.get_layer("piecewise_linear").fit(tensors["numeric"][train])',
    "minirocket": 'standardized = model.get_layer("standardize")(tensors["series"][train][:1024]).numpy()\n'
    'model.get_layer("rocket").fit(standardized, np.random.default_rng(SEED))',
    "realmlp": 'for layer in model.layers:  # each layer\'s answers to unit deviation, the first layer first\n'
    "    if isinstance(layer, TangentDense):\n"
    "        before = keras.Model(inputs, layer.input)\n"
    "        layer.fit(before({name: values[train][:2000] for name, values in tensors.items()}, training=False))",
}  # fmt: skip
METRICS = {  # how scikit-learn scores, by our name
    "accuracy": ["return metrics.accuracy_score(y, p.argmax(1), sample_weight=w)"],
    "balanced_accuracy": ["return metrics.balanced_accuracy_score(y, p.argmax(1), sample_weight=w)"],
    "macro_f1": ['return metrics.f1_score(y, p.argmax(1), average="macro", sample_weight=w, zero_division=0.0)'],
    "pr_auc": [
        "return metrics.average_precision_score(y == POSITIVE, p[:, POSITIVE], sample_weight=w)",
    ],
    "roc_auc": ["return metrics.roc_auc_score(y, p[:, 1], sample_weight=w)"],
    "log_loss": ["return metrics.log_loss(y, p, sample_weight=w, labels=range(k))"],
    "mean_average_precision": [
        "there = y.any(0)",
        'return metrics.average_precision_score(y[:, there], p[:, there], average="macro", sample_weight=w)',
    ],
    "label_f1": ['return metrics.f1_score(y, p >= 0.5, average="macro", sample_weight=w, zero_division=0.0)'],
    "label_accuracy": ["return np.average(((p >= 0.5) == (y > 0)).mean(1), weights=w)"],
    "subset_accuracy": ["return metrics.accuracy_score(y, p >= 0.5, sample_weight=w)"],
    "label_log_loss": ["return np.average([metrics.log_loss(y[:, j], p[:, j], labels=[0, 1]) for j in range(k)])"],
    "rmse": ["return metrics.root_mean_squared_error(y, p, sample_weight=w)"],
    "mae": ["return metrics.mean_absolute_error(y, p, sample_weight=w)"],
    "r2": ["return metrics.r2_score(y, p, sample_weight=w)"],
    "standardised_rmse": [
        "spread = np.average((y - np.average(y, axis=0, weights=w)) ** 2, axis=0, weights=w)",
        "return np.sqrt(np.mean(np.average((y - p) ** 2, axis=0, weights=w) / spread))",
    ],
}


def _metric_lines(metric: Metric) -> list[str]:
    positive = 1 if metric.positive is None else metric.positive
    return [line.replace("POSITIVE", str(positive)) for line in METRICS[metric.name]]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
