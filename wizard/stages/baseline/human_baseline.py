"""What a person reaches on the same task."""

from __future__ import annotations

from typing import Any

import numpy as np

from wizard.core.blocks import Bars, Block, File
from wizard.stages.agreement import Agreement, agreement_table, agreements, doubtful_rows
from wizard.stages.baseline.dumb_baselines import PREDICTED
from wizard.stages.context import Context
from wizard.stages.quiz import FILE, Quiz, predictions_of, quiz_of
from wizard.stages.quiz_page import quiz_page
from wizard.stages.step import Outcome, noted, step
from wizard.stages.words import count, share
from wizard.training.compare import Interval, bootstrap, gain_between
from wizard.training.metrics import METRICS, Metric

NETWORK = "small network"
NO_ANSWERS = {"log_loss": "accuracy", "label_log_loss": "label_accuracy"}  # a person gives answers, no probabilities


@step()
def human_baseline(context: Context) -> Outcome:
    """A person has done the same task.

    What a careful person reaches tells how far a model can still get, where the inputs hold the answer at all. Two
    people tell more: where they contradict each other the task is ambiguous, and where both contradict the label, the
    label may be wrong.
    """
    quiz = quiz_of(context.dataset, context.task, context.split, context.seed)
    file = File(
        title="The quiz",
        caption="Open it in a browser; it needs no network, and the right labels are not in it.",
        name=FILE,
        asset=context.asset(quiz_page(context, quiz), "html"),
    )
    human = context.options["human"]
    if human is None:
        return noted(
            f"No person has been measured yet: the quiz of {count(len(quiz.rows), quiz.noun)} lies in {FILE}; hand its "
            "answers back with baseline(human='answers-….json').",
            blocks=(file,),
        )
    if "score" in human:
        return _given(context, human["score"], file)
    return _answered(context, quiz, human["annotators"], file)


def _given(context: Context, score: float, file: File) -> Outcome:
    """A score that the user brought, beside the models' on the rows that decide."""
    metric = context.metric
    models = _models(context, metric, None)
    caption = (
        "The person's score was given; the models' are measured on rows that they did not see, with 95% intervals."
    )
    words = f"A person reaches {metric.label} {metric.words(score)}, as given"
    gap = ""
    if models:
        name, model = next(iter(models.items()))
        words += f"; {name} gives {metric.words(model.value)}"
        gap = _advice(metric.gain(score, model.value), (model.high - model.low) / 2)
    return noted(
        f"{words}.",
        measured=score,
        unit=metric.label,
        advice=gap,
        blocks=(_bars(metric, {"person": Interval(score, score, score)}, models, caption), file),
        decides={"human": score},
    )


def _answered(context: Context, quiz: Quiz, annotators: list[dict[str, Any]], file: File) -> Outcome:
    """Scores of the people who answered, on the rows that all of them answered."""
    task, names = context.task, [context.private(one["annotator"]) for one in annotators]
    rows = np.array(sorted(set.intersection(*(set(map(int, one["answers"])) for one in annotators))))
    people = [predictions_of(task, [one["answers"][str(row)] for row in rows]) for one in annotators]
    metric = METRICS[NO_ANSWERS[context.metric.name]] if context.metric.name in NO_ANSWERS else context.metric
    y, weight, units = context.y(rows), context.weight(rows), context.units(rows)
    scores = {
        name: bootstrap(metric, y, predicted, weight, context.seed, units=units)
        for name, predicted in zip(names, people, strict=True)
    }
    mean = _mean(list(scores.values()))
    models = _models(context, metric, rows)
    pairs = agreements(task, people)
    on_rows = f"on {count(len(rows), quiz.noun)}"
    headline = f"{_reach(names, f'{metric.label} {metric.words(mean.value)}')} {on_rows}"
    advice = ""
    best = _best_of_baselines(context)
    if best is not None:
        name, predicted = best[0], _on(context.deciding_rows, best[1], rows)
        headline += f"; {name} gives {metric.words(models[name].value)} on the same"
        gain = gain_between(metric, y, people, [predicted] * len(people), weight, context.seed, units=units)
        advice = _advice(gain.value, (gain.high - gain.low) / 2)
    blocks: list[Block] = [_bars(metric, scores, models, f"{metric.label} {on_rows}, with 95% intervals.")]
    blocks += [agreement_table(names, pairs)] if pairs else []
    blocks += doubtful_rows(context, rows, people, names)
    return noted(
        f"{headline}{_agreed(pairs)}.",
        measured=mean.value,
        interval=mean.ends,
        unit=metric.label,
        advice=advice,
        blocks=(*blocks, file),
        decides={"human": mean.value} if metric is context.metric else {},
    )


