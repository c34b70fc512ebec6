"""Which labels are wrong, from scores that are made here: their order, that of other rows, and pairs of classes."""

import numpy as np
import pytest

from wizard.stages.wrong_labels import suspicion_of, taken_for

NOWHERE = np.zeros((4, 4), bool)


def scored(n=400, k=4, spread=0.25, seed=0):
    """Scores of classes that overlap, their labels, and some that are wrong."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, k, n)
    scores = np.eye(k)[truth] * 0.6 + random.normal(0, spread, (n, k))
    y = np.where(random.random(n) < 0.1, (truth + random.integers(1, k, n)) % k, truth)
    return scores, y


def self_confidence(scores, y):
    """As cleanlab ranks: the chance of the given label at the sharpness of the benchmark."""
    e = np.exp(7.0 * scores)
    return (e / e.sum(1, keepdims=True))[np.arange(len(y)), y]


def ranks(values):
    return np.argsort(np.argsort(values, kind="stable"), kind="stable")


def test_rows_stand_in_the_order_of_self_confidence_whatever_sharpness_is_likeliest():
    scores, y = scored()
    scores *= 2  # the likeliest is then another one than that of the order
    found = suspicion_of(scores, y, 0.1, NOWHERE)
    assert found.sharpness != 7.0
    assert np.array_equal(ranks(found.wrong), ranks(-self_confidence(scores, y)))
    assert 0 <= found.wrong.min() <= found.wrong.max() <= 1


def test_other_rows_are_judged_as_those_that_the_judgement_rests_on():
    scores, y = scored()
    scores *= 2
    found = suspicion_of(scores, y, 0.1, NOWHERE)
    wrong, suggested = found.of(scores, y)
    assert wrong == pytest.approx(found.wrong, abs=1e-9)
    assert np.array_equal(suggested, found.suggested)


@pytest.mark.parametrize(("n_moved", "is_taken"), [(6, False), (12, True)])
def test_a_class_labelled_as_another_takes_more_than_a_handful_of_rows(n_moved, is_taken):
    random, k = np.random.default_rng(0), 8
    truth = np.repeat(np.arange(k), 30)
    y = truth.copy()
    y[np.flatnonzero(truth == 2)[:n_moved]] = 5
    scores = np.eye(k)[truth] * 0.8 + random.normal(0, 0.02, (len(y), k))
    scores[truth == 2, 5] += 0.2  # what the other rows of the class say: some of us are called so
    assert bool(taken_for(scores, y)[2, 5]) is is_taken
    assert np.count_nonzero(taken_for(scores, y)) == is_taken
