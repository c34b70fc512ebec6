"""Whether it matters where something stands, or position may be pooled out.

Tried on digits, texts and curves made so that the answer is known: the same thing at the top or the bottom, in the
first or the second half; or anywhere, whatever its class.
"""

from __future__ import annotations

from typing import Any

from wizard.stages.context import Context
from wizard.stages.in_parts import bars_of, compare, part_sample, part_views, tells_anything
from wizard.stages.step import Outcome, noted, step

ALONG = {"image": "in the picture", "text": "in the text", "series": "in time"}


@step(needs=("places",))
def position(context: Context) -> Outcome:
    """We know whether position may be pooled out.

    A network that averages over positions before its last layer needs fewer weights and does not mind shifts, but it
    cannot tell a mark at the top from one at the bottom. The probe sees which small parts are there, first without
    and then with their places.
    """
    sample = part_sample(context)
    asked = part_views(context)
    views = free, placed = asked.alone, asked.placed
    answer = compare(context, free, placed, sample)
    words, metric = context.metric.words, context.metric
    where = ALONG[context.dataset.modality]
    scores = f"{words(free.reached.value)} {metric.label} without places, {words(placed.reached.value)} with them"
    numbers: dict[str, Any] = {
        "measured": answer.gain.value, "interval": answer.gain.ends, "expected": 0.0,
        "unit": f"gain in {metric.label} from places",
        "blocks": bars_of(context, views),
    }  # fmt: skip
    if not tells_anything(context, views, sample):
        return noted(f"It cannot be told whether position matters: no probe beats guessing ({scores}).", **numbers)
    if answer.needs_more:
        return noted(
            f"Where something stands {where} matters: {scores}.",
            advice="Keep a coarse grid of positions to the last layer, not one mean, and shift examples only a little.",
            decides={"is_position_free": False},
            **numbers,
        )
    if answer.suffices or answer.share <= 0:
        return noted(
            f"Where something stands {where} may be pooled out: {scores}, which is no more than the noise.",
            advice="Pool over positions before the last layer, and shift examples when training.",
            decides={"is_position_free": True},
            **numbers,
        )
    return noted(f"Whether position matters lies inside the noise: {scores}.", **numbers)