def _mean(scores: list[Interval]) -> Interval:
    """The mean of people's scores; its interval is as wide as if all erred on the same rows."""
    value, low, high = (float(np.mean(ends)) for ends in zip(*((s.value, s.low, s.high) for s in scores), strict=True))
    return Interval(value, min(low, value), max(high, value))


def _reach(names: list[str], score: str) -> str:
    return (
        f"A person ({names[0]}) reaches {score}"
        if len(names) == 1
        else f"{len(names)} people reach {score} in the mean"
    )


def _agreed(pairs: list[Agreement]) -> str:
    """How far people agree, in the mean over pairs, as the end of a sentence."""
    equal = [pair.equal for pair in pairs if pair.equal is not None]
    if equal:
        return f"; they agree on {share(float(np.mean(equal)))}"
    correlated = [pair.beyond_chance for pair in pairs if pair.beyond_chance is not None]
    return f"; their answers correlate by {np.mean(correlated):.2f}" if correlated else ""


def _advice(gain: float, half: float) -> str:
    """What the gap between a person and the best simple method means; `half` of an interval is noise."""
    if gain > half:
        return "Expect a good model to close the gap between the simple method and the person."
    if gain < -half:
        return "The simple method is ahead of the person: do not take the person's score for a ceiling."
    return (
        "The person and the simple method are within the noise of each other: answers of more people tell them apart."
    )


def _best_of_baselines(context: Context) -> tuple[str, np.ndarray] | None:
    """Name and predictions for the deciding rows of the best dumb baseline, or None where there are none."""
    predicted: dict[str, np.ndarray] = context.shared.get(PREDICTED, {})
    if not predicted or "dumb_scores" not in context.shared.get("decided_here", ()):
        return None
    scores = context.decided("dumb_scores")
    best = (max if context.metric.is_higher_better else min)(predicted, key=lambda name: scores[name])
    return best, predicted[best]


def _models(context: Context, metric: Metric, rows: np.ndarray | None) -> dict[str, Interval]:
    """The best dumb baseline, and the small network where it is known for the rows (None: for any that decide)."""
    known: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    best = _best_of_baselines(context)
    if best is not None:
        known[best[0]] = (context.deciding_rows, best[1])
    network = _network(context)
    if network is not None and (rows is None or np.isin(rows, network[0]).all()):
        known[NETWORK] = network
    scores = {}
    for name, (held, predicted) in known.items():
        own = held if rows is None else rows
        of_rows = _on(held, predicted, own)
        y, weight, units = context.y(own), context.weight(own), context.units(own)
        scores[name] = bootstrap(metric, y, of_rows, weight, context.seed, units=units)
    return scores


def _network(context: Context) -> tuple[np.ndarray, np.ndarray] | None:
    """Held-out rows of the small network and its predictions for them, or None where it was not trained."""
    if "skeleton" not in context.shared.get("decided_here", ()):
        return None
    config = context.decided("skeleton")
    if not context.is_trained(config):
        return None
    run = context.train(config)
    return None if run.failure else (context.split.rows(config.fold)[1], context.trainer.held_predictions(run))


def _on(held: np.ndarray, predicted: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Predictions for some of the rows that they were made for."""
    place = {int(row): i for i, row in enumerate(held)}
    return predicted[[place[int(row)] for row in rows]]


def _bars(metric: Metric, people: dict[str, Interval], models: dict[str, Interval], caption: str) -> Bars:
    both = [*people.items(), *models.items()]
    return Bars(
        title="A person beside the models",
        caption=caption,
        labels=tuple(name for name, _ in both),
        values=tuple(score.value for _, score in both),
        intervals=tuple(None if score.low == score.high else score.ends for _, score in both),
        value_label=metric.label,
        emphasis=tuple(range(len(people))),
    )
