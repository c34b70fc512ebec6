"""The tensors that enter the network."""

from __future__ import annotations

from wizard.core.blocks import Block, Column, Table
from wizard.stages.baseline.skeleton import skeleton
from wizard.stages.context import Context
from wizard.stages.experiments.audit import Input
from wizard.stages.experiments.decoded import decoded
from wizard.stages.experiments.judging import evidence_of, finite, judged
from wizard.stages.step import Outcome, step
from wizard.stages.words import listed


@step(gate=True)
def just_before_the_net(context: Context) -> Outcome:
    """What enters the network is what was meant to enter it.

    The unambiguously correct place to look at data is immediately before the network: everything that preprocessing
    did wrong is visible there, and nowhere else.
    """
    evidence = evidence_of(context)
    audit = evidence.audit
    table = Table(
        title="Tensors at the network's door",
        columns=(
            Column(name="tensor"), Column(name="an example"), Column(name="type"), Column(name="lowest", private=True),
            Column(name="middle"), Column(name="highest", private=True), Column(name="mean"), Column(name="deviation"),
            Column(name="NaN or infinite"), Column(name="constant features", format="share"),
        ),
        rows=tuple(_row(one) for one in audit.inputs),
    )  # fmt: skip
    preparation = None if context.foreign else context.prepared(skeleton(context)).preparation
    blocks: tuple[Block, ...] = (table, decoded(context, evidence.pipeline, preparation))
    words = listed([f"{one.name} {context.private(f'from {one.low:.3g} to {one.high:.3g}')}" for one in audit.inputs])
    return judged(
        context, "just_before_the_net", f"The tensors that enter the network are as they should be ({words}).",
        measured=float(sum(one.n_bad for one in audit.inputs)), expected=0.0, unit="numbers that are NaN or infinite",
        blocks=blocks,
    )  # fmt: skip


def _row(one: Input) -> tuple[str | float, ...]:
    shape = " × ".join(map(str, one.shape)) or "1"
    numbers = (one.low, one.middle, one.high, one.mean, one.std)
    return (one.name, shape, one.dtype, *(finite(value) for value in numbers), one.n_bad, one.constant)
