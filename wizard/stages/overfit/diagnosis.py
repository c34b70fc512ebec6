"""Why a network does not fit its training rows: capacity, the rate, contradictory labels or a bug, by experiment.

Each experiment trains the best rung again with one thing changed, for a part of its epochs, and is held against what
that rung had reached by then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from wizard.core.blocks import Column, Table
from wizard.core.config import TrainingConfig
from wizard.core.finding import Cause
from wizard.core.run import TrainingRun
from wizard.data.split import Split
from wizard.models.family import multiple
from wizard.stages.baseline.simplify import what_is_on
from wizard.stages.context import Context
from wizard.stages.overfit.doubted import contradicted_rows
from wizard.stages.overfit.rungs import loss_unit, training_error
from wizard.stages.words import count, listed, loss
from wizard.training.trainer import Trainer

HELPS = 0.7  # of the loss without the change: seeds make less of a difference
PART = 3  # of the failing rung's looks: what is going to help shows in the first third
FEWEST_LOOKS, MOST_LOOKS = 6, 60
RATES = (0.1, 3.0)  # times the rung's: an order down, and as far up as Adam bears from a sound rate
FAR = (0.01, 1e4)  # where nothing is learnt at all: a rate may be wrong by orders of magnitude
HANDFUL = 8  # examples that any sound network learns by heart
HANDFUL_STEPS = 300
HANDFUL_LOOK = 10  # steps
BY_HEART = 0.1  # nats or target variances: with a handful learnt by heart the loss is far below
LARGER_HELPS = 0.8  # of the smaller rung's error: then another rung would help as well

LOWER = "Lower the learning rate of this family, or scale inputs and targets, and call overfit() again."
LONGER = "Give it a larger budget, or a higher rate: at this rate it needs more epochs."
CORRECT = "Correct the labels that explore doubts (Wizard(…, corrections=path)), or go on: they need not be learnt."
TELL_MORE = "Find inputs that tell more of the labels before training anything larger."
LOOK = "Do not go on: look for the bug with baseline(), whose gates name it."
LARGER = "Take a larger network: overfit(family=…), or a larger budget, which tries more rungs."


TURN_OFF = "Declare it in build(hp), as hp.Float('dropout', 0, 0.5), so that it is off here and tried by regularize()."
OF_OWN = {  # what to do with a model of the user's own
    LOWER: "Lower the learning rate in your build, or scale inputs and targets, and call overfit() again.",
    LARGER: "Declare larger sizes in build(hp), or give a larger budget, which tries more of them.",
    CORRECT: "Correct the labels that explore doubts in y, or go on: they need not be learnt.",
}


@dataclass(frozen=True)
class Experiment:
    """One thing changed.

    Attributes:
        cause: What it tests; `tested` says with which outcome.
        what: What was done.
        without: Loss of the failing rung by then; None where there is none to compare with.
        reached: Loss with the change; None where it broke down.
        advice: What to do where the cause is confirmed.
    """

    cause: Cause
    what: str
    without: float | None
    reached: float | None
    advice: str = ""


def experiments(context: Context, runs: list[TrainingRun], best: int, *, is_learning: bool) -> list[Experiment]:
    """What each likely cause says to an experiment, confirmed ones first and those ruled out last."""
    failing = runs[best]
    done: list[Experiment] = []
    rates = (*RATES, *(() if is_learning else FAR))
    tried = {1.0: failing}
    for factor in rates:
        if context.pacing.allows(f"capacity_ladder: rate × {factor:g}", _seconds(failing)):
            tried[factor] = context.train(_shortened(failing).but(learning_rate=factor * failing.config.learning_rate))
    done += _of_rates(context, failing, tried, is_learning=is_learning)
    done.append(_of_labels(context, failing))
    best_rate = min(tried, key=lambda factor: _end(tried[factor], _looks(failing)))
    done.append(_of_a_handful(context, failing, best_rate))
    done.append(_of_size(context, runs))
    done += _of_what_is_on(context, failing)
    order = {True: 0, None: 1, False: 2}
    done = [replace(one, advice=OF_OWN.get(one.advice, one.advice)) for one in done] if context.own else done
    return sorted(done, key=lambda one: (order[one.cause.tested], one.advice != TURN_OFF))


def table(context: Context, done: list[Experiment]) -> Table:
    """What was tried, and what came of it."""
    words = {True: "confirmed", None: "not tested", False: "ruled out"}
    return Table(
        title="Why it does not fit: what was tried",
        caption="The best rung again with one thing changed, for a part of its epochs, against what it had reached by "
        f"then; confirmed where the loss falls below {HELPS:g} of it.",
        columns=(
            Column(name="experiment"), Column(name=f"loss without ({loss_unit(context)})"),
            Column(name="loss with it"), Column(name="the cause is"),
        ),
        rows=tuple((one.what, one.without, one.reached, words[one.cause.tested]) for one in done),
        emphasis=tuple(i for i, one in enumerate(done) if one.cause.tested),
    )  # fmt: skip


def _looks(run: TrainingRun) -> int:
    return int(np.clip(len(run.history.get("loss", ())) // PART, FEWEST_LOOKS, MOST_LOOKS))


def _seconds(run: TrainingRun) -> float:
    """What an experiment takes: it has a few looks even where the failing rung had fewer."""
    return run.seconds * _looks(run) / max(len(run.history.get("loss", ())), 1)


def _shortened(run: TrainingRun) -> TrainingConfig:
    """The failing rung's configuration for a part of its epochs."""
    look = run.config.look_every
    return run.config.but(epochs=multiple(_looks(run) * look, look), fit_to=None)


