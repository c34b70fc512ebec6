import numpy as np
import pandas as pd
import pytest

from wizard.data.copies import find_copies
from wizard.data.opening import Request, open_dataset
from wizard.data.split import draw_split
from wizard.data.task import infer_task


def split_of(frame, **options):
    dataset = open_dataset(frame, Request(target="y", **options))
    task = infer_task(dataset.labels, "y", None, "table")
    return dataset, draw_split(dataset, task, find_copies(dataset, 0).sets, 0)


@pytest.mark.parametrize("n_groups", [40, 100])
def test_groups_whose_target_runs_through_all_values_give_their_share(n_groups):
    """As engines that run until they fail: the first row of each has the largest target."""
    random = np.random.default_rng(0)
    lengths = random.integers(50, 100, n_groups)
    frame = pd.DataFrame({
        "engine": np.repeat(np.arange(n_groups), lengths), "sensor": random.normal(size=lengths.sum()),
        "y": np.concatenate([np.arange(n, 0, -1.0) for n in lengths]),
    })  # fmt: skip
    dataset, split = split_of(frame, group="engine")
    for part in (split.validation, split.test):
        assert len(part) / len(dataset) == pytest.approx(0.15, abs=0.05)
    groups = [set(dataset.group[part]) for part in (split.train, split.validation, split.test)]
    assert len(set.union(*groups)) == sum(map(len, groups))
