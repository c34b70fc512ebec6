"""The whole stage, with more than one trial, on every kind of data and task."""

from itertools import pairwise

import pytest

from tests.small import some_series, some_texts
from tests.stages.tune.started import MLP, tuned_from
from tests.stages.walk import diabetes, journey_on, tagged

SMALL = MLP.but(hp={"width": 16, "depth": 1}, epochs=4, patience=2)
KINDS = {
    "labels": (lambda: tagged(150), None, SMALL, "mean_average_precision"),
    "targets": (lambda: diabetes(150), ["progression", "s5"], SMALL, "r2"),
    "texts": (lambda: some_texts(150), None, SMALL.but(family="bag_of_ngrams", hp={}), "accuracy"),
    "series": (
        lambda: some_series(90), None, SMALL.but(family="convnet_1d", hp={"width": 8, "blocks": 2}), "accuracy",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_search_ranks_its_trials_and_hands_on_what_can_be_trained(kind, tmp_path):
    make, target, config, metric = KINDS[kind]
    walked = tuned_from(journey_on(make(), tmp_path / kind, target), config=config, metric=metric, trials=4)
    assert not [finding.step for finding in walked.values() if finding.status in ("crashed", "failed")]
    search = walked["random_search"]
    assert search.headline.startswith("4 trials of random search")
    rows = next(block for block in search.blocks if block.title == "Trials, best first").rows
    assert sorted(row[0] for row in rows) == [0, 1, 2, 3]
    candidates = walked.decided["candidates"]
    judged = [walked.context.judge(one).score for one in candidates]
    better = walked.context.metric.better
    assert not any(better(after, before) for before, after in pairwise(judged))
    assert walked.decided["incumbent"].family == config.family
    assert walked.context.judge(walked.decided["incumbent"]).failure == ""
