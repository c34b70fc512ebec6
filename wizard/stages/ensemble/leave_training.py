"""Training on past the plateau, and averaging weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wizard.core.config import TrainingConfig
from wizard.core.pacing import CAUTION
from wizard.models.family import multiple
from wizard.stages.context import Context
from wizard.stages.ensemble.members import SELECTED, blocks_of, chosen_of, most_distinct, seconds_of
from wizard.stages.ensemble.pool import FRESH, Candidate, again, cost_of, of_judged, pool, reserve, seeds
from wizard.stages.ensemble.selection import select
from wizard.stages.length import is_cut_short, own_epochs, trained
from wizard.stages.regularize.experiment import experiment, few, incumbent
from wizard.stages.step import Outcome, skipped, step
from wizard.stages.words import share

MEMORISES = 0.10  # of the labels wrong: with 5%, 200 epochs still helped on Imagenette, with 50% they cost 14 points
LONGER = 3  # times the epochs that it had,
LEAST_LONGER = 1.5  # and at least so many where there is time for no more
PART = 0.98  # of the time left: asking takes some as well
AVERAGED = 0.25  # of a run, at its end: where the weights only wander about (Izmailov et al. 2018)
LABEL_NOISE_WORDS = (
    "Explore estimates that {rate} of the labels are wrong, and a network left training learns those by heart"
)


@step()
def leave_training(context: Context) -> Outcome:
    """Left training past its plateau, with averaged weights, the best network gets better.

    Networks often go on improving long after the validation loss seems to level off, and the mean of a run's last
    weights lies in a flatter place than any of them (Izmailov et al. 2018). Where many labels are wrong the opposite
    happens: what is learnt last is the errors. Where the budget cut all runs short, the longest one there is time for
    comes here.
    """
    rate = context.decided("label_noise")
    if rate is not None and rate >= MEMORISES:
        return skipped(LABEL_NOISE_WORDS.format(rate=share(rate)) + ": it is stopped where it was.")
    base = context.decided("incumbent")
    judged, is_short = incumbent(context), is_cut_short(context, base)
    if is_short and len(judged.predictions) > 1:  # one long run is worth more than a share of it with every seed
        judged = replace(judged, runs=judged.runs[:1], predictions=judged.predictions[:1])
        context.shared.update(judged=judged)
    had, own = trained(base), own_epochs(context, base) if is_short else 0
    wanted = max(base.epochs, LONGER * had, multiple(own * context.effort.epochs, base.look_every))
    an_epoch = sum(run.seconds_an_epoch for repeat in judged.runs for run in repeat)
    beside = max(judged.seconds - had * an_epoch, 0.0)
    what = "leave_training: epochs of a longer run"
    each = (1 + again(context) / len(judged.runs)) * an_epoch  # the best of them is trained once more
    epochs = context.pacing.cap(what, wanted, each, max(PART * context.pacing.left - CAUTION * beside, 0.0))
    epochs -= epochs % base.look_every
    if epochs < LEAST_LONGER * had:
        return skipped("There was no time left for a longer run within the budget.")
    cost = (beside + epochs * an_epoch) / max(judged.seconds, 1e-9)
    changes, words = _changes(base, epochs, few(context))
    outcome = experiment(context, "leave_training", changes, words, cost=cost)
    kept: TrainingConfig = outcome.decides.get("incumbent", base)
    if kept == base:
        return replace(outcome, decides={})
    return _offered(context, outcome, kept)


def _changes(base: TrainingConfig, epochs: int, most: int) -> tuple[list[dict[str, Any]], list[str]]:
    """What is tried: both together, then averaging alone, which costs no longer run."""
    free: dict[str, Any] = {"patience": None, "stop_after": None, "fit_to": None}
    last = f"the mean of the weights over the last {share(AVERAGED)} of training"
    both = {**free, "epochs": epochs, "average": AVERAGED}
    changes = [both, {"patience": None, "average": AVERAGED}]
    words = [f"{epochs} epochs instead of {trained(base)}, and {last}", last]
    return changes[:most], words[:most]


def _offered(context: Context, outcome: Outcome, kept: TrainingConfig) -> Outcome:
    """The better network beside the others: picked again, it alone where several still do not help."""
    judged = context.shared["judged"]
    new = [of_judged(context, judged, seed, seed) for seed in range(len(judged.predictions))]
    fresh, seconds = range(FRESH, FRESH + context.effort.repeats), judged.seconds / len(judged.predictions)
    new += seeds(context, kept, fresh, "leave_training: the longer run with seed", cost_of(context) * seconds)
    candidates: list[Candidate] = context.shared.get("fit to join", pool(context))
    offered = [*(one for one in new if one is not None), *candidates]
    selection = select(context, offered, most_distinct(context, offered))
    context.shared.update({"fit to join": offered, SELECTED: selection})
    alone = ((kept.but(fold=None, seed=0), 1.0),)
    members = chosen_of(context, offered, selection) if selection.is_joined else alone
    is_in = any(config.but(seed=0) == kept.but(fold=None, seed=0) for config, _ in members)
    place = "handed over alone" if members == alone else (
        f"one of {len(members)} networks that are joined now" if is_in else "not one of the joined ones, which are "
        "better without it"
    )  # fmt: skip
    reserve(context, seconds_of(offered, members))
    blocks = outcome.blocks + (blocks_of(context, offered, selection, members) if len(members) > 1 else ())
    return replace(
        outcome, headline=f"{outcome.headline.rstrip('.')}; it is {place}.", blocks=blocks,
        decides={"incumbent": kept, "members": members},
    )  # fmt: skip
