import numpy as np
import pandas as pd
import pytest

from wizard.data.copies import find_copies
from wizard.data.near.table import copies_by_chance
from wizard.data.opening import Request, open_dataset


def opened(frame):
    return open_dataset(frame, Request(target="y"))


@pytest.fixture
def random():
    return np.random.default_rng(0)


def test_coarse_tables_have_copies_by_chance_and_fine_ones_have_none(random):
    coarse = pd.DataFrame(random.integers(0, 3, (300, 3)), columns=list("abc")).assign(y=random.random(300))
    fine = pd.DataFrame(random.normal(size=(300, 3)), columns=list("abc")).assign(y=random.random(300))
    copied = pd.concat([fine, fine])
    assert copies_by_chance(opened(coarse).examples, 0) > 290
    assert copies_by_chance(opened(fine).examples, 0) == 0
    assert copies_by_chance(opened(copied).examples, 0) == 0


def test_outliers_and_gaps_do_not_overflow(random):
    frame = pd.DataFrame({"a": random.normal(size=300), "b": random.normal(size=300), "y": random.random(300)})
    frame.loc[0, "a"], frame.loc[1, "a"], frame.loc[2:20, "b"] = 1e300, -1e300, None
    copies = find_copies(opened(frame), 0)
    assert len(np.unique(copies.exact)) == 300
    assert not len(copies.near)


def test_pairs_of_a_dense_region_are_no_copies(random):
    """A chain over more than a twentieth of the rows is not kept together, and is not called copies either."""
    frame = pd.DataFrame(random.normal(size=(400, 4)), columns=list("abcd"))
    frame.loc[:99] = frame.loc[0].to_numpy() + random.normal(0, 1e-9, (100, 4))
    copies = find_copies(opened(frame.assign(y=random.random(400))), 0)
    assert len(np.unique(copies.sets)) == 400
    assert not len(copies.near)
