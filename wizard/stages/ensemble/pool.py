"""Networks that may join the ensemble: what the journey has trained, and fresh seeds of the winner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wizard.core.config import TrainingConfig
from wizard.core.pacing import CAUTION
from wizard.core.run import TrainingRun
from wizard.core.seeds import derive
from wizard.stages.context import Context, Judged
from wizard.stages.length import is_cut_short
from wizard.training.metrics import criterion_for

FRESH = 100  # seeds that the search did not see
SEEDS = 2 * FRESH  # numbers of seeds that runs are looked up by
MOST_DISTINCT = 5  # networks in the predictor
MOST_SEEDS = 10  # where a budget leaves time for them, but for no longer run in leave_training
LONGER = 3.0  # times a run's seconds that the shortest such run takes: half as many epochs again, with two seeds
LONGER_RUN = "members: time for a longer run"
KEPT = 40  # the best by the smooth score: those behind them were never picked in the first eight
REFIT = 3.0  # times a run's seconds: a network that is picked is trained on its folds, and once more for the predictor;
# without folds see `again`
POOL, LEFT_OUT = "networks that may join", "networks that may not join"


@dataclass(frozen=True)
class Candidate:
    """A configuration with the number of its seed.

    Attributes:
        config: The fold left open.
        predictions: For the deciding rows, by networks that did not see them.
        runs: One a fold, or one.
        loss: The smooth score by which networks are compared; lower is better.
    """

    config: TrainingConfig
    predictions: np.ndarray
    runs: tuple[TrainingRun, ...]
    loss: float

    @property
    def seconds(self) -> float:
        """What its longest run took."""
        return max(run.seconds for run in self.runs)


def pool(context: Context) -> list[Candidate]:
    """Candidates, the incumbent first; the same for all steps of the stage."""
    return context.once(POOL, lambda: _collected(context))


def candidate(context: Context, config: TrainingConfig, seed: int) -> Candidate | None:
    """A configuration with a seed as a candidate, trained now if need be; None where its networks are worthless."""
    judged = context.judge(config, 1, seed)
    return None if judged.failure else of_judged(context, judged, seed)


def of_judged(context: Context, judged: Judged, seed: int, repeat: int = 0) -> Candidate | None:
    """A candidate of what was judged already; None where its predictions are no numbers."""
    predictions = judged.predictions[repeat]
    if not np.isfinite(predictions).all():
        return None
    rows = context.deciding_rows
    loss = criterion_for(context.task).score(context.y(rows), predictions, context.weight(rows))
    return Candidate(judged.config.but(fold=None, seed=seed), predictions, judged.runs[repeat], loss)


def _collected(context: Context) -> list[Candidate]:
    incumbent: TrainingConfig = context.decided("incumbent")
    first = context.judge(incumbent.but(fold=None, seed=0), 1)
    named = (*context.decided("candidates"), *context.decided("stage_configs").values())
    there = [config for place, config in enumerate(named) if _is_there(context, config, place, first.seconds)]
    wanted = [(config, 0) for config in there] + _stored(context)
    ones = [None if first.failure else of_judged(context, first, 0)]
    ones += [candidate(context, config, seed) for config, seed in wanted]
    found = _distinct([one for one in ones if one is not None])
    seconds = first.seconds
    n_seeds = 0 if is_cut_short(context, incumbent) else MOST_SEEDS  # a longer run is worth more
    for number in range(FRESH, FRESH + n_seeds):
        if number == FRESH + context.effort.repeats and context.pacing.allows(LONGER_RUN, LONGER * seconds):
            break
        room = cost_of(context) + again(context) * min(len(found) + 1, MOST_DISTINCT)
        if not context.pacing.allows(f"members: seed {number} of the winner", room * seconds):
            break
        one = candidate(context, incumbent, number)
        found += [one] if one is not None else []
    return _best(_distinct(found))  # tune may have trained the winner with these seeds already


def _is_there(context: Context, config: TrainingConfig, place: int, seconds: float) -> bool:
    """Whether a configuration is trained on every fold already, or there is time to do so."""
    if is_judged(context, config, 0):
        return True
    return context.pacing.allows(f"members: network {place + 1} of the earlier stages", cost_of(context) * seconds)


def is_judged(context: Context, config: TrainingConfig, seed: int) -> bool:
    """Whether a configuration is trained on every fold already, with a number of a seed."""
    folds: list[int | None] = [*range(len(context.split.folds))] or [None]
    return all(context.is_trained(config.but(fold=fold, seed=seed)) for fold in folds)


def further(context: Context, found: list[Candidate]) -> list[Candidate]:
    """More seeds of the winner, where time is left beside what is reserved for training the chosen ones once more.

    Args:
        context: The step's.
        found: What was chosen from.
    """
    if not again(context) or context.budget.seconds is None:
        return []
    incumbent = context.decided("incumbent")
    first = next((one for one in found if one.config == incumbent.but(fold=None, seed=0)), found[0])
    there = {one.config.seed for one in found if one.config.but(seed=0) == incumbent.but(fold=None, seed=0)}
    numbers = [number for number in range(FRESH, FRESH + MOST_SEEDS) if number not in there]
    return seeds(context, incumbent, numbers, "members: one more seed,", (1 + again(context)) * first.seconds)


def seeds(
    context: Context, config: TrainingConfig, numbers: Sequence[int], what: str, seconds: float
) -> list[Candidate]:
    """A configuration with seeds of some numbers, as many as there is time for.

    Args:
        context: The step's.
        config: What to train.
        numbers: Of seeds.
        what: Would be left out; the number comes behind it.
        seconds: What one is expected to take.
    """
    found: list[Candidate] = []
    for number in numbers:
        if not context.pacing.allows(f"{what} {number}", seconds):
            break
        one = candidate(context, config, number)
        found += [one] if one is not None else []
    return found


def again(context: Context) -> float:
    """Times a run's seconds that training it once more takes, on the rows that decided too; 0 where it is not done.

    Where folds decide, `cost_of` holds it. Where the budget cut runs short, one long run is worth more; a validation
    set of the user's own stays apart.
    """
    if context.split.folds or len(context.dataset.rows_of("validation")):
        return 0.0
    if is_cut_short(context, context.decided("incumbent")):
        return 0.0
    return len(context.split.known) / max(len(context.split.train), 1)


def reserve(context: Context, seconds: float) -> None:
    """Keeps time for training the chosen networks once more (see `again`), where there is so much.

    Args:
        context: The step's.
        seconds: What their runs took, together.
    """
    context.pacing.reserved = 0.0
    needed = CAUTION * again(context) * seconds
    context.pacing.reserved = needed if needed <= context.pacing.left else 0.0


def cost_of(context: Context) -> float:
    """Times a run's seconds that a network costs until it can be handed over."""
    return REFIT if context.split.folds else 1.0


