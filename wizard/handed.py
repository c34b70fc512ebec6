"""The predictor as the wizard holds it: handed over by ensemble(), or made of the best network so far."""

from __future__ import annotations

import os
import uuid
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from wizard.core.calibration import Calibration
from wizard.core.decisions import Decisions
from wizard.core.disk import writing
from wizard.core.errors import DataError, NotAvailableError, OptionError, StageOrderError
from wizard.core.progress import say
from wizard.core.result import StageName
from wizard.core.seeds import derive
from wizard.core.store import PARTIAL, temporaries_in
from wizard.data.dataset import Examples
from wizard.data.task import Task
from wizard.journey import Journey


@dataclass(frozen=True)
class Handed:
    """A predictor in memory.

    Attributes:
        model: From raw tensors to answers, a Keras model.
        preparation: What turns examples into its raw tensors.
        task: What it predicts.
        calibration: What it does to its networks' joined outputs.
        known: Codes or targets of the rows that it was learned from.
    """

    model: Any
    preparation: Any
    task: Task
    calibration: Calibration | None
    known: np.ndarray

    def answers(self, examples: Examples) -> np.ndarray:
        """(n, k) probabilities, or predictions (n,) or (n, m) in their units."""
        from wizard.export.predictor import predict_raw

        return predict_raw(self.model, self.preparation, examples, self.task)

    def scores(self, examples: Examples, y: np.ndarray) -> dict[str, float]:
        """Every metric on examples with codes or targets y, as `Task.encode` gives them."""
        from wizard.export.current import scores_of

        return scores_of(self.task, y, self.answers(examples), None, self.calibration, self.known)

    def save(self, path: Path) -> Path:
        """Writes it as one .keras file."""
        partial = path.with_name(f"{PARTIAL}{uuid.uuid4().hex}.keras")
        try:
            with writing(path), TemporaryDirectory() as place, temporaries_in(Path(place)):
                path.parent.mkdir(parents=True, exist_ok=True)
                self.model.save(partial)
                os.replace(partial, path)
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
        return path

    def named(self, answers: np.ndarray) -> np.ndarray:
        """Probabilities as names of classes, or tuples of labels; numbers as they are."""
        from wizard.export.names import named

        return named(answers, self.task, self.calibration)


def check_export(path: Path) -> Path:
    """A path that a predictor can be written to; raises NotAvailableError for another ending."""
    if path.suffix != ".keras":
        raise NotAvailableError(f"export() writes .keras files in this version. Received: {path.name!r}.")
    return path


def handed(journey: Journey, decisions: Decisions, stages: Collection[StageName]) -> Handed:
    """The handed-over predictor, or one made of the best network so far.

    Args:
        journey: The journey.
        decisions: Of all stages that ran.
        stages: Names of the stages that ran.

    Raises:
        StageOrderError: If no stage has chosen a network yet.
    """
    from wizard.export.current import current_members
    from wizard.export.predictor import build_predictor, load_predictor

    _check_network(stages)
    members = current_members(journey.trainer, decisions, journey.seed)
    file = journey.folder / "predictor" / "model.keras"
    is_handed_over = "ensemble" in stages and file.is_file()
    calibration = decisions.calibration if decisions.members else None  # it belongs to the ensemble
    if journey.own is not None:
        from wizard.export.own_predictor import OwnAnswering

        model: Any = OwnAnswering(members, journey.task, calibration)
    else:
        model = load_predictor(file) if is_handed_over else build_predictor(members, journey.task, calibration)
    return Handed(model, members[0].prepared.preparation, journey.task, calibration, journey.trainer.known_y)


def examples_of(journey: Journey, raw: Any) -> Any:
    """New examples of the journey's kind; for a model of the user's own finished tensors.

    Raises:
        DataError: For what cannot be read.
    """
    from wizard.data.opening import read_examples

    if journey.own is not None:
        from wizard.own_pipeline import new_tensors

        return new_tensors(journey.own, raw, None, "predict")[0]
    return read_examples(raw, journey.dataset)


def labelled_of(journey: Journey, raw: Any, y: Any) -> tuple[Any, np.ndarray]:
    """New examples, and their codes or targets.

    Raises:
        DataError: For what cannot be read, and where labels are missing.
    """
    from wizard.data.opening import read_labelled

    if journey.own is not None:
        from wizard.own_pipeline import new_tensors

        examples, codes = new_tensors(journey.own, raw, y, "evaluate")
        if codes is None:
            raise DataError("evaluate() needs targets. Received: none. Pass evaluate(x, y), or data that yield pairs.")
        return examples, codes
    examples, labels = read_labelled(raw, y, journey.dataset)
    return examples, journey.task.encode(labels)


def deciding_scores(journey: Journey, decisions: Decisions, stages: Collection[StageName]) -> dict[str, float]:
    """Every metric of the best so far on the rows that decide.

    Raises:
        StageOrderError: If no stage has chosen a network yet.
    """
    from wizard.export.current import validation_scores

    _check_network(stages)
    return validation_scores(journey.trainer, decisions, journey.seed)


def write_script(journey: Journey, decisions: Decisions, stages: Collection[StageName], path: Path) -> Path:
    """Writes the best single network so far as a script; says so where it is not that one.

    Args:
        journey: The journey.
        decisions: Of all stages that ran.
        stages: Names of the stages that ran.
        path: Of the script.

    Returns:
        The path.

    Raises:
        OptionError: For a path that does not end in ".py".
        StageOrderError: If no stage has chosen a network yet.
        NotAvailableError: For what no script can be written of.
    """
    from wizard.export.eject import eject, single_network
    from wizard.training.metrics import default_metric, metric_for

    if path.suffix != ".py":
        raise OptionError(f"eject() writes a Python script. Received: {path.name!r}; end its name in .py.")
    _check_network(stages)
    if journey.own is not None:
        raise NotAvailableError(
            f"There is no script to write for a model of your own: {journey.own.name}(hp) is it. What came of it is in "
            "wizard.decisions.incumbent: hyperparameters, batch, rate, weight decay and epochs."
        )
    assert decisions.incumbent is not None
    config, instead = single_network([member for member, _ in decisions.members], decisions.incumbent)
    single = config.but(fold=None, refit=False, seed=derive(journey.seed, "run", config.seed))
    name = journey.metric or decisions.metric or default_metric(journey.task)
    metric = metric_for(name, journey.task, journey.trainer.known_y)
    prepared = journey.trainer.prepared(single)
    made = eject(single, prepared, journey.dataset, journey.task, journey.split, metric, path.name, instead)
    made.write(path)
    if instead:
        say(f"{path.name}: {instead}")
    return path


def _check_network(stages: Collection[StageName]) -> None:
    if "overfit" not in stages:
        raise StageOrderError("There is no network yet. Call explore().baseline().overfit() first, or run().")
