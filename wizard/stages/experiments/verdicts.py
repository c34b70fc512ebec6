"""The recipe's questions asked of a model of somebody else's: answers of the steps that our own net answers itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from wizard.core.blocks import Bars, Block, Column, Line, Lines, Reference, Table
from wizard.core.finding import Cause
from wizard.stages.context import Context
from wizard.stages.experiments.classical import targets_of
from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.judging import causes_of, evidence_of, finite, judged, suspicions
from wizard.stages.step import Outcome, failed, noted, passed, skipped, warned
from wizard.stages.words import count, listed

FAR = 3.0  # times the expected first loss: no initialisation in use starts there
LOW = 0.3
HASHED_STEPS = 20
GRAVITY = ("skipped", "passed", "noted", "warned", "failed")


def _each_output(context: Context, judge: Callable[[Context, Evidence], Outcome]) -> Outcome:
    """The verdict on the output with the gravest one, which says its name; the evidence of all of them."""
    first = evidence_of(context)
    every = (first, *first.others)
    if len(every) == 1:
        return judge(context, first)
    names = [one.pipeline.head.name for one in every]
    outcomes = [judge(context, one) for one in every]
    worst = max(range(len(every)), key=lambda place: (GRAVITY.index(outcomes[place].status), -place))
    rest = [repr(name) for place, name in enumerate(names) if outcomes[place].status != outcomes[worst].status]
    fine = f" {listed(rest)} {'is' if len(rest) == 1 else 'are'} judged better." if rest else ""
    same = len(every) - len(rest) - 1
    also = f" The same is said of {count(same, 'other output')}." if same else ""
    blocks = tuple(
        block.model_copy(update={"title": f"{block.title}: output '{name}'"})
        for name, outcome in zip(names, outcomes, strict=True) for block in outcome.blocks
    )  # fmt: skip
    chosen = outcomes[worst]
    return replace(chosen, headline=f"Output '{names[worst]}': {chosen.headline}{also}{fine}", blocks=blocks)


def first_loss(context: Context) -> Outcome:
    """The loss before training against the one computed by hand."""
    return _each_output(context, _first_loss)


def _first_loss(context: Context, e: Evidence) -> Outcome:
    first, head = e.first, e.pipeline.head
    measured = first.reported if np.isfinite(first.reported) else first.own
    rows = [
        ("as Keras reports it", finite(first.reported)),
        ("by your loss function on predictions", finite(first.own)),
    ]
    if np.isfinite(first.textbook):
        rows.append(("recomputed in NumPy", finite(first.textbook)))
    rows += [("computed by hand", first.expected), ("penalties on weights", finite(first.penalty))]
    bars = Bars(
        title="First loss", labels=tuple(name for name, _ in rows), values=tuple(value for _, value in rows),
        value_label="loss", references=(Reference(value=first.expected, label="expected"),),
        caption=f"Output '{head.name}', {head.loss}. Expected is what the best constant answer costs.",
    )  # fmt: skip
    numbers = {"measured": finite(measured), "expected": first.expected, "unit": "loss", "blocks": (bars,)}
    outcome = judged(
        context, "loss_at_init", f"The loss starts at {measured:.3g}; {first.expected:.3g} is what guessing costs.",
        head.name, **numbers,
    )  # fmt: skip
    if outcome.status != "passed" or not head.is_known or first.expected <= 0:
        return outcome
    if not np.isfinite(measured):
        return failed("The untrained network's loss is no finite number.", causes=causes_of(context), **numbers)
    if head.kind != "numbers" and not LOW <= measured / first.expected <= FAR:
        return warned(
            f"The loss starts at {measured:.3g}, but guessing costs {first.expected:.3g}.", causes=causes_of(context),
            advice="Look at the scale of the inputs and of the last layer's weights.", **numbers,
        )  # fmt: skip
    return outcome


def against_blank(context: Context) -> Outcome:
    """Real inputs against blank ones."""
    return _each_output(context, _against_blank)


def _against_blank(context: Context, e: Evidence) -> Outcome:
    run, classical = e.short, e.classical
    real, blank = finite(float(run.losses.mean()), 0.0), finite(float(run.blank.mean()), 0.0)
    bars = Bars(
        title="Loss on held-out examples after the same short training", labels=("real inputs", "blank inputs"),
        values=(real, blank), value_label="loss", caption=f"{run.steps} steps with your optimiser and batch size.",
    )  # fmt: skip
    share = Table(
        title="What is explained",
        caption="Share of the targets' variance on examples that were not learnt from.",
        columns=(Column(name="by"), Column(name="explained", format="share")),
        rows=(("your network", finite(max(run.explained, -1.0))), ("a classical probe", finite(classical.explained))),
    )
    numbers = {"measured": real, "expected": blank, "unit": "loss", "blocks": (bars, share)}
    if not e.has_signal:
        return warned(
            "Neither your network nor a classical probe finds a usable signal in these tensors.",
            causes=(Cause(fault="L03", sentence="Inputs say nothing of the targets, or they are mixed up with them."),),
            advice="Check that the targets belong to these inputs.", **numbers,
        ) if not classical.link.is_beyond_chance else noted(
            f"A classical probe explains only {classical.explained:.0%} of the targets: little can be asked of a "
            "network here.", **numbers,
        )  # fmt: skip
    if run.trace.failure:
        return failed(f"The short training broke down: {run.trace.failure}.", causes=causes_of(context), **numbers)
    if e.is_blind:
        return failed(
            f"After {run.steps} steps your network does no better on real inputs ({real:.3g}) than on blank ones "
            f"({blank:.3g}), though a classical probe explains {classical.explained:.0%} of the targets.",
            causes=causes_of(context), advice=_first_advice(context), **numbers,
        )  # fmt: skip
    return passed(
        f"With real inputs the loss falls to {real:.3g}, with blank ones to {blank:.3g}; a classical probe explains "
        f"{classical.explained:.0%} of the targets, your network {max(run.explained, 0):.0%} after {run.steps} steps.",
        **numbers,
    )


def by_heart(context: Context) -> Outcome:
    """A few examples learnt by heart."""
    return _each_output(context, _by_heart)


def _by_heart(context: Context, e: Evidence) -> Outcome:
    run = e.few
    curve = [finite(value) for value in run.curve]
    lines = Lines(
        title="Loss on the few examples", caption="With your loss and your optimiser; dropout off while measuring.",
        lines=(Line(name="loss", x=tuple(map(float, run.at)), y=tuple(curve)),), x_label="gradient steps",
        y_label="loss", references=(Reference(value=run.guess, label="guessing"),),
    )  # fmt: skip
    numbers = {
        "measured": finite(run.last), "expected": run.floor, "unit": "loss", "blocks": (lines, _side_by_side(e)),
    }  # fmt: skip
    if run.is_learnt:
        return passed(
            f"{count(len(run.rows), 'example')} can be learnt by heart: the loss is {run.last:.3g} after "
            f"{run.at[-1]} steps.", **numbers,
        )  # fmt: skip
    what = f"broke down: {run.trace.failure}" if run.trace.failure else (
        f"stops at {run.last:.3g} after {run.at[-1]} steps; {run.floor:.3g} can be reached"
    )  # fmt: skip
    return failed(
        f"{count(len(run.rows), 'example')} cannot be learnt by heart: the loss {what}.", causes=causes_of(context),
        advice=_first_advice(context) or "A network that cannot fit a handful of examples cannot learn from more.",
        **numbers,
    )  # fmt: skip


def falling(context: Context) -> Outcome:
    """Whether training makes the loss fall."""
    return _each_output(context, _falling)


def _falling(context: Context, e: Evidence) -> Outcome:
    losses = e.short.trace.losses
    shown = losses[np.isfinite(losses)]
    window = max(1, len(shown) // 40)
    points = [float(shown[i : i + window].mean()) for i in range(0, len(shown), window)]
    lines = Lines(
        title="Training loss", lines=(Line(name="loss", x=tuple(float(i * window) for i in range(len(points))),
        y=tuple(points)),), x_label="gradient steps", y_label="loss as Keras reports it",
    )  # fmt: skip
    before, after = finite(float(e.short.before.mean())), finite(float(e.short.losses.mean()))
    numbers = {"measured": after, "expected": before, "unit": "loss", "blocks": (lines,) if points else ()}
    outcome = judged(
        context, "decreasing_loss",
        f"The held-out loss goes from {before:.3g} to {after:.3g} in {e.short.steps} steps.",
        e.pipeline.head.name, **numbers,
    )  # fmt: skip
    if outcome.status == "passed" and e.has_signal and not after < before and not e.few.is_learnt:
        return failed(
            f"Training does not make the loss fall: {before:.3g} before, {after:.3g} after {e.short.steps} steps.",
            causes=causes_of(context), advice=_first_advice(context), **numbers,
        )  # fmt: skip
    return outcome


def repeated(context: Context) -> Outcome:
    """Whether one seed gives the same weights twice."""
    pipeline = evidence_of(context).pipeline
    hashes = []
    for seed in (0, 0, 1):
        with pipeline.untouched():
            pipeline.restore(pipeline.first)
            pipeline.fit(pipeline.train, HASHED_STEPS, uses=f"seed {seed}")
            digest = hashlib.sha256(b"".join(value.tobytes() for value in pipeline.state()))
            hashes.append(digest.hexdigest()[:16])
    table = Table(
        title="Weights after training, as hashes", columns=(Column(name="run"), Column(name="hash of all weights")),
        rows=tuple(zip(("seed 0", "seed 0 again", "another order"), hashes, strict=True)),
    )  # fmt: skip
    is_equal = hashes[0] == hashes[1]
    numbers = {
        "measured": float(is_equal), "expected": 1.0, "unit": "identical runs of one seed", "blocks": (table,),
    }  # fmt: skip
    if is_equal:
        return passed("The same start and the same order of examples give the same weights, bit for bit.", **numbers)
    return noted(
        "Two trainings from one start and in one order end with different weights: later differences below this noise "
        "mean nothing.",
        advice="Call keras.utils.set_random_seed and tf.config.experimental.enable_op_determinism in your script.",
        **numbers,
    )


def head_bias(context: Context) -> Outcome:
    """Not ours to change: only said."""
    return skipped(
        "The last layer is yours: whether it should start at the targets' prior is said with the first loss."
    )


def _first_advice(context: Context) -> str:
    return next((one.advice for one in suspicions(context) if one.level != "noted"), "")


def _side_by_side(e: Evidence) -> Block:
    head = e.pipeline.head
    few = e.pipeline.train.take(e.few.rows)
    t = targets_of(head, few.targets[e.head_at])
    out = e.few.outputs.reshape(len(t), -1).astype("float64")
    names: tuple[str, ...] = ("example", "target", "prediction")
    rows: tuple[tuple[str | float, ...], ...]
    if head.kind == "classes" and out.shape == t.shape:
        rows = tuple((f"example {int(r) + 1}", f"class {int(a.argmax())}", f"class {int(b.argmax())}", finite(b.max()))
                     for r, a, b in zip(e.few.rows, t, out, strict=True))  # fmt: skip
        names = (*names, "largest output")
    else:
        rows = tuple((f"example {int(r) + 1}", finite(a[0]), finite(b[0]))
                     for r, a, b in zip(e.few.rows, t, out, strict=True))  # fmt: skip
    columns = tuple(Column(name=name) for name in names)
    return Table(title="Target and prediction", columns=columns, rows=rows, private=True)
