"""More examples out of the ones there are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from wizard.core.blocks import Gallery, Item
from wizard.core.finding import Cause
from wizard.core.registry import load
from wizard.core.seeds import derive
from wizard.stages.context import Context
from wizard.stages.labels import label_of
from wizard.stages.own import declared_experiment
from wizard.stages.regularize.experiment import experiment, few, incumbent
from wizard.stages.step import Outcome, noted, step
from wizard.stages.words import listed, share

STRENGTHS = (0.5, 1.0)  # the full one first where explore found much of such variation, telling nothing of the label
CHECKED = 200  # training examples shown to the network after the transformation
LOST = 0.15  # share of right answers lost to a transformation beyond which it may change what the label says
SHOWN = 6
LOOKS = "wizard.stages.looks"  # a file a modality


@step(needs=("augmentation",))
def augment(context: Context) -> Outcome:
    """Changes that leave the label as it is make the network better.

    A picture moved by a pixel shows the same thing, and so does a curve shifted by a step or a text without one of its
    words: free examples. First the trained network itself is asked whether it still recognises what it learnt after the
    change: one that changes the label would hurt.
    """
    if context.own is not None:
        return declared_experiment(context, context.own, "augment")
    wanted = [name for name in context.decided("vary") if name in _look(context).VARIED]
    strengths = STRENGTHS[::-1] if wanted else STRENGTHS[: few(context)]
    gallery, kept = _survives(context, strengths)
    safe = [strength for strength in strengths if kept[strength] > 1 - LOST][: few(context)]
    if not safe:
        worst = kept[strengths[0]]
        return noted(
            f"Not used: after {_look(context).TRANSFORMATION} the network recognises only {share(worst)} of what it "
            f"did, so the transformation may change what the label says.",
            measured=worst,
            expected=1.0,
            unit="share of right answers that survive",
            causes=(Cause(fault="A01", tested=True, sentence="The transformation may change what the label says."),),
            blocks=(gallery,),
        )
    words = [f"augmentation of strength {strength:g}" for strength in safe]
    changes = [{"augment": strength} for strength in safe]
    outcome = experiment(context, "augment", changes, words, are_doses=safe == sorted(safe))
    told = f"Explore found that inputs vary in {listed(wanted)}, and that this tells nothing. " if wanted else ""
    return replace(outcome, headline=told + outcome.headline, blocks=(*outcome.blocks, gallery))


def _survives(context: Context, strengths: tuple[float, ...]) -> tuple[Gallery, dict[float, float]]:
    """Inputs before and after, and the share of the network's right answers that each strength leaves."""
    look, run = _look(context), incumbent(context).runs[0][0]
    prepared = context.prepared(run.config)
    rows = context.sample(prepared.train, CHECKED, "augment")
    model = context.trainer.network(run).network.answers
    raw = {name: values[rows] for name, values in prepared.tensors.items()}
    y = prepared.y[rows]
    items, kept = [], {}
    before = answers_to(model, raw)
    for strength in strengths:
        changed = look.transformed(prepared, raw, strength, derive(context.seed, "augment", strength))
        answers = answers_to(model, changed)
        kept[strength] = survival(context, before, answers, y)
        for i in range(SHOWN):
            label = label_of(context, int(rows[i]))
            for name, tensors in (("as it is", raw), (f"strength {strength:g}", changed)):
                items.append(Item(label=label, caption=name, **look.shown(context, prepared, tensors, i)))
    caption = "; ".join(f"strength {s:g}: {share(k)} of the right answers survive" for s, k in kept.items())
    return Gallery(title="Before and after", caption=f"{caption}.", items=tuple(items)), kept


def _look(context: Context) -> Any:
    return load(LOOKS, context.dataset.modality)


def survival(context: Context, before: np.ndarray, after: np.ndarray, y: np.ndarray) -> float:
    """Share of a network's right answers that a change of its inputs leaves; of amounts, of its answers' variance."""
    if context.task.is_exclusive:
        right = before.argmax(1) == y
        return float((after.argmax(1) == y)[right].mean()) if right.any() else 0.0
    error = np.mean((after - before) ** 2, axis=0)
    return float(np.mean(1 - error / np.maximum(np.var(before, axis=0), 1e-12)))


def answers_to(model: Any, tensors: dict[str, np.ndarray]) -> np.ndarray:
    """(n, k) logits, or standardised targets, of encoded examples."""
    kinds = {"i": "int32", "u": "float32", "f": "float32"}
    return np.asarray(model({name: values.astype(kinds[values.dtype.kind]) for name, values in tensors.items()}))
