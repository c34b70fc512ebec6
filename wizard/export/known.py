"""What a predictor's file must know besides to read new data as the old: written beside it, read without the old."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from wizard.core.calibration import Calibration
from wizard.core.errors import OptionError
from wizard.core.registry import load
from wizard.core.values import Value
from wizard.data.dataset import Dataset, TableColumn
from wizard.data.series import LongLayout, SeriesExamples, WideLayout
from wizard.data.task import Task

FILE = "input.json"


class Known(Value):
    """How raw examples look, and what is predicted of them.

    Attributes:
        name: Of the data set.
        modality: "image", "table", "text" or "series".
        task: What is predicted.
        columns: Of a table, or those that texts are made of.
        channels: Of pictures their number, of series their names; None otherwise.
        white: The value of white in pictures.
        pixels: "uint8" or "float32", of pictures.
        long: How a table with a step a row holds series.
        wide: How a table with a series a row holds them.
        labels: "text" or "number": how labels were written.
        calibration: What the predictor does to its networks' joined outputs.
        is_finished: Whether it takes finished tensors, which no table or folder holds.
    """

    name: str
    modality: str
    task: Task
    columns: tuple[TableColumn, ...] = ()
    channels: int | tuple[str, ...] | None = None
    white: float | None = None
    pixels: str = "uint8"
    long: LongLayout | None = None
    wide: WideLayout | None = None
    labels: str = "text"
    calibration: Calibration = Field(default_factory=Calibration)
    is_finished: bool = False

    @classmethod
    def of(cls, dataset: Dataset, task: Task, calibration: Calibration | None) -> Known:
        """What is known of a data set."""
        examples: Any = dataset.examples
        layout = getattr(examples, "layout", None)
        first = np.asarray(examples[0]) if dataset.modality == "image" else None
        return cls(
            name=dataset.name, modality=dataset.modality, task=task, columns=dataset.columns,
            channels=getattr(examples, "channels", None), white=getattr(examples, "white", None),
            pixels="uint8" if first is None or first.dtype == np.uint8 else "float32",
            long=layout if isinstance(layout, LongLayout) else None,
            wide=layout if isinstance(layout, WideLayout) else None,
            labels="number" if dataset.labels.dtype.kind == "f" else "text",
            calibration=calibration or Calibration(),
        )  # fmt: skip

    def dataset(self) -> Dataset:
        """A data set of this kind without examples: what new ones are read like."""
        kind = "float64" if self.labels == "number" else "<U1"
        labels = np.empty((0, self.task.n_outputs) if self._outputs else 0, kind)
        return Dataset(
            name=self.name, modality=self.modality, examples=self._no_examples(), labels=labels,
            target=self.task.target, where=np.empty(0, object), part=np.empty(0, "int8"), outputs=self._outputs,
            columns=self.columns,
        )  # fmt: skip

    def preparation(self) -> Any:
        """What turns new examples into the predictor's raw tensors; it is fitted to nothing."""
        made = load("wizard.data.modalities", self.modality).PREPARATION
        if self.modality == "image":
            return made(1, 1, self.channels, False, self.pixels)
        if self.modality == "series":
            return made(self.channels, 1, 1, [], False)
        if self.modality == "text":
            return made([], 1, 2)
        kinds = ("number", "category", "date")
        return made(*([column.name for column in self.columns if column.kind == kind] for kind in kinds), {})

    @property
    def _outputs(self) -> tuple[str, ...]:
        return self.task.classes if self.task.is_multilabel else self.task.targets

    def _no_examples(self) -> Any:
        if self.modality == "image":
            from wizard.data.pictures import ImageExamples

            assert isinstance(self.channels, int)
            return ImageExamples([], self.channels, np.zeros((0, 2), "int64"), self.white, ())
        if self.modality == "series":
            assert isinstance(self.channels, tuple)
            return SeriesExamples([], self.channels, self.long or self.wide)
        if self.modality == "text":
            from wizard.data.texts import TextExamples

            return TextExamples([])
        import pandas as pd

        from wizard.data.rows import TableExamples

        return TableExamples(pd.DataFrame({column.name: [] for column in self.columns}))


def known_beside(folder: Path) -> Known:
    """What lies in a predictor's folder, whether it is one file there or several."""
    return Known.model_validate_json((folder / FILE).read_bytes())


def read_known(folder: Path) -> tuple[Path, Known]:
    """Finds a predictor, and reads what lies beside it; returns its folder too.

    Args:
        folder: `predictor/`, or the run folder that holds it.

    Raises:
        OptionError: Where there is no predictor.
    """
    for place in (folder, folder / "predictor"):
        if (place / FILE).is_file() and (place / "model.keras").is_file():
            try:
                return place, known_beside(place)
            except ValueError as error:
                raise OptionError(
                    f"{place / FILE} cannot be read: it is cut short, or of another version of this library. Run the "
                    "journey's script again: the predictor is written anew."
                ) from error
    raise OptionError(
        f"{folder} must be a run folder whose ensemble() wrote a predictor, or that predictor's folder. Received: one "
        f"without predictor/model.keras and predictor/{FILE}. Run the journey to its end first."
    )
