"""More examples out of the ones there are."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Gallery, Item
from wizard.core.registry import load
from wizard.core.seeds import derive
from wizard.stages.context import Context
from wizard.stages.regularize.experiment import experiment, incumbent
from wizard.stages.step import Outcome, noted, step
from wizard.stages.words import share

STRENGTHS = (0.5, 1.0)
CHECKED = 200  # training examples shown to the network after the transformation
LOST = 0.15  # share of right answers lost to a transformation beyond which it may change what the label says
SHOWN = 6
LOOKS = "wizard.stages.looks"  # a file a modality


@step(needs=("augmentation",))
def augment(context: Context) -> Outcome:
    """Small changes that leave the label as it is make the network better.

    A picture moved by a pixel, or a curve shifted by a step, shows the same thing, so it is a free example.
    First the trained network itself is asked whether it still recognises what it learnt after the transformation: one
    that changes the label would hurt.
    """
    strengths = STRENGTHS[: 1 if context.effort.name == "quick" else 2]
    gallery, kept = _survives(context, strengths)
    safe = [strength for strength in strengths if kept[strength] > 1 - LOST]
    if not safe:
        worst = kept[strengths[0]]
        return noted(
            f"Not used: after a {load(LOOKS, context.dataset.modality).TRANSFORMATION} the network recognises only "
            f"{share(worst)} of what it did, so the transformation may change what the label says.",
            measured=worst,
            expected=1.0,
            unit="share of right answers that survive",
            blocks=(gallery,),
        )
    words = [f"augmentation of strength {strength:g}" for strength in safe]
    outcome = experiment(context, "augment", [{"augment": strength} for strength in safe], words)
    return Outcome(**{**outcome.__dict__, "blocks": (*outcome.blocks, gallery)})


def _survives(context: Context, strengths: tuple[float, ...]) -> tuple[Gallery, dict[float, float]]:
    """Examples before and after, and the share of the network's right answers that each strength leaves."""
    look = load(LOOKS, context.dataset.modality)
    run = incumbent(context).runs[0][0]
    prepared = context.prepared(run.config)
    rows = context.sample(prepared.train, CHECKED, "augment")
    model = context.trainer.network(run).model
    raw = {name: values[rows] for name, values in prepared.tensors.items()}
    y = prepared.y[rows]
    items, kept = [], {}
    before = np.asarray(model(raw, training=False))
    for strength in strengths:
        changed = look.transformed(prepared, raw, strength, derive(context.seed, "augment", strength))
        answers = np.asarray(model(changed, training=False))
        if context.task.is_classification:
            right = before.argmax(1) == y
            kept[strength] = float((answers.argmax(1) == y)[right].mean()) if right.any() else 0.0
        else:
            error = float(np.mean((answers[:, 0] - before[:, 0]) ** 2))
            kept[strength] = 1 - error / max(float(np.var(before)), 1e-12)
        for i in range(SHOWN):
            label = str(context.dataset.labels[rows[i]])
            for name, tensors in (("as it is", raw), (f"strength {strength:g}", changed)):
                items.append(Item(label=label, caption=name, **look.shown(context, prepared, tensors, i)))
    caption = "; ".join(f"strength {s:g}: {share(k)} of the right answers survive" for s, k in kept.items())
    return Gallery(title="Before and after", caption=f"{caption}.", items=tuple(items)), kept
