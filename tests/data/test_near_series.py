import numpy as np
import pytest

from tests.small import dataset_of, some_series
from wizard.data.copies import find_copies

SERIES, _ = some_series(80)
PLAIN = np.stack([one[:24, :1] for one in SERIES])
PLAIN = np.where(np.isnan(PLAIN), 5, PLAIN)
RANDOM = np.random.default_rng(1)


def copies_of(x):
    return find_copies(dataset_of((x, np.resize(["a", "b"], len(x)))), 0)


@pytest.mark.parametrize(
    "changed",
    [lambda x: x.round(2), lambda x: x + 3, lambda x: x + RANDOM.normal(0, 0.005, x.shape)],
    ids=["rounded", "offset", "noise"],
)
def test_a_curve_that_was_touched_is_found(changed):
    near = copies_of(np.concatenate([PLAIN, changed(PLAIN[:5])])).near
    assert near.tolist() == [[i, 80 + i] for i in range(5)]


def test_curves_that_resemble_each_other_are_none():
    assert len(copies_of(PLAIN).near) == 0
    t = np.linspace(0, 6, 60)
    waves = np.sin(t * RANDOM.uniform(0.9, 1.1, (200, 1)) + RANDOM.uniform(0, 6, (200, 1)))
    assert len(copies_of((waves + RANDOM.normal(0, 0.02, waves.shape))[..., None]).near) <= 2


def test_several_lengths_channels_and_gaps_are_compared():
    series = [*SERIES, SERIES[3] + np.float32(0.001), SERIES[4][:-3]]
    assert copies_of(series).near.tolist() == [[3, 80]]


def test_exact_copies_and_constant_series_are_no_near_ones():
    copies = copies_of(np.concatenate([PLAIN, PLAIN[:2], np.full((3, 24, 1), [[[1.0]], [[2.0]], [[3.0]]])]))
    assert len(copies.near) == 0
    assert copies.exact[80] == copies.exact[0]