def _stored(context: Context) -> list[tuple[TrainingConfig, int]]:
    """Configurations that the earlier stages trained to the end on all their rows, with the numbers of their seeds."""
    numbers = {derive(context.seed, "run", number): number for number in range(SEEDS)}
    folds: set[int | None] = {*range(len(context.split.folds))} or {None}
    trained: dict[tuple[str, int], set[int | None]] = defaultdict(set)
    for key in context.earlier_runs:
        run = context.trainer.stored(key)
        if run is None or run.failure or run.config.seed not in numbers or context.trainer.key(run.config) != key:
            continue
        config = run.config
        if config.control != "none" or config.refit or config.n_rows is not None:
            continue
        own = config.but(fold=None, seed=0)
        trained[own.model_dump_json(), numbers[config.seed]].add(config.fold)
    return [
        (TrainingConfig.model_validate_json(config), seed)
        for (config, seed), there in trained.items()
        if there >= folds
    ]


def _distinct(found: list[Candidate]) -> list[Candidate]:
    """Without those that only repeat one of the same seed: a change may have changed nothing."""
    seen: set[tuple[int, bytes]] = set()
    distinct = []
    for one in found:
        own = (one.config.seed, one.predictions.tobytes())
        if own not in seen:
            distinct.append(one)
        seen.add(own)
    return distinct


def _best(found: list[Candidate]) -> list[Candidate]:
    """The first, the best of each family, and the best of all."""
    ranked = sorted(range(len(found)), key=lambda number: found[number].loss)
    families = {found[number].config.family: number for number in reversed(ranked)}
    kept = {0, *families.values(), *ranked[:KEPT]}
    return [one for number, one in enumerate(found) if number in kept]
