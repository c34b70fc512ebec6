"""The tensors that enter the network."""

from __future__ import annotations

from wizard.core.blocks import Block, Column, Table
from wizard.stages.context import Context
from wizard.stages.experiments.audit import Input
from wizard.stages.experiments.judging import evidence_of, finite, judged
from wizard.stages.step import Outcome, step
from wizard.stages.words import listed

SHOWN = 8


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
            Column(name="tensor"), Column(name="an example"), Column(name="type"), Column(name="lowest"),
            Column(name="middle"), Column(name="highest"), Column(name="mean"), Column(name="deviation"),
            Column(name="NaN or infinite"), Column(name="constant features", format="share"),
        ),
        rows=tuple(_row(one) for one in audit.inputs),
    )  # fmt: skip
    blocks: tuple[Block, ...] = (table, _examples(context))
    words = listed([f"{one.name} from {one.low:.3g} to {one.high:.3g}" for one in audit.inputs])
    return judged(
        context, "just_before_the_net", f"The tensors that enter the network are as they should be ({words}).",
        measured=float(sum(one.n_bad for one in audit.inputs)), expected=0.0, unit="numbers that are NaN or infinite",
        blocks=blocks,
    )  # fmt: skip


def _row(one: Input) -> tuple[str | float, ...]:
    shape = " × ".join(map(str, one.shape)) or "1"
    numbers = (one.low, one.middle, one.high, one.mean, one.std)
    return (one.name, shape, one.dtype, *(finite(value) for value in numbers), one.n_bad, one.constant)


def _examples(context: Context) -> Table:
    """The first numbers of a few examples, each with its target."""
    pipeline = evidence_of(context).pipeline
    head = pipeline.train.targets[pipeline.heads.index(pipeline.head)]
    rows = []
    for i in range(min(SHOWN, len(pipeline.train))):
        numbers = ", ".join(f"{value:.4g}" for value in pipeline.train.inputs[0][i].ravel()[:8].tolist()
                            if not isinstance(value, str))  # fmt: skip
        target = head[i].ravel()
        shown = f"{target[0]:g}" if target.size == 1 else f"[{', '.join(f'{v:g}' for v in target[:10])}]"
        if context.foreign is None and context.task.is_exclusive:
            shown = context.task.classes[int(target[0])]
        rows.append((f"example {i + 1}", numbers, shown))
    return Table(
        title="A few examples as the network gets them",
        caption="The first eight numbers of an example, and its target.",
        columns=(Column(name="example"), Column(name="numbers"), Column(name="target")),
        rows=tuple(rows),
    )
