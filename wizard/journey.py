"""What stays the same through a journey: data, task, split, store, seed, budget."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import numpy as np

from wizard.core import costs
from wizard.core.budget import Budget
from wizard.core.clock import Clock
from wizard.core.collector import sparing
from wizard.core.decisions import Decisions
from wizard.core.disk import writing
from wizard.core.errors import NotAvailableError, OptionError, StageOrderError
from wizard.core.keys import content_key, source_key
from wizard.core.pacing import Pacing
from wizard.core.progress import Progress, say
from wizard.core.registry import load
from wizard.core.result import STAGES, DatasetSummary, StageName, StageResult
from wizard.core.store import STAGE_RESULTS, Store, folder_name
from wizard.core.threads import suit
from wizard.data.copies import Copies, find_copies
from wizard.data.dataset import Dataset
from wizard.data.openings import count_opening
from wizard.data.split import Split, draw_split
from wizard.data.synthetic import read_synthetic
from wizard.data.task import Task
from wizard.stages.context import Context
from wizard.stages.stage import run_stage, stage_module
from wizard.training.distribution import in_keys
from wizard.training.roles import Team
from wizard.training.trainer import Trainer

JUDGED: tuple[StageName, ...] = ("explore", "baseline")  # stages that judge a model of the user's own as it came
JUDGED_ROWS = 4_000  # of each set, that baseline's experiments read: shares are known to a percent or two
STOPPED = "What is done is stored: run the same script or cell again, and it goes on from here."


@dataclass(frozen=True)
class Journey:
    """The values that every stage of a journey is a function of.

    Attributes:
        dataset: What the user brought.
        task: What is to be predicted.
        seed: The one seed.
        budget: How much work it may be.
        metric: The metric that the user asked for, or None.
        folder: The run folder.
        is_deterministic: Whether same seed means same bits.
        callbacks: Keras callbacks for every run, or functions that make them for each.
        foreign: The user's own pipeline, which baseline judges in place of the library's small net, or None.
        foreign_key: What decides what it is; "" without one.
        clock: Of this process, since the data began to be opened.
        beside: Seconds of this process that no stage's result counts: opening data, writing pages.
        own: The user's own model as the later stages train it; None without one, and where a script was caught.
        distribution: Strategy under which networks are trained, or None.
    """

    dataset: Dataset
    task: Task
    seed: int
    budget: Budget
    metric: str | None
    folder: Path
    is_deterministic: bool
    callbacks: tuple[Any, ...] = ()
    foreign: Any = None
    foreign_key: str = ""
    clock: Clock = field(default_factory=Clock, compare=False)
    beside: list[float] = field(default_factory=list, compare=False)
    own: Any = None
    distribution: Any = None

    @cached_property
    def store(self) -> Store:
        """Where results and runs lie."""
        return Store(self.folder)

    @cached_property
    def copies(self) -> Copies:
        """Which examples are copies of which."""
        return find_copies(self.dataset, self.seed)

    @cached_property
    def split(self) -> Split:
        """Drawn once."""
        return draw_split(self.dataset, self.task, self.copies.sets, self.seed)

    @cached_property
    def trainer(self) -> Trainer:
        """Of this process; keeps compiled networks and prepared tensors."""
        return Trainer(
            self.dataset, self.task, self.split, self.store, self.clock,
            is_deterministic=self.is_deterministic, callbacks=self.callbacks, own=self.own,
            distribution=self.distribution,
        )  # fmt: skip

    def use_synthetic(self, given: Any) -> str:
        """Reads examples of the user's own, for runs that ask for them; returns their key."""
        if self.own is not None:
            raise NotAvailableError("synthetic= is not for a model of your own: add such examples to your tensors.")
        synthetic = read_synthetic(given, self.dataset, self.split.known, self.seed)
        self.task.encode(synthetic.labels)  # unknown classes are refused at the door
        self.trainer.preparer.synthetic = synthetic
        return synthetic.key

    def key(
        self, stage: StageName, options: dict[str, Any], decisions: Decisions, earlier_runs: Sequence[str] = ()
    ) -> str:
        """Content key of a stage's result: its code, options, data, split, seed, budget, and what it reads.

        That are decisions, and for some the training runs of the earlier stages.
        """
        read = {name: getattr(decisions, name) for name in stage_module(stage).READS}
        code = source_key(f"wizard.stages.{stage}", "wizard.stages.stage", *_step_modules(stage))
        return content_key(
            stage, code, options, self.dataset.fingerprint, self.split.key, self.task, self.seed,
            self.budget.effort.name, self.budget.seconds, self.metric, self.is_deterministic, read,
            *([self.foreign_key] if self.foreign_key and stage != "explore" else []), *in_keys(self.distribution),
            *earlier_runs,
            *([self.foreign.varies, self.foreign.varies_held] if self.foreign and stage == "explore" else []),
        )  # fmt: skip

    def stored(self, key: str) -> StageResult | None:
        """The stored result of a stage, or None."""
        result = self.store.read(STAGE_RESULTS, key, read_result)
        predictor = result.decided.get("predictor") if result is not None else None
        if predictor is not None and self.store.read("predictor", predictor, _has_predictor) is None:
            return None  # the stage writes it anew
        return result

    def run(
        self, stage: StageName, options: dict[str, Any], before: Sequence[StageResult], decisions: Decisions,
        team: Team | None = None,
    ) -> StageResult:  # fmt: skip
        """Runs a stage, or returns its stored result.

        Args:
            stage: Its name.
            options: Its options, defaults applied.
            before: Results of the earlier stages.
            decisions: What they decided.
            team: Whom tune searches with, if not alone.
        """
        runs = runs_read(stage, before)
        key = self.key(stage, options, decisions, runs)
        result = self.stored(key)
        if result is not None:
            return result
        if self.own is not None and stage in JUDGED:
            self.trainer.release()  # a model given as an instance is judged as it came
        with self.store.locked(), sparing():
            context = replace(self._context(stage, options, before, decisions, key), earlier_runs=runs, team=team)
            try:
                result = run_stage(context, key, self.summary(context))
            except KeyboardInterrupt as stopped:
                stopped.add_note(STOPPED)
                raise

            def fill(folder: Path) -> None:
                (folder / "assets").mkdir()
                for name in result.asset_names:
                    (folder / "assets" / name).write_bytes(context.assets[name])
                (folder / "result.json").write_text(result.model_dump_json(indent=1), encoding="utf-8")

            self.store.write(STAGE_RESULTS, key, fill)
        return result

    def summary(self, context: Context) -> DatasetSummary:
        """What data the results are about."""
        split = self.split
        return DatasetSummary(
            name=self.dataset.name,
            modality=self.dataset.modality,
            task=self.task.kind,
            target=self.task.target,
            classes=self.task.classes,
            form=self.form_in_words,
            n_examples=len(self.dataset),
            n_train=len(split.train),
            n_validation=len(split.validation),
            n_test=len(split.test),
            n_left_out=len(self.dataset.left_out),
            fingerprint=self.dataset.fingerprint,
        )

    @cached_property
    def form_in_words(self) -> str:
        """What an example is, in words."""
        words: str = load("wizard.data.modalities", self.dataset.modality).in_words(self.dataset)
        return words

    def _context(
        self, stage: StageName, options: dict[str, Any], before: Sequence[StageResult], decisions: Decisions, key: str
    ) -> Context:
        spent = sum(self.beside) + sum(result.seconds for result in before)
        pace, end = self.pace(before), self.budget.seconds
        deadline = None if end is None else spent + self.budget.allotted(stage, end - spent, pace)
        journal = self.folder / "store" / "pacing" / f"{key}.json"
        pacing = Pacing(self.clock, spent, deadline, journal, end)
        self.trainer.stage, self.trainer.pacing = stage, pacing
        n_steps = len(stage_module(stage).STEPS)
        return Context(
            stage=stage, dataset=self.dataset, task=self.task, split=self.split, copies=self.copies,
            trainer=self.trainer, seed=self.seed, budget=self.budget, pacing=pacing,
            progress=Progress(stage, n_steps, _allotted_in_words(pacing), lambda: pacing.left_in_all), pace=pace,
            decisions=decisions, reads=stage_module(stage).READS,
            options=options, wanted_metric=self.metric,
            count_opening=lambda: count_opening(self.folder.parent, self.dataset, self.split, key),
            foreign=self.foreign,
        )  # fmt: skip

    def pace(self, before: Sequence[StageResult] = ()) -> float:
        """How many times longer steps take here than on the sample data, from what was done so far."""
        opening = (
            (self.beside[0] / costs.OPENING) ** 0.5 if self.beside else 1.0
        )  # half believed: large data open slowly
        done = [(result.stage, one.step, one.seconds) for result in before for one in result.findings if one.is_done]
        return costs.pace(done, opening)

    @contextmanager
    def beside_stages(self) -> Iterator[None]:
        """Counts what is done inside as the journey's time, though no stage's."""
        started = self.clock.now()
        try:
            yield
        finally:
            self.beside.append(self.clock.now() - started)


