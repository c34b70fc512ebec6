"""The only door a step has: data, task, seed, budget, decisions so far, and train(config)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from wizard.core.budget import Budget, Effort
from wizard.core.config import TrainingConfig
from wizard.core.decisions import Decisions
from wizard.core.errors import WizardError
from wizard.core.pacing import Pacing
from wizard.core.progress import Progress
from wizard.core.result import StageName
from wizard.core.run import TrainingRun
from wizard.core.seeds import derive, generator
from wizard.core.store import asset_name
from wizard.data.copies import Copies
from wizard.data.dataset import Dataset, Examples
from wizard.data.form import Form
from wizard.data.split import Split, units_of
from wizard.data.task import Task
from wizard.training.compare import Interval, bootstrap, gain_between
from wizard.training.metrics import Metric, default_metric, metric_for
from wizard.training.prepared import Prepared
from wizard.training.roles import Team
from wizard.training.trainer import Trainer

if TYPE_CHECKING:
    from wizard.training.own_model import OwnModel


class SealedError(WizardError, RuntimeError):
    """A step asked for test labels before the ensemble opened them: a bug in the step."""


@dataclass(frozen=True)
class Judged:
    """A configuration judged on every row that decides: out of fold where there are folds.

    Attributes:
        config: What was judged (its fold and seed vary over `runs`).
        runs: The runs, repeat by repeat, fold by fold.
        rows: (n,) rows that decide, sorted.
        predictions: For these rows, one array a repeat.
        score: Mean over repeats of the metric over all rows.
        is_dropped: Whether it was judged on its first folds only; `rows` are theirs.
    """

    config: TrainingConfig
    runs: tuple[tuple[TrainingRun, ...], ...]
    rows: np.ndarray
    predictions: list[np.ndarray]
    score: float
    is_dropped: bool = False

    @property
    def failure(self) -> str:
        """Why a run of it is worthless, or ""."""
        return next((run.failure for repeat in self.runs for run in repeat if run.failure), "")

    @property
    def seconds(self) -> float:
        """What its runs took when they were trained."""
        return sum(run.seconds for repeat in self.runs for run in repeat)

    def mean_score(self, name: str) -> float:
        """Mean over all runs of a stored score, as "train_loss"."""
        return float(np.mean([run.scores[name] for repeat in self.runs for run in repeat]))


@dataclass
class Context:
    """What a stage hands to its steps; see the module's docstring.

    `foreign` is the user's own pipeline, if any; `earlier_runs` are the keys of the earlier stages' training runs, in
    order, for a stage that declares READS_RUNS; `pace` is how many times longer steps took so far than on the sample
    data; `team` is whom tune searches with, if not alone.
    """

    stage: StageName
    dataset: Dataset
    task: Task
    split: Split
    copies: Copies
    trainer: Trainer
    seed: int
    budget: Budget
    pacing: Pacing
    progress: Progress
    decisions: Decisions
    reads: tuple[str, ...]
    options: dict[str, Any]
    wanted_metric: str | None
    count_opening: Callable[[], int]
    assets: dict[str, bytes] = field(default_factory=dict)
    is_test_open: bool = False
    foreign: Any = None
    earlier_runs: tuple[str, ...] = ()
    pace: float = 1.0
    team: Team | None = None
    shared: dict[str, Any] = field(default_factory=dict)

    @property
    def own(self) -> OwnModel | None:
        """The user's own model, where the stages after baseline train that in place of ours."""
        found: OwnModel | None = self.trainer.own
        return found

    # ── data ─────────────────────────────────────────────────────────────────────────────────────
    @property
    def effort(self) -> Effort:
        """Counts that decide how much is tried."""
        return self.budget.effort

    @property
    def repeats(self) -> int:
        """Seeds of a comparison; where there are folds, each has a network of its own already."""
        return max(1, round(self.effort.repeats / max(1, len(self.split.folds))))

    @property
    def train_rows(self) -> np.ndarray:
        """Rows to train on."""
        return self.split.train

    @property
    def deciding_rows(self) -> np.ndarray:
        """Rows that decide: all known ones where there are folds, else the validation rows."""
        return self.split.known if self.split.folds else self.split.validation

    def y(self, rows: np.ndarray) -> np.ndarray:
        """Class codes, or targets in their own unit.

        Raises:
            SealedError: For test rows, before the ensemble opened them.
        """
        if not self.is_test_open and np.isin(rows, self.split.test).any():
            raise SealedError("Test labels are sealed until the ensemble opens them.")
        return self.trainer.preparer.y[rows]

    def weight(self, rows: np.ndarray) -> np.ndarray | None:
        """Weights of rows in metrics, or None where all count the same."""
        return None if self.dataset.weight is None else self.dataset.weight[rows]

    def units(self, rows: np.ndarray) -> np.ndarray:
        """(n,) number of each row's unit: rows of one group, and copies, are no witnesses of their own."""
        all_units: np.ndarray = self.once("units", lambda: units_of(self.dataset, self.copies.sets))
        return all_units[rows]

    def examples(self, rows: np.ndarray) -> Examples:
        """Raw inputs of any rows."""
        return self.dataset.examples.take(rows)

    def random(self, *uses: object) -> np.random.Generator:
        """A generator for a named use in this stage."""
        return generator(self.seed, self.stage, *uses)

    def derived_seed(self, *uses: object) -> int:
        """A seed for a named use in this stage."""
        return derive(self.seed, self.stage, *uses)

    def sample(self, rows: np.ndarray, most: int, *uses: object) -> np.ndarray:
        """At most `most` of the rows, drawn for a named use, sorted."""
        if len(rows) <= most:
            return rows
        return np.sort(self.random("sample", *uses).permutation(rows)[:most])

    # ── decisions ────────────────────────────────────────────────────────────────────────────────
    def decided(self, name: str) -> Any:
        """A decision of an earlier step; a stage may read only what its READS declare, as its key depends on them."""
        if name not in self.reads and name not in self.shared.get("decided_here", ()):
            raise KeyError(f"{self.stage} neither declares that it reads {name!r} nor has a step that decided it")
        return getattr(self.decisions, name)

    @property
    def metric(self) -> Metric:
        """The metric that decides."""
        name = self.wanted_metric or self.decided("metric") or default_metric(self.task)
        return metric_for(name, self.task, self.trainer.known_y)

    # ── training ─────────────────────────────────────────────────────────────────────────────────
    def form(self) -> Form:
        """What networks eat, with default input settings."""
        return self.prepared(TrainingConfig(family="linear")).form

    def prepared(self, config: TrainingConfig) -> Prepared:
        """The tensors that a configuration trains on."""
        return self.trainer.prepared(config)

    def train(self, config: TrainingConfig) -> TrainingRun:
        """Trains, or remembers, one run; its seed is derived from the journey's."""
        return self.trainer.train(config.but(seed=derive(self.seed, "run", config.seed)))

    def is_trained(self, config: TrainingConfig) -> bool:
        """Whether a run is remembered."""
        return self.trainer.is_stored(config.but(seed=derive(self.seed, "run", config.seed)))

    def judge(self, config: TrainingConfig, repeats: int = 1, first: int = 0, against: Judged | None = None) -> Judged:
        """Trains a configuration on every fold (or once, on the split), `repeats` times with different seeds.

        Args:
            config: What to judge.
            repeats: Seeds.
            first: Number of the first seed.
            against: Give up after the first fold where it is worse there than this one beyond the noise.
        """
        folds: Sequence[int | None] = range(len(self.split.folds)) if self.split.folds else (None,)
        rows = self.deciding_rows
        runs, predictions = [], []
        for repeat in range(first, first + repeats):
            repeat_runs = []
            for fold in folds:
                self.progress.detail(
                    f"seed {repeat - first + 1} of {repeats}" + ("" if fold is None else f", fold {fold + 1}")
                )
                repeat_runs.append(self.train(config.but(fold=fold, seed=repeat)))
                if against is not None and fold == 0 and repeat == first:
                    dropped = self._dropped(config, repeat_runs[0], against)
                    if dropped is not None:
                        return dropped
            runs.append(tuple(repeat_runs))
            predictions.append(self._held_together(repeat_runs, folds, rows))
        y, weight = self.y(rows), self.weight(rows)
        is_sound = all(np.isfinite(p).all() for p in predictions)
        worst = -np.inf if self.metric.is_higher_better else np.inf
        score = float(np.mean([self.metric.score(y, p, weight) for p in predictions])) if is_sound else worst
        return Judged(config, tuple(runs), rows, predictions, score)

    def _dropped(self, config: TrainingConfig, run: TrainingRun, against: Judged) -> Judged | None:
        """A configuration that its first fold shows to be worse than another, or None."""
        if run.failure:
            return Judged(config, ((run,),), np.empty(0, "int64"), [], float("nan"), is_dropped=True)
        held = self.split.rows(0)[1]
        predictions = self.trainer.held_predictions(run)
        theirs = against.predictions[0][np.searchsorted(against.rows, held)]
        y, weight = self.y(held), self.weight(held)
        gain = gain_between(self.metric, y, [predictions], [theirs], weight, self.seed, units=self.units(held))
        if gain.high >= 0:
            return None
        score = self.metric.score(y, predictions, weight)
        return Judged(config, ((run,),), held, [predictions], score, is_dropped=True)

    def interval(self, predictions: np.ndarray, rows: np.ndarray | None = None) -> Interval:
        """The deciding metric of predictions for rows (the deciding ones by default), with its interval."""
        rows = self.deciding_rows if rows is None else rows
        y, weight = self.y(rows), self.weight(rows)
        return bootstrap(self.metric, y, predictions, weight, self.seed, units=self.units(rows))

    def gain(self, new: Judged, old: Judged) -> Interval:
        """How much better one configuration is than another, paired, beyond rows and seeds."""
        n = min(len(new.predictions), len(old.predictions))
        y, weight, units = self.y(new.rows), self.weight(new.rows), self.units(new.rows)
        return gain_between(self.metric, y, new.predictions[:n], old.predictions[:n], weight, self.seed, units=units)

    def gain_of(self, new: np.ndarray, old: np.ndarray) -> Interval:
        """How much better one set of predictions for the deciding rows is than another, paired over rows."""
        rows = self.deciding_rows
        y, weight = self.y(rows), self.weight(rows)
        return gain_between(self.metric, y, [new], [old], weight, self.seed, units=self.units(rows))

    def open_test(self) -> int:
        """Opens the test set; returns how often these data's test rows have been opened, this time included.

        Raises:
            SealedError: Before the ensemble.
        """
        if self.stage != "ensemble":
            raise SealedError("Only the ensemble opens the test set.")
        self.is_test_open = True
        return self.count_opening()

    def _held_together(self, runs: Sequence[TrainingRun], folds: Sequence[int | None], rows: np.ndarray) -> np.ndarray:
        parts = [
            (self.split.rows(fold)[1], self.trainer.held_predictions(run))
            for run, fold in zip(runs, folds, strict=True)
        ]
        together = np.full(self.task.answers_shape(len(rows)), np.nan)
        for held, predictions in parts:
            if len(predictions):
                together[np.searchsorted(rows, held)] = predictions
        return together

    # ── evidence ─────────────────────────────────────────────────────────────────────────────────
    def seconds_for(self, stage: StageName) -> float:
        """Seconds that a later stage may take, as it looks now; infinite without a budget in seconds."""
        left = self.pacing.left_in_all
        return left if left == float("inf") else self.budget.allotted(stage, left, self.pace)

    def asset(self, content: bytes, suffix: str = "png") -> str:
        """Keeps a picture or long array beside the result; returns its name."""
        name = asset_name(content, suffix)
        self.assets[name] = content
        return name

    def private(self, words: object) -> str:
        """Words that a sentence or label takes from the data, as they are; a page that is passed on leaves them out."""
        self.shared.setdefault("private", {})[str(words)] = None
        return str(words)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """Makes something that several steps of the stage share, the first time only."""
        if name not in self.shared:
            self.shared[name] = make()
        return self.shared[name]
