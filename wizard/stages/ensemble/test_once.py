"""The sealed test set, opened once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from wizard.core.blocks import Bars, Block, Column, Reference, Table
from wizard.core.calibration import Calibration
from wizard.core.config import TrainingConfig
from wizard.core.finding import Cause
from wizard.stages.baseline.dumb_baselines import GUESSES, predict, predict_rows
from wizard.stages.baseline.skeleton import skeleton
from wizard.stages.context import Context
from wizard.stages.ensemble.calibrate import DRAWS, EXCESS, coverage
from wizard.stages.ensemble.error_analysis import MOST_CLASSES, confusion
from wizard.stages.ensemble.explained import explain, table_of
from wizard.stages.ensemble.fair import as_promised, is_calibration_seen, own_calibration
from wizard.stages.ensemble.final import best_alone, final_config, final_runs, predict_together, refitted
from wizard.stages.ensemble.pool import candidate, is_judged
from wizard.stages.step import Outcome, noted, passed, step, warned
from wizard.stages.words import share
from wizard.training.calibration import as_scored, calibrated, chance_error, has_threshold, is_covered, reliability
from wizard.training.compare import Interval, bootstrap, gain_between

TOGETHER, ALONE, TAUGHT = "ensemble", "best single network", "taught by the ensemble"
REFIT = 1.5  # times a fold's seconds: a third more rows, and no graph that is traced already


@dataclass(frozen=True)
class _Opened:
    """What the test rows say: predictions by name as they are scored, their scores, and how the promises hold."""

    predictions: dict[str, np.ndarray]
    scores: dict[str, Interval]
    together: np.ndarray


@step()
def test_once(context: Context) -> Outcome:
    """On rows that nothing has seen, the result is as good as it looked.

    Every choice so far was made on validation rows, which therefore flatter the winner a little. The test rows were
    sealed; they say what to expect from new data, once: for a person, simple methods, each stage's network, the best
    one alone, the ensemble and the network that it taught.
    """
    openings = context.shared["openings"] = context.open_test()
    opened = _opened(context)
    rows, metric = context.split.test, context.metric
    final, validation = opened.scores[TOGETHER], _validation(context)
    explained = explain(context, final, validation)
    promise, cause = _promise(context, opened.together)
    numbers: dict[str, Any] = {
        "measured": final.value, "expected": validation.value, "interval": final.ends, "unit": metric.label,
        "blocks": (*_blocks(context, opened), table_of(context, explained)), "causes": cause,
    }  # fmt: skip
    words = (
        f"On {len(rows):,} sealed test rows, {metric.label} is {metric.words(final.value)} "
        f"({metric.words(final.low)} to {metric.words(final.high)}); validation said {metric.words(validation.value)}."
    )
    words = " ".join(part for part in (words, _against_alone(context, opened), promise) if part)
    if openings > 1:
        words += f" These rows have now been opened {openings} times, so they are no longer unseen."
    words = f"{words} {explained.sentence(context)}"
    advice = []
    best_dumb = next(iter(_dumb_names(context)), "")
    if best_dumb and not metric.better(final.value, opened.scores[best_dumb].value):
        words += f" A much simpler method does as well: {best_dumb}, {metric.words(opened.scores[best_dumb].value)}."
        advice.append(f"Consider the simpler method, which is as good here: {best_dumb}.")
    if explained.difference.high < 0:
        advice.append("Look for what differs between the test set and the rest.")
    if cause:
        what = "single probabilities" if context.task.is_classification else "the intervals"
        advice.append(f"Do not act on {what} before more rows have been seen.")
    if advice:
        return warned(words, advice=" ".join(advice), **numbers)
    return (passed if openings == 1 else noted)(words, **numbers)


def _opened(context: Context) -> _Opened:
    rows, task, metric = context.split.test, context.task, context.metric
    together = predict_together(context, final_runs(context), rows)
    scored = as_scored(together, context.decisions.calibration, metric, task)
    predictions = {**_dumb(context, rows), **_networks(context, rows), TOGETHER: scored}
    y, weight, units = context.y(rows), context.weight(rows), context.units(rows)
    scores = {name: bootstrap(metric, y, p, weight, context.seed, units=units) for name, p in predictions.items()}
    return _Opened(predictions, scores, together)


def _dumb_names(context: Context) -> tuple[str, ...]:
    """The best simple method that learns, and the best guess, by their validation scores, as far as there are any."""
    scores = context.decided("dumb_scores")
    if not scores:  # the baseline's step broke
        return ()
    best = max if context.metric.is_higher_better else min
    kinds = [[name for name in scores if (name in GUESSES) == is_guess] for is_guess in (False, True)]
    return tuple(best(names, key=lambda name: scores[name]) for names in kinds if names)


def _dumb(context: Context, rows: np.ndarray) -> dict[str, np.ndarray]:
    config = skeleton(context).but(fold=None, refit=bool(refitted(context)))
    found = {}
    for name in reversed(_dumb_names(context)):
        predicted = predict_rows(context, name, config, rows)
        own = own_calibration(context, predict(context, name)) if is_calibration_seen(context) else None
        found[name] = as_scored(predicted, own, context.metric, context.task)
    return found


def _networks(context: Context, rows: np.ndarray) -> dict[str, np.ndarray]:
    """One network of every stage's last configuration, the best one alone, and the one that the ensemble taught.

    Stages that changed nothing are left out, and so is what the time left does not train. Where the metric sees a
    threshold or a temperature, each has its own.
    """
    wanted = {f"{stage}'s network": config for stage, config in context.decided("stage_configs").items()}
    alone = best_alone(context)
    seconds = REFIT * max(run.seconds for run in alone.runs)
    wanted[ALONE] = alone.config
    taught = context.decisions.distilled
    wanted |= {TAUGHT: taught} if taught is not None else {}
    found: dict[str, np.ndarray] = {}
    seen = set()
    for name, config in wanted.items():
        final = final_config(context, config) if name == ALONE or context.split.folds else config.but(fold=None)
        if final.model_dump_json() in seen and name != ALONE:
            continue
        seen.add(final.model_dump_json())
        cost = 0.0 if context.is_trained(final) else seconds
        if context.pacing.allows(f"test_once: {name}", cost):
            predicted = context.trainer.predict(context.train(final), rows)
            found[name] = as_scored(predicted, _own(context, config), context.metric, context.task)
    return found


def _own(context: Context, config: TrainingConfig) -> Calibration | None:
    """A network's own calibration, from its predictions for rows that it did not see."""
    if not is_calibration_seen(context) or not is_judged(context, config, config.seed):
        return None
    one = candidate(context, config, config.seed)
    return None if one is None else own_calibration(context, one.predictions)


