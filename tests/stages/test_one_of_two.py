import numpy as np
import pytest

from wizard.stages.one_of_two import put_right, taken_of_two


def told(chance, n=400, seed=0):
    """Scores that are the chance of class 1 with a little noise, and labels drawn from it; which rows are of it."""
    random = np.random.default_rng(seed)
    is_one = np.arange(n) % 2 == 1
    p = chance(is_one, random)
    seen = p + 0.05 * random.normal(size=n)
    return np.column_stack([1 - seen, seen]), (random.random(n) < p).astype(int), is_one


def flipped(share):
    return lambda is_one, random: np.where(is_one, 1 - share, 0.0)


@pytest.mark.parametrize("share", [0.3, 0.4, 0.5])
def test_the_share_that_bears_the_others_label_is_found(share):
    scores, y, _ = told(flipped(share))
    taken = taken_of_two(scores, y)
    assert taken[1, 0] == pytest.approx(share, abs=0.1)
    assert taken[0, 1] == 0


def test_put_right_the_class_is_told_for_sure_again():
    scores, y, is_one = told(flipped(0.4))
    assert (scores.argmax(1) == is_one).mean() < 1
    assert (put_right(scores, taken_of_two(scores, y)).argmax(1) == is_one).mean() > 0.99


@pytest.mark.parametrize("chance", [
    lambda is_one, random: is_one * 1.0,  # told for sure
    lambda is_one, random: np.where(is_one, 0.8, 0.2),  # wrong both ways
    lambda is_one, random: random.random(len(is_one)),  # overlap all the way
    lambda is_one, random: 0.7 * random.random(len(is_one)),  # overlap that never gets sure of one class
    lambda is_one, random: np.full(len(is_one), 0.5),  # no signal
    lambda is_one, random: np.where(random.random(len(is_one)) < 0.1, 0.6, 0.0),  # one class is rare
])  # fmt: skip
def test_no_class_is_taken_for_the_other(chance):
    for seed in range(5):
        assert not taken_of_two(*told(chance, seed=seed)[:2]).any()


def test_of_a_handful_nothing_is_said():
    assert not taken_of_two(*told(flipped(0.4), n=60)[:2]).any()
    assert np.array_equal(put_right(np.eye(2), np.zeros((2, 2))), np.eye(2))
