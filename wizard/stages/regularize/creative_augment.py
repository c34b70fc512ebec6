"""New examples made of the ones there are, with more liberty."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from wizard.core.blocks import Block, Gallery, Item
from wizard.core.registry import load
from wizard.core.seeds import derive
from wizard.data.form import SeriesForm
from wizard.stages.context import Context
from wizard.stages.labels import label_of
from wizard.stages.own import declared_experiment
from wizard.stages.regularize.experiment import experiment, few, incumbent
from wizard.stages.regularize.own_examples import OwnExamples, own_examples
from wizard.stages.step import Outcome, step

STRENGTH = 0.5
MIXUP, CUTMIX = 0.2, 1.0  # as in the papers
MOST = 3
DISTURBED = {
    "image": "shades and a hole in pictures",
    "tokens": "lost and swapped words",
    "series": "warped and masked series",
    "features": "noise and swapped cells",
}
PASTED = {"image": "boxes", "tokens": "passages", "series": "stretches"}
SHOWN = 6
LOOKS = "wizard.stages.looks"  # a file a modality


@step()
def creative_augment(context: Context) -> Outcome:
    """Disturbed, blended and pasted examples make the network better.

    A hole in a picture, words left out, cells from another row, the mean of two examples with the mean of their labels:
    such examples do not occur, and still teach a network not to rest on one clue, nor to be sure between two classes.
    """
    if context.own is not None:
        return declared_experiment(context, context.own, "creative_augment")
    kind = context.prepared(incumbent(context).config).form.kind
    tries: list[tuple[dict[str, Any], str]] = [({"creative": STRENGTH}, f"{DISTURBED[kind]} of strength {STRENGTH:g}")]
    if kind != "tokens":  # codes of words cannot be blended
        tries.append(({"mixup": MIXUP}, f"mixup of pairs (alpha {MIXUP:g})"))
    if kind in PASTED:
        tries.append(({"cutmix": CUTMIX}, f"cutmix: {PASTED[kind]} pasted from others"))
    tries = tries[: few(context, MOST)]
    own = own_examples(context)
    if own is not None:
        tries = [(own.change, own.words), *tries]
    outcome = experiment(context, "creative_augment", [change for change, _ in tries], [words for _, words in tries])
    blocks = (*outcome.blocks, *_gallery(context, kind))
    if own is None:
        return replace(outcome, blocks=blocks)
    return _about_own(context, replace(outcome, blocks=(*outcome.blocks, *own.blocks, *_gallery(context, kind))), own)


def _about_own(context: Context, outcome: Outcome, own: OwnExamples) -> Outcome:
    """A fault of the user's examples is worth a warning, unless training on them helped beyond the noise."""
    is_kept = outcome.decides["incumbent"].synthetic == own.change["synthetic"]
    if not own.causes or is_kept:
        return outcome
    headline = f"{own.words[0].upper()}{own.words[1:]}: {own.causes[0].sentence} {outcome.headline}"
    return replace(outcome, status="warned", headline=headline, causes=own.causes, advice=own.advice)


def _gallery(context: Context, kind: str) -> tuple[Block, ...]:
    """A few training examples before and after; rows of a table show nothing."""
    look: Any = load(LOOKS, context.dataset.modality)
    if not hasattr(look, "shown"):
        return ()
    from wizard.core.backend import tf
    from wizard.models.creative import disturbed

    prepared = context.prepared(incumbent(context).config)
    rows = context.sample(prepared.train, SHOWN, "creative")
    raw = {name: np.asarray(values[rows]) for name, values in prepared.tensors.items()}
    spread = np.zeros(1, "float32")
    if isinstance(prepared.form, SeriesForm):
        spread = np.where(np.arange(len(prepared.channel_std)) < prepared.form.n_measured, prepared.channel_std, 0)
    as_tensors = {
        name: tf.constant(values if values.dtype == "int32" else values.astype("float32"))
        for name, values in raw.items()
    }
    seed = tf.constant([derive(context.seed, "creative") % 2**31, 0], "int32")
    after = disturbed(kind, as_tensors, tf.constant(STRENGTH), seed, tf.constant(spread.astype("float32")))
    changed = {name: np.asarray(values) for name, values in after.items()}
    items = [
        Item(label=label_of(context, int(row)), caption=name, **look.shown(context, prepared, tensors, i))
        for i, row in enumerate(rows)
        for name, tensors in (("as it is", raw), (f"strength {STRENGTH:g}", changed))
    ]
    return (Gallery(title="Before and after", caption=f"{DISTURBED[kind].capitalize()}.", items=tuple(items)),)