def _validation(context: Context) -> Interval:
    """The ensemble's score on the rows that decided, each by what others chose."""
    return context.interval(as_promised(context))


def _against_alone(context: Context, opened: _Opened) -> str:
    """The ensemble against the best network alone, on the same rows, in words."""
    if len(context.decided("members")) == 1 or ALONE not in opened.predictions:
        return ""
    gain = _gain(context, opened, ALONE)
    metric = context.metric
    if gain.low <= 0 <= gain.high:
        return "Ensemble and best single network differ by no more than noise here."
    side = "better" if gain.value > 0 else "worse"
    return f"The ensemble is {metric.words(abs(gain.value))} {side} than the best network alone."


def _gain(context: Context, opened: _Opened, name: str) -> Interval:
    rows = context.split.test
    return gain_between(context.metric, context.y(rows), [opened.predictions[TOGETHER]], [opened.predictions[name]],
                        context.weight(rows), context.seed, units=context.units(rows))  # fmt: skip


def _promise(context: Context, together: np.ndarray) -> tuple[str, tuple[Cause, ...]]:
    """How calibration or intervals hold on test rows, and the fault where they do not."""
    calibration, rows, task = context.decisions.calibration, context.split.test, context.task
    if calibration is None:
        return "", ()
    y, weight = context.y(rows), context.weight(rows)
    if not task.is_classification:
        return _promised_intervals(context, is_covered(together, y, calibration.half_widths))
    p = calibrated(together, calibration, task)
    error = reliability(p, y, weight, task).error
    random, units = context.random("test calibration"), context.units(rows)
    null = chance_error(p, weight, task, random, DRAWS, y, units)
    told = f"Its probabilities are {share(error)} off on average, where chance alone gives {share(float(null.mean()))}."
    is_off = error - float(null.mean()) > EXCESS and error > float(null.max())
    cause = Cause(fault="E12", sentence="Probabilities that were calibrated on validation rows are off on test rows.")
    return told, ((cause,) if is_off else ())


