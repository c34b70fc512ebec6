"""The door of `baseline(human=…)`: a score, or the files that the quiz saved, as plain data."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any

from wizard.core.errors import OptionError, nearest, shortened
from wizard.data.task import Task
from wizard.stages.quiz import Quiz
from wizard.training.metrics import Metric

WANTED = "`human` must be a person's score, or the file (or list of files) that the quiz saved"
LONGEST = 80  # characters of a name, and of a wrong answer in a message


@dataclass(frozen=True)
class Door:
    """What answers are held to.

    Attributes:
        quiz: The quiz of these data.
        task: What can be answered.
        metric: What decides, and so what a score is.
        page: Where the quiz lies, for messages.
    """

    quiz: Quiz
    task: Task
    metric: Metric
    page: Path

    def read(self, human: Any) -> dict[str, Any] | None:
        """A score as {"score": …}, files as {"annotators": [{"annotator", "answers", "seconds"}]}, nothing as None.

        Only what the files hold comes back, so that the same answers are the same option wherever they lie.

        Raises:
            OptionError: For a score that the metric cannot have, or a file that holds no answers to this quiz.
        """
        if human is None:
            return None
        if isinstance(human, Real) and not isinstance(human, bool):
            return {"score": self._score(float(human))}
        if isinstance(human, str | os.PathLike):
            human = [human]
        if not isinstance(human, list | tuple) or not all(isinstance(one, str | os.PathLike) for one in human):
            raise OptionError(f"{WANTED}. Received: {str(human)[:LONGEST]!r}.")
        if not human:
            raise OptionError(f"{WANTED}. Received: an empty list. The quiz lies in {self.page}.")
        paths = [Path(one) for one in human]
        annotators = [self._answers(path) for path in paths]
        self._check_together(paths, annotators)
        return {"annotators": annotators}

    def _score(self, value: float) -> float:
        metric = self.metric
        most = 1.0 if metric.is_share or metric.is_higher_better else math.inf
        least = 0.0 if metric.is_share or not metric.is_higher_better else -math.inf
        if not (math.isfinite(value) and least <= value <= most):
            allowed = "between 0 and 1" if metric.is_share else "at most 1" if most == 1.0 else "at least 0"
            percent = f" If {value:g}% is meant, write {value / 100:g}." if metric.is_share and 1 < value <= 100 else ""
            raise OptionError(f"human=… must be a {metric.label} {allowed}. Received: {value:g}.{percent}")
        return value

    def _answers(self, path: Path) -> dict[str, Any]:
        saved = self._saved(path)
        if saved["quiz"] != self.quiz.key:
            raise OptionError(
                f"{path} answers another quiz: that of other data, or of another split. "
                f"Answer the one that lies in {self.page}, and hand in what it saves."
            )
        if not saved["answers"]:
            raise OptionError(f"{path} holds no answers. Open {self.page}, answer, and save again.")
        asked = {str(row) for row in self.quiz.rows}
        strange = [row for row in saved["answers"] if row not in asked]
        if strange:
            raise OptionError(
                f"{path} answers rows that the quiz does not ask about: {shortened(strange)}. "
                f"Save the answers again from {self.page}."
            )
        answers = {row: self._answer(path, row, answer) for row, answer in saved["answers"].items()}
        return {
            "annotator": str(saved.get("annotator") or "").strip()[:LONGEST] or path.stem,
            "answers": dict(sorted(answers.items(), key=lambda pair: int(pair[0]))),
            "seconds": float(saved["seconds"]) if _is_number(saved.get("seconds")) else None,
        }

    def _saved(self, path: Path) -> dict[str, Any]:
        if not path.is_file():
            raise OptionError(f"{WANTED}. Received: {path}, which is no file. The quiz lies in {self.page}.")
        try:
            saved = json.loads(path.read_text(encoding="utf-8-sig"))
        except (ValueError, OSError) as error:
            raise OptionError(
                f"{WANTED}. Received: {path}, which is no JSON ({error}). Save the answers again from {self.page}."
            ) from None
        if not (isinstance(saved, dict) and isinstance(saved.get("answers"), dict) and "quiz" in saved):
            raise OptionError(
                f"{WANTED}. Received: {path}, which lacks `quiz` and `answers`. Save the answers from {self.page}."
            )
        return saved

    def _answer(self, path: Path, row: str, answer: Any) -> Any:
        """An answer as it should be: a class, a list of labels, a number, or a list of numbers."""
        task = self.task
        if task.is_classification:
            named = answer if task.is_multilabel else [answer]
            unknown = [name for name in named if name not in task.classes] if isinstance(named, list) else [answer]
            if unknown:
                raise OptionError(
                    f"{path} answers {str(unknown[0])[:LONGEST]!r} for row {row}, which is none of "
                    f"{shortened(task.classes)}.{nearest(str(unknown[0]), task.classes)} "
                    f"Correct it in the file, or save the answers again from {self.page}."
                )
            return sorted(set(named), key=task.classes.index) if task.is_multilabel else answer
        numbers = answer if task.targets else [answer]
        if not isinstance(numbers, list) or len(numbers) != task.n_outputs or not all(map(_is_number, numbers)):
            wanted = f"a list of {task.n_outputs} numbers" if task.targets else "a number"
            raise OptionError(
                f"{path} answers {str(answer)[:LONGEST]!r} for row {row}, where {wanted} must stand. "
                f"Correct it in the file, or save the answers again from {self.page}."
            )
        return [float(number) for number in numbers] if task.targets else float(answer)

    def _check_together(self, paths: Sequence[Path], annotators: Sequence[dict[str, Any]]) -> None:
        names: dict[str, Path] = {}
        for path, one in zip(paths, annotators, strict=True):
            other = names.setdefault(one["annotator"], path)
            if other is not path:
                raise OptionError(
                    f"Every annotator hands in one file. Received: {other} and {path}, both of {one['annotator']!r}. "
                    f"Give each a name of its own in the field `annotator`."
                )
        if not set.intersection(*(set(one["answers"]) for one in annotators)):
            raise OptionError(
                f"Annotators must have answered some questions in common. Received: {shortened(map(str, paths))}, "
                "which share none. Hand in one of them, or answer more questions."
            )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
