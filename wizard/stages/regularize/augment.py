"""More examples out of the ones there are."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Gallery, Item
from wizard.core.seeds import derive
from wizard.stages.context import Context
from wizard.stages.pictures import png
from wizard.stages.regularize.experiment import experiment, incumbent
from wizard.stages.step import Outcome, noted, step
from wizard.stages.words import share

STRENGTHS = (0.5, 1.0)
CHECKED = 200  # training examples shown to the network after the transformation
LOST = 0.15  # share of right answers lost to a transformation beyond which it may change what the label says
SHOWN = 6


@step(needs=("augmentation",))
def augment(context: Context) -> Outcome:
    """Small shifts, turns and zooms make the network better.

    A picture moved by a pixel shows the same thing, so it is a free example. First the trained network itself is
    asked whether it still recognises what it learnt after the transformation: one that changes the label would hurt.
    """
    strengths = STRENGTHS[: 1 if context.effort.name == "quick" else 2]
    gallery, kept = _survives(context, strengths)
    safe = [strength for strength in strengths if kept[strength] > 1 - LOST]
    if not safe:
        worst = kept[strengths[0]]
        return noted(
            f"Not used: after a shift, turn and zoom the network recognises only {share(worst)} of what it did, so the "
            f"transformation may change what the label says.",
            measured=worst,
            expected=1.0,
            unit="share of right answers that survive",
            blocks=(gallery,),
        )
    words = [f"augmentation of strength {strength:g}" for strength in safe]
    outcome = experiment(context, "augment", [{"augment": strength} for strength in safe], words)
    return Outcome(**{**outcome.__dict__, "blocks": (*outcome.blocks, gallery)})


def _survives(context: Context, strengths: tuple[float, ...]) -> tuple[Gallery, dict[float, float]]:
    """Pictures before and after, and the share of the network's right answers that each strength leaves."""
    from wizard.core.backend import tf
    from wizard.models.layers import moved

    run = incumbent(context).runs[0][0]
    prepared = context.prepared(run.config)
    rows = context.sample(prepared.train, CHECKED, "augment")
    compiled = context.trainer.network(run)
    raw = prepared.tensors["image"][rows].astype("float32")
    y = prepared.y[rows]
    items, kept = [], {}
    before = _answers(compiled, raw)
    for strength in strengths:
        seed = [derive(context.seed, "augment", strength), 0]
        after = np.asarray(moved(tf.constant(raw), tf.constant(strength), tf.constant(seed, "int32")))
        answers = _answers(compiled, after)
        if context.task.is_exclusive:
            right = before.argmax(1) == y
            kept[strength] = float((answers.argmax(1) == y)[right].mean()) if right.any() else 0.0
        else:
            error = np.mean((answers - before) ** 2, axis=0)
            kept[strength] = float(np.mean(1 - error / np.maximum(np.var(before, axis=0), 1e-12)))
        for i in range(SHOWN):
            label = str(context.dataset.labels[rows[i]])
            for name, picture in (("as it is", raw[i]), (f"strength {strength:g}", after[i])):
                shown = np.clip(picture, 0, 255).astype("uint8") if prepared.preparation.dtype == "uint8" else picture
                items.append(Item(label=label, asset=context.asset(png(shown)), caption=name))
    caption = "; ".join(f"strength {s:g}: {share(k)} of the right answers survive" for s, k in kept.items())
    return Gallery(title="Before and after", caption=f"{caption}.", items=tuple(items)), kept


def _answers(compiled: object, pictures: np.ndarray) -> np.ndarray:
    return np.asarray(compiled.model({"image": pictures}, training=False))  # type: ignore[attr-defined]