def _promised_intervals(context: Context, held: np.ndarray) -> tuple[str, tuple[Cause, ...]]:
    """What share of the test rows' targets their intervals hold: (n, m) of whether they do."""
    calibration = context.decided("calibration")
    units = context.units(context.split.test)
    reached = [coverage(held[:, number], units) for number in range(held.shape[1])]
    worst = int(np.argmin([one.value for one in reached]))
    which = f" of {context.task.outputs[worst]!r}, the fewest" if len(reached) > 1 else ""
    told = (
        f"Its intervals, which promise {share(calibration.coverage)}, hold {share(reached[worst].value)} of the "
        f"targets{which}"
    )
    if reached[worst].high >= calibration.coverage - EXCESS:
        return f"{told}.", ()
    cause = Cause(fault="E12", sentence="Intervals that held on validation rows are too narrow for test rows.")
    return f"{told}: fewer than promised beyond the noise.", (cause,)


def _blocks(context: Context, opened: _Opened) -> list[Block]:
    metric, rows = context.metric, context.split.test
    scores = opened.scores
    known = (("a person", context.decided("human")), ("what wrong labels allow", context.decided("ceiling")))
    bars = Bars(
        title="Test set",
        caption=f"{metric.label} on {len(rows):,} sealed rows, with 95% intervals.",
        labels=tuple(scores),
        values=tuple(score.value for score in scores.values()),
        intervals=tuple(score.ends for score in scores.values()),
        references=tuple(Reference(value=float(value), label=label) for label, value in known if value is not None),
        value_label=metric.label,
        emphasis=(len(scores) - 1,),
    )
    blocks: list[Block] = [bars, _table(context, opened)]
    if context.task.is_exclusive and context.task.n_outputs <= MOST_CLASSES:
        counts = np.zeros((context.task.n_outputs,) * 2)
        answers = opened.predictions[TOGETHER]
        answers = answers.argmax(1) if answers.ndim == 2 else answers
        np.add.at(counts, (context.y(rows), answers), 1)
        blocks.append(confusion(context.task.classes, counts, "Test rows"))
    return blocks


def _terms(context: Context) -> str:
    """On what terms they are compared, where that needs a word."""
    learnt = ""
    again = refitted(context)
    if again and not context.split.folds:
        members = [config for config, _ in context.decided("members")]
        n = sum(config.but(fold=None) in again for config in members)
        of = "The ensemble" if n == len(members) else f"{n} of the ensemble's {len(members)} networks"
        learnt = (
            f" {of}, the best single network and simple methods learnt from validation rows too, at last; the other "
            "networks are as their stage left them."
        )
    if not is_calibration_seen(context):
        return learnt
    what = "a threshold" if has_threshold(context.metric, context.task) else "a temperature"
    return f" Each has {what} of its own where one helps, fitted as the ensemble's is.{learnt}"


def _table(context: Context, opened: _Opened) -> Table:
    form = context.metric.column_format
    lines: list[tuple[Any, ...]] = []
    human = context.decided("human")
    if human is not None:
        lines.append(("a person, on validation rows", float(human), None, None, None, None, None))
    for name, score in opened.scores.items():
        gain: tuple[float | None, ...] = (None, None, None)
        if name != TOGETHER:
            own = _gain(context, opened, name)
            gain = (own.value, own.low, own.high)
        lines.append((name, score.value, score.low, score.high, *gain))
    return Table(
        title="Compared on the same test rows",
        caption=f"Gain of the ensemble over each, towards better, with its 95% interval.{_terms(context)}",
        columns=(
            Column(name="what"), Column(name=context.metric.label, format=form), Column(name="from", format=form),
            Column(name="to", format=form), Column(name="ensemble's gain", format=form),
            Column(name="gain from", format=form), Column(name="gain to", format=form),
        ),
        rows=tuple(lines),
    )  # fmt: skip