def read_result(folder: Path) -> StageResult:
    """A stage's result with all that it shows; FileNotFoundError where a part is gone."""
    result = StageResult.model_validate_json((folder / "result.json").read_bytes())
    for name in result.asset_names:
        (folder / "assets" / name).stat()
    return result


def _has_predictor(folder: Path) -> bool:
    """True; ValueError or FileNotFoundError where it is cut short or a part is gone."""
    json.loads((folder / "input.json").read_bytes())
    (folder / "saved_model" / "saved_model.pb").stat()
    if not is_zipfile(folder / "model.keras"):
        raise ValueError("the file of the network is cut short")
    return True


def _allotted_in_words(pacing: Pacing) -> str:
    """What a stage may take of the time left, in words; "" without a budget in seconds."""
    if pacing.left == float("inf"):
        return ""
    if pacing.is_late:
        return " · no time is left but for what cannot be left out"
    return f" · {pacing.left:.0f} s of the {pacing.left_in_all:.0f} s left"


def _step_modules(stage: StageName) -> tuple[str, ...]:
    return tuple(f"wizard.stages.{stage}.{step}" for step in stage_module(stage).STEPS)


def use_sets(journey: Journey) -> None:
    """Lets a model of the user's own be judged on the journey's sets: its test rows stay sealed from baseline too."""
    if journey.own is None:
        return
    train, held = (
        rows if len(rows) <= JUDGED_ROWS else rows[np.linspace(0, len(rows) - 1, JUDGED_ROWS).astype(int)]
        for rows in (journey.split.train, journey.split.validation)
    )
    journey.foreign.use(journey.own.tensors.take(train), journey.own.tensors.take(held))


