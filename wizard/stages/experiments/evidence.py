"""All that is measured of a pipeline, each experiment done when its numbers are first asked for, and only once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wizard.stages.experiments.audit import Audit, audit
from wizard.stages.experiments.augmented import Augmentation, augmentation
from wizard.stages.experiments.classical import Classical, classical
from wizard.stages.experiments.dependencies import Dependencies, dependencies
from wizard.stages.experiments.planned import Plan, Resumed, plan, resumed
from wizard.stages.experiments.runs import FewRun, ShortRun, few_run, short_run
from wizard.stages.experiments.signals import Signals, signals
from wizard.training.heads import blind, recomputed
from wizard.training.pipeline import Pipeline

LOOKED = 512  # examples that the first loss is measured on
HALF = 0.5  # of what a classical probe explains: a network that explains less has not seen what is there
TELLING = 0.1  # of the targets' variance: a probe that explains less says nothing about a network


@dataclass(frozen=True)
class FirstLoss:
    """The loss before training.

    Attributes:
        own: By the user's loss functions on outputs, mean over examples.
        textbook: The same loss recomputed in NumPy from the first head's outputs; NaN for an unknown one.
        reported: What Keras reports.
        expected: Lowest loss of the first head without looking at inputs (label entropy, or the targets' variance).
        spread: Standard deviation of the first head's outputs over examples and units.
        outputs: (n, …) of the first head.
        losses: (n,) of the first head, by the user's function.
        penalty: What regularisers add.
    """

    own: float
    textbook: float
    reported: float
    expected: float
    spread: float
    outputs: np.ndarray
    losses: np.ndarray
    penalty: float

    @property
    def ratio(self) -> float:
        """Measured over expected."""
        return self.own / self.expected if self.expected > 0 else 1.0


class Evidence:
    """What the experiments on one pipeline showed."""

    def __init__(self, pipeline: Pipeline, base: Evidence | None = None) -> None:
        """Measures nothing yet.

        Args:
            pipeline: What is judged; of several outputs with losses the first.
            base: Evidence of the same pipeline's first output, whose looks at the whole model are shared.
        """
        several = base is None and len(pipeline.train.targets) > 1 and len(pipeline.judged_outputs) > 1
        self.pipeline = pipeline.of_output(pipeline.judged_outputs[0]) if several else pipeline
        self.base = base

    @cached_property
    def others(self) -> tuple[Evidence, ...]:
        """The evidence of the other outputs that have a loss; () where one is judged, or this is such a one."""
        if self.base is not None or self.pipeline.judged_at is None:
            return ()
        return tuple(Evidence(self.pipeline.of_output(place), self) for place in self.pipeline.judged_outputs[1:])

    @property
    def head_at(self) -> int:
        """Position of the head that is judged."""
        return self.pipeline.heads.index(self.pipeline.head)

    @cached_property
    def first(self) -> FirstLoss:
        """The loss before training."""
        pipeline, head = self.pipeline, self.pipeline.head
        few = pipeline.train.take(np.linspace(0, len(pipeline.train) - 1, min(LOOKED, len(pipeline.train))).astype(int))
        with pipeline.untouched():
            pipeline.restore(pipeline.first)
            outputs = pipeline.outputs(few.x)
            losses = pipeline.losses(few, outputs)
            reported, penalty = pipeline.reported(few), pipeline.penalty()
        out = outputs[self.head_at]
        textbook = recomputed(head, few.targets[self.head_at], out)
        return FirstLoss(
            float(losses.mean()), float("nan") if textbook is None else float(textbook.mean()), reported,
            blind(head, few.targets[self.head_at])[0], float(out.std()), out, losses, penalty,
        )  # fmt: skip

    @cached_property
    def classical(self) -> Classical:
        """What classical models know of the first head's targets."""
        return classical(self.pipeline, self.head_at)

    @cached_property
    def short(self) -> ShortRun:
        """A short training on real inputs, and on blank ones."""
        could = self.classical.explained if self.classical.link.is_beyond_chance else 0.0
        if self.augmentation is not None:  # it is asked about examples as they are, of which more can be known
            could = max(could, self.augmentation.known_before)
        return short_run(self.pipeline, could)

    @cached_property
    def few(self) -> FewRun:
        """A few examples learnt by heart."""
        return few_run(self.pipeline)

    @cached_property
    def links(self) -> Dependencies:
        """What outputs depend on, before training."""
        if self.base is not None:
            return self.base.links
        return dependencies(self.pipeline)

    @cached_property
    def links_after(self) -> Dependencies:
        """What outputs depend on, after a short training."""
        if self.base is not None:
            return self.base.links_after
        return dependencies(self.pipeline, self.short.state)

    @cached_property
    def links_drawn(self) -> Dependencies:
        """What outputs depend on with all weights drawn anew, so that no dead unit hides it."""
        if self.base is not None:
            return self.base.links_drawn
        random = np.random.default_rng(self.pipeline.seed)
        trained = {id(v) for v in self.pipeline.model.trainable_variables}
        state = [
            (0.3 * random.normal(size=value.shape)).astype(value.dtype) if id(variable) in trained else value
            for variable, value in zip(self.pipeline.variables, self.pipeline.first, strict=True)
        ]
        return dependencies(self.pipeline, state)

    @cached_property
    def inside(self) -> Signals:
        """Layers before training; gradients and updates at its start."""
        if self.base is not None:
            return self.base.inside
        return signals(self.pipeline, self.short.trace.ratios, self.short.trace.moved)

    @cached_property
    def inside_after(self) -> Signals:
        """Layers after a short training."""
        if self.base is not None:
            return self.base.inside_after
        return signals(self.pipeline, self.short.trace.ratios, self.short.trace.moved, self.short.state)

    @cached_property
    def audit(self) -> Audit:
        """The tensors just before the network."""
        return audit(self.pipeline)

    @cached_property
    def augmentation(self) -> Augmentation | None:
        """What augmentation does to examples; None without any."""
        if self.base is not None:
            return self.base.augmentation
        if self.pipeline.is_own:
            return None  # it has none
        return augmentation(self.pipeline, self.audit.is_augmented, self.audit.second_differs)

    @cached_property
    def plan(self) -> Plan | None:
        """The learning rate as it was planned; None where it stays what it is."""
        return None if self.pipeline.is_own else plan(self.pipeline)

    @cached_property
    def resumed(self) -> Resumed | None:
        """A training that goes on where its rate comes to nothing."""
        return None if self.plan is None else resumed(self.pipeline, self.plan)

    # ── symptoms ─────────────────────────────────────────────────────────────────────────────────
    @property
    def has_signal(self) -> bool:
        """Whether a classical probe finds a signal that a network must find."""
        return self.classical.link.is_beyond_chance and self.classical.explained > TELLING

    @property
    def is_blind(self) -> bool:
        """Whether the network does no better on real inputs than on blank ones, though there is a signal."""
        is_behind = self.short.explained < HALF * self.classical.explained
        return self.has_signal and not self.short.is_better and is_behind  # few rows leave any difference open

    @property
    def is_poor(self) -> bool:
        """Whether it explains less than half of what a classical probe explains."""
        return self.has_signal and (
            bool(self.short.trace.failure) or self.short.explained < HALF * self.classical.explained
        )

    @property
    def suffers(self) -> bool:
        """Whether anything shows that training does not do what it should, for any output."""
        if any(other.suffers for other in self.others):
            return True
        if bool(self.short.trace.failure) or not self.few.is_learnt or self.is_blind:
            return True
        return self.is_poor and not self.pipeline.is_own  # that a small net of ours says less is no bug
