"""Question 1: do local features suffice, or is the whole example needed?

Tried on digits and texts and curves made so that the answer is known (a stroke anywhere; two digits in one order or the
other), and on all public sets that thresholds were set on: the answer is a note there, never an alarm.
"""

from __future__ import annotations

from typing import Any

from wizard.stages.context import Context
from wizard.stages.in_parts import View, bars_of, compare, part_sample, part_views, seen, tells_anything
from wizard.stages.probing import Sample, probe_sample, whole
from wizard.stages.step import Outcome, noted, step
from wizard.stages.words import share

WORDS = {  # modality: (what is local, what the whole adds)
    "image": ("small patches, wherever they are", "how they are arranged"),
    "text": ("single words, in any order", "their order"),
    "series": ("short windows, whenever they come", "their order"),
    "table": ("columns one by one, their effects added", "columns together"),
}
NEXT = {
    "image": ("A network of small receptive fields with global pooling will do.",
              "Take a network whose receptive field covers the whole picture."),
    "text": ("A bag of words or n-grams is the model to start with.", "Take a model that reads words in order."),
    "series": ("Features of short windows, pooled over time, are the model to start with.",
               "Take a model that sees the whole series."),
    "table": ("A linear or additive model is hard to beat here.", "Take a model that combines columns."),
}  # fmt: skip
PARTS = ("Local features", "Global context is needed")  # and of tables:
COLUMNS = ("Single columns", "Columns are needed together")


@step()
def local_or_global(context: Context) -> Outcome:
    """We know whether local features suffice.

    Whether a class is told by small parts, wherever they are, or only by the whole arrangement decides what kind of
    network is needed. So the same probe is asked twice: with the parts alone, and with the parts and how they stand
    together.
    """
    if context.dataset.modality == "table":
        sample = probe_sample(context)
        views = _tables(context, sample)
    else:
        sample = part_sample(context)
        asked = part_views(context)
        views = (asked.alone, max(asked.ordered, asked.placed, key=lambda view: view.skill))
    less, more = views
    answer = compare(context, less, more, sample)
    local, added = WORDS[context.dataset.modality]
    parts, together = COLUMNS if context.dataset.modality == "table" else PARTS
    words = context.metric.words
    scores = (
        f"{words(less.reached.value)} {context.metric.label} from {local}, {words(more.reached.value)} with {added}"
    )
    numbers: dict[str, Any] = {
        "measured": answer.gain.value, "interval": answer.gain.ends, "expected": 0.0,
        "unit": f"gain in {context.metric.label} from {added}", "blocks": bars_of(context, views),
    }  # fmt: skip
    if not tells_anything(context, views, sample):
        return noted(
            f"It cannot be told whether {parts.lower()} suffice: no probe beats guessing ({scores}).", **numbers
        )
    suffice, whole_needed = NEXT[context.dataset.modality]
    if answer.needs_more:
        return noted(f"{together}: {scores}.", advice=whole_needed, decides={"is_local": False}, **numbers)
    if answer.suffices or answer.share <= 0:
        return noted(
            f"{parts} suffice: {scores}, which is no more than the noise.",
            advice=suffice,
            decides={"is_local": True},
            **numbers,
        )
    band = f"between {words(abs(answer.gain.low))} less and {words(answer.gain.high)} more"
    return noted(
        f"{parts} tell {share(max(0.0, less.skill))} of what guessing misses; whether the whole adds to it lies "
        f"inside the noise ({scores}; {band}).",
        **numbers,
    )


def _tables(context: Context, sample: Sample) -> tuple[View, View]:
    """Boosted trees whose columns only add up, and the same that may combine them."""
    x = whole(context)
    names = ("columns one by one", "columns together")
    return seen(context, names[0], x, sample, "added"), seen(context, names[1], x, sample, "combined")