def runs_read(stage: StageName, before: Sequence[StageResult]) -> tuple[str, ...]:
    """Keys of the earlier stages' training runs, for a stage that reads them."""
    if not getattr(stage_module(stage), "READS_RUNS", False):
        return ()
    return tuple(dict.fromkeys(key for result in before for key in result.runs))


def announce(journey: Journey) -> None:
    """Two or three lines before the first stage: what was understood, and the plan.

    Raises:
        OptionError: Where `out` is a file.
        RunFolderError: For a run folder of another version, or a folder of somebody else's.
    """
    out = journey.folder.parent
    if out.exists() and not out.is_dir():
        raise OptionError(f"out must be a folder. Received: {out}, which is a file.")
    _ = journey.store  # refuses what it cannot read
    dataset, split = journey.dataset, journey.split
    say(f"{dataset.name}: {len(dataset):,} {journey.form_in_words}; {journey.task}")
    say(f"  {len(split.train):,} train · {len(split.validation):,} validation · {len(split.test):,} test ({split.how})")
    if dataset.left_out:
        say(f"  {len(dataset.left_out):,} left out; explore() lists each with its reason")
    journey.beside.append(journey.clock.now())  # opening, the split and its copies included
    left = None if journey.budget.seconds is None else journey.budget.seconds - journey.beside[0]
    say(f"  plan: {journey.budget.plan(left, journey.pace())}")
    if journey.foreign is None:  # code of the user's own runs as it came
        suit(dataset.examples)


def keep(results: dict[StageName, StageResult], result: StageResult) -> None:
    """Puts a stage's result among the others; where it is another than before, those of later stages are dropped."""
    previous = results.get(result.stage)
    results[result.stage] = result
    if previous is None or previous.key == result.key:
        return
    dropped = [later for later in STAGES[STAGES.index(result.stage) + 1 :] if results.pop(later, None)]
    if dropped:
        say(f"{result.stage} changed, so the results of {', '.join(dropped)} are dropped; call them again.")


def check_order(journey: Journey, stage: StageName, results: Collection[str]) -> None:
    """Refuses a stage before those that it stands on, or that a model of the user's own does not go through.

    Raises:
        StageOrderError: Names the call to make first.
        NotAvailableError: For a later stage with a model that cannot be trained again, or gives no one answer.
    """
    if journey.foreign is not None and stage not in JUDGED:
        if journey.own is None:
            raise NotAvailableError(
                f"{stage}() trains a model again and again, which a script's cannot be: pass the function that builds "
                "it, Wizard(dataset, model=build)."
            )
        journey.own.refuse_unusual()
    for earlier in stages_before(stage):
        if earlier not in results:
            raise StageOrderError(f"{stage}() stands on {earlier}(). Call {earlier}() first, or run() for all six.")


def branched(journey: Journey, name: str) -> Journey:
    """The same journey in a folder of its own beside the first, with all that it holds.

    Raises:
        OptionError: Where there is such a folder already.
    """
    folder = journey.folder.parent / folder_name(name)
    if folder.exists():
        raise OptionError(f"copy(name=…) needs a new name: {folder} is there already.")
    with journey.store.locked(), writing(folder):
        if journey.folder.is_dir():
            shutil.copytree(journey.folder, folder, ignore=shutil.ignore_patterns(".lock"))
    branch = replace(journey, folder=folder)
    branch.trainer.preparer.synthetic = journey.trainer.preparer.synthetic
    return branch


def person(journey: Journey, decisions: Decisions, human: Any) -> dict[str, Any] | None:
    """A person's score, or answers to the quiz, as plain data.

    Args:
        journey: The journey.
        decisions: Of explore, which chooses the metric.
        human: A score, the file of answers, or several of these; None without.
    """
    from wizard.pages import page_path
    from wizard.stages.quiz import FILE, quiz_of
    from wizard.stages.quiz_answers import Door
    from wizard.training.metrics import default_metric, metric_for

    if human is None:
        return None
    metric = metric_for(journey.metric or decisions.metric or default_metric(journey.task), journey.task)
    quiz = quiz_of(journey.dataset, journey.task, journey.split, journey.seed)
    return Door(quiz, journey.task, metric, page_path(journey.folder, "baseline").with_name(FILE)).read(human)


def stages_before(stage: str) -> tuple[StageName, ...]:
    """Names of the stages that come before one."""
    return STAGES[: STAGES.index(stage)]
