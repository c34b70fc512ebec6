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
    assert sum(map(len, groups)) == len(set.union(*groups))
    assert "classes, groups and copies kept together" in split.how


def test_with_time_and_groups_later_groups_are_held_out_whole():
    random = np.random.default_rng(0)
    group = np.repeat(np.arange(60), 5)
    time = group + random.uniform(0, 3, 300)  # neighbouring groups overlap in time
    frame = pd.DataFrame({"x": random.normal(size=300), "who": group, "when": time, "y": random.normal(size=300)})
    dataset = open_dataset(frame, Request(target="y", group="who", time="when"))
    split = draw_split(dataset, infer_task(dataset.labels, "y", None, "table"), np.arange(300), 0)
    parts = [set(group[part]) for part in (split.train, split.validation, split.test)]
    assert len(set.union(*parts)) == sum(map(len, parts)) == 60
    ends = [[time[group == g].max() for g in part] for part in parts]
    assert max(ends[0]) < min(ends[1]) <= max(ends[1]) < min(ends[2])