def _end(run: TrainingRun, looks: int) -> float:
    """The running training loss after so many looks, infinite for a run that broke down by then."""
    history = run.history.get("loss", ())
    if (run.failure and len(history) <= looks) or not history:
        return float("inf")
    value = history[min(looks, len(history)) - 1]
    return float(value) if np.isfinite(value) else float("inf")


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _of_rates(
    context: Context, failing: TrainingRun, tried: dict[float, TrainingRun], *, is_learning: bool
) -> list[Experiment]:
    """Lower rates and higher ones, as two causes."""
    looks, unit = _looks(failing), loss_unit(context)
    now = _end(failing, looks)
    epochs = looks * failing.config.look_every
    found = []
    for is_high in (True, False):
        word, fault = ("high", "O01") if is_high else ("low", "" if is_learning else "O02")
        factors = [factor for factor in tried if (factor < 1 if is_high else factor > 1)]
        if not factors:
            sentence = f"The learning rate may be too {word}; there was no time to try another."
            found.append(Experiment(Cause(fault=fault, sentence=sentence), f"a rate less {word}", _finite(now), None))
            continue
        factor = min(factors, key=lambda f: _end(tried[f], looks))
        reached = _end(tried[factor], looks)
        is_better = reached < HELPS * now
        what = f"{factor:g} times the rate"
        claim = f"The learning rate is {'' if is_better else 'not '}too {word}"
        if is_better and is_learning and not is_high:
            claim = "It learns, only not fast enough for so many epochs"
        than = f"not {loss(now)}" if np.isfinite(now) else "where it broke down before"
        told = f"is {loss(reached)} {unit} after {epochs:,} epochs, {than}" if is_better else "is no lower"
        cause = Cause(fault=fault, sentence=f"{claim}: with {what} the training loss {told}.", tested=is_better)
        advice = LOWER if is_high else LONGER
        found.append(Experiment(cause, f"{what}, {epochs:,} epochs", _finite(now), _finite(reached), advice))
    return found


def _of_labels(context: Context, failing: TrainingRun) -> Experiment:
    """The same rung without the rows whose labels are doubted."""
    if not context.decided("signal"):
        cause = Cause(fault="L03", sentence="Inputs say nothing of these labels: they can only be learnt by heart, "
                      "slowly. A classical probe tells them no better than chance.", tested=True)  # fmt: skip
        return Experiment(cause, "a classical probe", None, None, TELL_MORE)
    split = context.split
    train, held = split.rows(failing.config.fold)
    doubtful = np.intersect1d(train, contradicted_rows(context))
    if not len(doubtful):
        cause = Cause(fault="L01", sentence="Labels may contradict each other, though explore doubts none of them: "
                      "not tested.")  # fmt: skip
        return Experiment(cause, "looking for labels that contradict each other", None, None)
    n = count(len(doubtful), "row")
    if not context.pacing.allows("capacity_ladder: without doubtful labels", failing.seconds):
        cause = Cause(fault="L01", sentence=f"Labels contradict each other: {n} may be labelled wrongly.")
        return Experiment(cause, f"without {n} of doubtful labels", None, None)
    clean = replace(split, train=np.setdiff1d(train, doubtful), validation=held, folds=())
    run = _trained_on(context, clean, failing)
    looks = max(FEWEST_LOOKS, len(failing.history.get("loss", ())))
    now, reached = _end(failing, looks), _end(run, looks)
    is_better = reached < HELPS * now
    sentence = (
        f"Labels contradict each other: without {n} of doubtful labels the training loss is {loss(reached)} "
        f"{loss_unit(context)}."
        if is_better
        else f"Contradictory labels are not what holds it up: without {n} of doubtful labels it fits no better."
    )
    cause = Cause(fault="L01", sentence=sentence, tested=is_better)
    return Experiment(cause, f"without {n} of doubtful labels", _finite(now), _finite(reached), CORRECT)


