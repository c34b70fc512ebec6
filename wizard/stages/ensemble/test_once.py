"""The sealed test set, opened once."""

from __future__ import annotations

import numpy as np

from wizard.core.blocks import Bars, Block, Heatmap
from wizard.stages.baseline.dumb_baselines import GUESSES, predict_rows
from wizard.stages.baseline.skeleton import skeleton
from wizard.stages.context import Context
from wizard.stages.ensemble.final import final_config, final_run, final_runs, predict_together
from wizard.stages.step import Outcome, noted, passed, step, warned
from wizard.stages.words import count
from wizard.training.compare import Interval

MOST_CLASSES = 20  # of a confusion matrix that can be read


@step()
def test_once(context: Context) -> Outcome:
    """On rows that nothing has seen, the result is as good as it looked.

    Every choice so far was made on validation rows, which therefore flatter the winner a little. The test rows were
    sealed; they say what to expect from new data, once.
    """
    openings = context.open_test()
    rows = context.split.test
    runs = final_runs(context)
    together = predict_together(context, runs, rows)
    predictions = {**_dumb(context, rows), **_stages(context, rows), "ensemble": together}
    scores = {name: context.interval(p, rows) for name, p in predictions.items()}
    metric = context.metric
    bars = Bars(
        title="Test set",
        caption=f"{metric.label} on {len(rows):,} sealed rows, with 95% intervals.",
        labels=tuple(scores),
        values=tuple(score.value for score in scores.values()),
        intervals=tuple(score.ends for score in scores.values()),
        value_label=metric.label,
        emphasis=(len(scores) - 1,),
    )
    blocks: list[Block] = [bars]
    if context.task.is_exclusive and context.task.n_outputs <= MOST_CLASSES:
        blocks.append(_confusion(context, rows, together))
    final = scores["ensemble"]
    validation = _validation(context)
    numbers = {
        "measured": final.value, "expected": validation, "interval": final.ends, "unit": metric.label,
        "blocks": tuple(blocks),
    }  # fmt: skip
    words = (
        f"On {len(rows):,} sealed test rows, {metric.label} is {metric.words(final.value)} "
        f"({metric.words(final.low)} to {metric.words(final.high)}); validation said {metric.words(validation)}."
    )
    if openings > 1:
        words += f" These rows have now been opened {openings} times, so they are no longer unseen."
    best_dumb = next(iter(_dumb_names(context)), "")
    if best_dumb and not metric.better(final.value, scores[best_dumb].value):
        return warned(
            f"{words} A much simpler method does as well: {best_dumb}, {metric.words(scores[best_dumb].value)}.",
            advice=f"Consider {best_dumb}: it is simpler and as good here.",
            **numbers,
        )
    if _is_worse(context, final, validation):
        return warned(
            f"{words} That is beyond the noise of {count(len(rows), 'test row')}.",
            advice="Look for what differs between the test set and the rest.",
            **numbers,
        )
    return (passed if openings == 1 else noted)(words, **numbers)


def _dumb_names(context: Context) -> tuple[str, ...]:
    """The best simple method, and the best guess, by their validation scores."""
    scores = context.decided("dumb_scores")
    if not scores:  # the baseline's step broke
        return ()
    best = max if context.metric.is_higher_better else min
    learnt = best((name for name in scores if name not in GUESSES), key=lambda name: scores[name])
    guess = best((name for name in scores if name in GUESSES), key=lambda name: scores[name])
    return (learnt, guess)


def _dumb(context: Context, rows: np.ndarray) -> dict[str, np.ndarray]:
    config = skeleton(context).but(fold=None, refit=bool(context.split.folds))
    return {name: predict_rows(context, name, config, rows) for name in reversed(_dumb_names(context))}


def _stages(context: Context, rows: np.ndarray) -> dict[str, np.ndarray]:
    """One network of every stage's last configuration; stages that changed nothing are left out."""
    found: dict[str, np.ndarray] = {}
    seen = set()
    for stage, config in context.decided("stage_configs").items():
        name = config.model_dump_json()
        if name in seen:
            continue
        seen.add(name)
        cost = (
            0.0
            if context.is_trained(final_config(context, config))
            else max(run.seconds for run, _ in final_runs(context))
        )
        if context.pacing.allows(f"test_once: the network of {stage}", cost):
            run = final_run(context, config)
            found[f"{stage}'s network"] = context.trainer.predict(run, rows)
    return found


def _validation(context: Context) -> float:
    """The ensemble's score on the rows that decided."""
    rows = context.deciding_rows
    parts = [w * context.judge(config, 1, config.seed).predictions[0] for config, w in context.decided("members")]
    return context.metric.score(context.y(rows), np.sum(parts, axis=0), context.weight(rows))


def _is_worse(context: Context, test: Interval, validation: float) -> bool:
    edge = test.high if context.metric.is_higher_better else test.low
    return context.metric.better(validation, edge)


def _confusion(context: Context, rows: np.ndarray, predictions: np.ndarray) -> Heatmap:
    k = context.task.n_outputs
    counts = np.zeros((k, k))
    np.add.at(counts, (context.y(rows), predictions.argmax(1)), 1)
    return Heatmap(
        title="Which class is taken for which",
        caption="Test rows: labelled as the row says, predicted as the column says.",
        rows=context.task.classes,
        columns=context.task.classes,
        values=tuple(tuple(map(float, line)) for line in counts),
        x_label="predicted",
        y_label="labelled",
        value_label="examples",
    )
