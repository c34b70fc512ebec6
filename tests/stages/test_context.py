import numpy as np

from tests.stages.walk import context_of, journey_on, noise


def test_the_rarer_class_is_that_of_all_rows_that_may_be_looked_at(tmp_path):
    frame = noise(400)
    frame["label"] = np.where(np.arange(400) % 20 < 9, "yes", "no")
    context = context_of(journey_on(frame, tmp_path, "label", metric="pr_auc"), "ensemble")
    metric = context.metric
    assert context.task.classes[metric.positive] == "yes"
    assert context.metric is metric
    rows = context.deciding_rows
    mostly_yes = np.concatenate(
        [rows[context.y(rows) == metric.positive], rows[context.y(rows) != metric.positive][:9]]
    )
    y = context.y(mostly_yes)
    p = np.full((len(y), 2), 0.5)
    assert metric.score(y, p, None) == np.mean(y == metric.positive)  # a guess's area is the share of the class
