"""What a stage leaves behind: its findings, the decisions it hands on, and how it was measured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from wizard.core.blocks import Block, File
from wizard.core.decisions import Decisions
from wizard.core.finding import Finding, Status
from wizard.core.values import Value

StageName = Literal["explore", "baseline", "overfit", "regularize", "tune", "ensemble"]
STAGES: tuple[StageName, ...] = ("explore", "baseline", "overfit", "regularize", "tune", "ensemble")

LEFT_OUT = "left out for lack of time"  # key of `StageResult.method`

TITLES: dict[str, str] = {  # Karpathy's own headings
    "explore": "Become one with the data",
    "baseline": "Set up an end-to-end skeleton and dumb baselines",
    "overfit": "Overfit",
    "regularize": "Regularize",
    "tune": "Tune",
    "ensemble": "Squeeze out the juice",
}


class DatasetSummary(Value):
    """What data a result is about.

    Attributes:
        name: The data set's name.
        modality: "image", "table", "text" or "series".
        task: "binary", "multiclass", "multilabel" or "regression".
        target: Name of the target.
        classes: Names of the classes; empty for regression.
        form: What the network eats, in words ("8 × 8 × 1 picture").
        n_examples: Usable examples, all sets together.
        n_train: Examples to train on.
        n_validation: Examples to decide on.
        n_test: Sealed examples.
        n_left_out: Examples left out, each listed by `readable`.
        fingerprint: Content hash.
    """

    name: str
    modality: str
    task: str
    target: str
    classes: tuple[str, ...] = ()
    form: str
    n_examples: int
    n_train: int
    n_validation: int
    n_test: int
    n_left_out: int = 0
    fingerprint: str


class Answer(Value):
    """A question that a stage is there to answer, and what it found.

    Attributes:
        question: In plain words.
        sentence: The answer in plain words, with its numbers.
        steps: Names of the steps that answered it.
    """

    question: str
    sentence: str
    steps: tuple[str, ...]


class ToDo(Value):
    """Something that a stage asks of the owner of the data.

    Attributes:
        sentence: What to do.
        why: What was found.
        step: Name of the step that found it.
        status: That step's.
    """

    sentence: str
    why: str
    step: str
    status: Status


class StageResult(Value):
    """The outcome of one stage.

    Attributes:
        stage: Name of the stage.
        key: Content key under which it is stored.
        dataset: What data it is about.
        verdict: The stage's answer in one sentence.
        plain: Three to five sentences in plain words.
        next_move: What to do next, in a sentence.
        answers: The questions that the stage is there to answer, in the recipe's order; empty where it has none.
        to_do: What it asks of the owner of the data, the most important first.
        product: What the whole stage is about, shown above its steps: regularize's table of all changes.
        findings: One finding a step, every step exactly once, in the recipe's order.
        decided: The decisions that the stage handed on (fields of `Decisions`).
        runs: Keys of the training runs that it used.
        options: The stage's options, defaults applied.
        method: How it was measured: seed, budget, what was cut, versions.
        seconds: Wall-clock time of the stage's work.
        private: What its sentences and labels quote from the data: names of files, values of cells, words of texts. A
            page that is passed on leaves them out.
    """

    stage: StageName
    key: str
    dataset: DatasetSummary
    verdict: str
    plain: tuple[str, ...] = ()
    next_move: str = ""
    answers: tuple[Answer, ...] = ()
    to_do: tuple[ToDo, ...] = ()
    product: tuple[Block, ...] = ()
    findings: tuple[Finding, ...]
    decided: dict[str, Any] = {}
    runs: tuple[str, ...] = ()
    options: dict[str, Any] = {}
    method: dict[str, Any] = {}
    seconds: float = 0.0
    private: tuple[str, ...] = ()

    @property
    def failed_gates(self) -> tuple[Finding, ...]:
        """The findings that close the gate after this stage."""
        return tuple(finding for finding in self.findings if finding.stops)

    def finding(self, step: str) -> Finding:
        """Returns the finding of `step`; raises KeyError where the stage has no such step."""
        for finding in self.findings:
            if finding.step == step:
                return finding
        raise KeyError(f"{self.stage} has no step {step!r}")

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All evidence, in the order in which it is shown."""
        return (*self.product, *(block for finding in self.findings for block in finding.blocks))

    @property
    def files(self) -> tuple[File, ...]:
        """Files that the findings hand out."""
        return tuple(block for block in self.blocks if block.kind == "file")

    @property
    def asset_names(self) -> tuple[str, ...]:
        """Names of the pictures that the findings show and of the files that they hand out, each once."""
        names = {
            item.asset: None for block in self.blocks if block.kind == "gallery" for item in block.items if item.asset
        }
        return tuple(names | {file.asset: None for file in self.files})


def decided_by(results: Iterable[StageResult]) -> Decisions:
    """What stages decided, in their order; a later one may change its mind."""
    decided: dict[str, Any] = {}
    for result in results:
        decided |= result.decided
    return Decisions.model_validate(decided)
