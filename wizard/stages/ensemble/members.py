"""Greedy selection over configurations and seeds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wizard.core.blocks import Column, Line, Lines, Table
from wizard.core.config import TrainingConfig
from wizard.stages.context import Context
from wizard.stages.step import Outcome, noted, passed, step
from wizard.stages.words import count
from wizard.training.metrics import Metric, criterion_for

SIZE = 8  # picks, with replacement; gains beyond it are small and every member costs time at prediction
MOST_DISTINCT = 5  # networks in the predictor
FRESH = 100  # seeds that the search did not see


@dataclass(frozen=True)
class Candidate:
    """A configuration with a seed, and its predictions for the deciding rows."""

    config: TrainingConfig
    predictions: np.ndarray


@step()
def members(context: Context) -> Outcome:
    """Several networks together are better than the best one.

    Networks that differ only in their seed make different mistakes; their mean makes fewer. Members are picked one by
    one, each the one that helps most, the same one again if need be (Caruana et al. 2004).
    """
    candidates = _candidates(context)
    criterion = criterion_for(context.task)
    rows = context.deciding_rows
    y, weight = context.y(rows), context.weight(rows)
    size = int(context.options.get("size") or SIZE)
    picked, scores = _greedy(candidates, criterion, y, weight, size)
    best_size = int(np.argmin(scores)) + 1
    picked = picked[:best_size]
    together = np.mean([candidates[i].predictions for i in picked], axis=0)
    single = candidates[picked[0]].predictions
    gain = context.gain_of(together, single)
    metric = context.metric
    chosen = tuple((candidates[i].config, picked.count(i) / len(picked)) for i in dict.fromkeys(picked))
    curve = Lines(
        title="Gain against number of members",
        caption=f"Members picked by {criterion.label}, lower is better; the same one may be picked again.",
        lines=(Line(name="ensemble", x=tuple(map(float, range(1, len(scores) + 1))), y=tuple(scores)),),
        x_label="members picked",
        y_label=criterion.label,
    )
    table = Table(
        title="Members",
        columns=(
            Column(name="family"), Column(name="changed from the first"), Column(name="seed"),
            Column(name="weight", format="share"),
        ),
        rows=tuple(
            (c.family, ", ".join(n for n in chosen[0][0].diff(c) if n != "seed") or "–", c.seed, w) for c, w in chosen
        ),
    )  # fmt: skip
    scale = 100.0 if metric.is_share else 1.0
    numbers = {
        "measured": scale * gain.value, "expected": 0.0, "interval": (scale * gain.low, scale * gain.high),
        "unit": f"points of {metric.label}" if metric.is_share else f"lower {metric.label}",
        "blocks": (curve, table), "decides": {"members": chosen},
    }  # fmt: skip
    if len(chosen) == 1:
        return noted("No second network helps: the best single one is handed over.", **numbers)
    before, after = (metric.score(y, p, weight) for p in (single, together))
    words = (
        f"{count(len(chosen), 'network')} together: {metric.label} {metric.words(after)}, "
        f"the best alone {metric.words(before)}"
    )
    return (passed if gain.low > 0 else noted)(
        f"{words}{'' if gain.low > 0 else ', a difference within the noise'}.", **numbers
    )


def _candidates(context: Context) -> list[Candidate]:
    """What is stored already, then fresh seeds of the winner as far as time allows."""
    found: list[Candidate] = []
    seconds = [0.0]

    def add(config: TrainingConfig, seed: int) -> None:
        judged = context.judge(config, 1, seed)
        seconds.append(judged.seconds)
        if not judged.failure:
            found.append(Candidate(config.but(seed=seed), judged.predictions[0]))

    configs = context.decided("candidates") or (context.decided("incumbent"),)
    for config in configs:
        add(config, 0)
    for number in range(FRESH, FRESH + context.effort.repeats):
        # each network that is picked is trained once more, for the predictor
        if not context.pacing.allows(f"members: seed {number} of the winner", 3 * max(seconds)):
            break
        add(configs[0], number)
    return found


def _greedy(
    candidates: list[Candidate], criterion: Metric, y: np.ndarray, weight: np.ndarray | None, size: int
) -> tuple[list[int], list[float]]:
    picked: list[int] = []
    scores: list[float] = []
    total = np.zeros_like(candidates[0].predictions)
    for n in range(1, size + 1):
        allowed = range(len(candidates)) if len(set(picked)) < MOST_DISTINCT else sorted(set(picked))
        trial = {i: criterion.score(y, (total + candidates[i].predictions) / n, weight) for i in allowed}
        best = min(trial, key=lambda i: trial[i])
        picked.append(best)
        scores.append(trial[best])
        total = total + candidates[best].predictions
    return picked, scores
