"""What stays the same through a journey: data, task, split, store, seed, budget."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from wizard.core.budget import Budget
from wizard.core.clock import Clock
from wizard.core.decisions import Decisions
from wizard.core.errors import NotAvailableError, OptionError, StageOrderError
from wizard.core.keys import content_key, source_key
from wizard.core.pacing import Pacing
from wizard.core.progress import Progress, say
from wizard.core.registry import load
from wizard.core.result import STAGES, DatasetSummary, StageName, StageResult
from wizard.core.store import STAGE_RESULTS, Store, folder_name, write_file
from wizard.data.copies import Copies, find_copies
from wizard.data.dataset import Dataset
from wizard.data.split import Split, draw_split
from wizard.data.synthetic import read_synthetic
from wizard.data.task import Task
from wizard.stages.context import Context
from wizard.stages.stage import run_stage, stage_module
from wizard.training.trainer import Trainer

JUDGED: tuple[StageName, ...] = ("explore", "baseline")  # stages that judge a model of the user's own as it came
JUDGED_ROWS = 4_000  # of each set, that baseline's experiments read: shares are known to a percent or two
OPENINGS = ".test-openings.json"  # beside the run folders: how often each data set's test rows were opened, and by whom


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
        own: The user's own model as the later stages train it; None without one, and where a script was caught.
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
    own: Any = None

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
    def clock(self) -> Clock:
        """Of this process."""
        return Clock()

    @cached_property
    def trainer(self) -> Trainer:
        """Of this process; keeps compiled networks and prepared tensors."""
        return Trainer(
            self.dataset, self.task, self.split, self.store, self.clock,
            is_deterministic=self.is_deterministic, callbacks=self.callbacks, own=self.own,
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
            *([self.foreign_key] if self.foreign_key and stage != "explore" else []), *earlier_runs,
        )  # fmt: skip

    def stored(self, key: str) -> StageResult | None:
        """The stored result of a stage, or None."""
        if not self.store.has(STAGE_RESULTS, key):
            return None
        return StageResult.model_validate_json((self.store.path(STAGE_RESULTS, key) / "result.json").read_bytes())

    def run(
        self, stage: StageName, options: dict[str, Any], before: Sequence[StageResult], decisions: Decisions
    ) -> StageResult:
        """Runs a stage, or returns its stored result.

        Args:
            stage: Its name.
            options: Its options, defaults applied.
            before: Results of the earlier stages.
            decisions: What they decided.
        """
        runs: tuple[str, ...] = ()
        if getattr(stage_module(stage), "READS_RUNS", False):
            runs = tuple(dict.fromkeys(key for result in before for key in result.runs))
        key = self.key(stage, options, decisions, runs)
        result = self.stored(key)
        if result is not None:
            return result
        if self.own is not None and stage in JUDGED:
            self.trainer.release()  # a model given as an instance is judged as it came
        with self.store.locked():
            context = replace(self._context(stage, options, before, decisions, key), earlier_runs=runs)
            result = run_stage(context, key, self.summary(context))

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
        spent = sum(result.seconds for result in before)
        deadline = self.budget.deadline(stage)
        pacing = Pacing(self.clock, spent, deadline, self.folder / "store" / "pacing" / f"{key}.json")
        words = f" · {pacing.left:.0f} s" if deadline is not None else ""
        self.trainer.stage, self.trainer.pacing = stage, pacing
        n_steps = len(stage_module(stage).STEPS)
        return Context(
            stage=stage, dataset=self.dataset, task=self.task, split=self.split, copies=self.copies,
            trainer=self.trainer, seed=self.seed, budget=self.budget, pacing=pacing,
            progress=Progress(stage, n_steps, words), decisions=decisions, reads=stage_module(stage).READS,
            options=options, wanted_metric=self.metric, count_opening=lambda: self._count_opening(key),
            foreign=self.foreign,
        )  # fmt: skip

    def _count_opening(self, key: str) -> int:
        """Counts the openings of these data's test rows, over all run folders side by side; a rerun counts once."""
        path = self.folder.parent / OPENINGS
        openings: dict[str, list[str]] = json.loads(path.read_text()) if path.is_file() else {}
        rows = hashlib.sha256(self.split.test.tobytes()).hexdigest()[:12]
        own = openings.setdefault(f"{self.dataset.fingerprint}/{rows}", [])
        if key not in own:
            own.append(key)
            write_file(path, json.dumps(openings, indent=1).encode())
        return own.index(key) + 1


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


def announce(journey: Journey) -> None:
    """Two or three lines before the first stage: what was understood, and the plan."""
    dataset, split = journey.dataset, journey.split
    say(f"{dataset.name}: {len(dataset):,} {journey.form_in_words}; {journey.task}")
    say(f"  {len(split.train):,} train · {len(split.validation):,} validation · {len(split.test):,} test ({split.how})")
    if dataset.left_out:
        say(f"  {len(dataset.left_out):,} left out; explore() lists each with its reason")
    say(f"  plan: {journey.budget.plan()}")


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
    with journey.store.locked():
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


def why_closed(result: StageResult, page: Path) -> str:
    """What a closed gate says: measured and expected, likely causes, what to do, and where the page is."""
    lines = [f"{result.stage} closed a gate: do not go on before you understand why."]
    for finding in result.failed_gates:
        lines.append(f"- {finding.step}: {finding.headline}")
        if finding.measured is not None and finding.expected is not None:
            lines.append(f"  measured {finding.measured:.4g}, expected {finding.expected:.4g} {finding.unit}")
        lines += [f"  likely: {cause.sentence}" for cause in finding.causes]
        lines += [f"  {finding.advice}"] if finding.advice else []
    lines.append(f"The page: {page}. To go on all the same: Wizard(…, gates='warn').")
    return "\n".join(lines)