def _trained_on(context: Context, split: Split, failing: TrainingRun) -> TrainingRun:
    """The failing rung on other rows, for all its epochs: wrong labels are learnt last; stored like any run."""
    trainer = context.trainer
    other = Trainer(
        trainer.dataset, trainer.task, split, trainer.store, trainer.clock,
        is_deterministic=trainer.is_deterministic, callbacks=trainer.callbacks, own=trainer.own,
        distribution=trainer.distribution,
    )  # fmt: skip
    other.stage, other.pacing = trainer.stage, trainer.pacing
    looks = max(FEWEST_LOOKS, len(failing.history.get("loss", ())))
    run = other.train(failing.config.but(fold=None, fit_to=None, epochs=looks * failing.config.look_every))
    trainer.used.update(other.used)
    return run


def _of_a_handful(context: Context, failing: TrainingRun, factor: float) -> Experiment:
    """A few examples, at the rate that did best: whoever cannot learn those by heart has a bug."""
    if not context.pacing.allows("capacity_ladder: a handful of examples", failing.seconds / PART):
        cause = Cause(fault="M15", sentence="The network may have a bug; there was no time to try a few examples.")
        return Experiment(cause, "a handful of examples", None, None)
    config = failing.config.but(
        n_rows=HANDFUL, batch=HANDFUL, epochs=HANDFUL_STEPS, look_every=HANDFUL_LOOK, fit_to=None,
        learning_rate=factor * failing.config.learning_rate,
    )  # fmt: skip
    run = context.train(config)
    reached = float("inf") if run.failure else run.scores["train_loss"]
    is_learnt = reached <= BY_HEART or training_error(context, run) == 0
    what = f"{HANDFUL} examples, {HANDFUL_STEPS} steps"
    if is_learnt:
        sentence = f"The network is wired soundly: it learns {HANDFUL} examples by heart."
        cause = Cause(fault="M15", sentence=sentence, tested=False)
    else:
        sentence = (
            f"The network has a bug: it cannot learn even {HANDFUL} examples by heart. Its inputs are cut off, its "
            "units are dead, or weights are frozen."
        )
        cause = Cause(fault="M15", sentence=sentence, tested=True)
    return Experiment(cause, what, None, _finite(reached), LOOK)


def _of_what_is_on(context: Context, failing: TrainingRun) -> list[Experiment]:
    """What the user's own code regularises by, which is not ours to turn off."""
    own = context.own
    if own is None:
        return []
    model = own.given if own.is_instance else own.new(failing.config.hp, 0)
    kept = {"weight decay"} if own.takes_decay else set()
    on = [f"{name} ({value})" for name, value in what_is_on(model, own.head.smoothing).items()
          if value and name not in kept]  # fmt: skip
    if not on:
        return []
    sentence = f"Your code itself holds the training loss up: {listed(on, 4)}."
    return [Experiment(Cause(sentence=sentence), "looking for what regularises in your code", None, None, TURN_OFF)]


def _of_size(context: Context, runs: list[TrainingRun]) -> Experiment:
    """What the last step up the ladder brought."""
    what = "the next larger rung"
    if len(runs) < 2:
        cause = Cause(sentence="The network may be too small: there is no second rung to compare with.")
        return Experiment(cause, what, None, None)
    before, after = (training_error(context, run) for run in runs[-2:])
    lost, reached = (None if run.failure else run.scores["train_loss"] for run in runs[-2:])
    is_falling = after < LARGER_HELPS * before
    sentence = (
        "The network is too small: the last rung left less than the one before, a larger one would leave less still."
        if is_falling
        else "Capacity is not the limit: the last rung fits no better than the one before."
    )
    return Experiment(Cause(sentence=sentence, tested=is_falling), what, lost, reached, LARGER)
