import numpy as np
import pytest

from wizard.training.compare import association

N = 400


def probabilities(knowledge, random):
    y = random.integers(0, 3, N)
    score = random.normal(size=(N, 3)) + knowledge * np.eye(3)[y]
    return y, np.exp(score) / np.exp(score).sum(1, keepdims=True)


def test_predictions_that_know_the_labels_beat_every_permutation():
    y, p = probabilities(1.0, np.random.default_rng(0))
    found = association(y, p, np.arange(N) % 3, 0)
    assert found.is_beyond_chance
    assert found.deviations > 6


def test_amounts_in_any_unit():
    random = np.random.default_rng(0)
    y = random.normal(size=N)
    predictions = 1e6 * (y + random.normal(size=N))
    assert association(1e-6 * y, predictions, np.zeros(N), 0).is_beyond_chance
    assert not association(y, -predictions, np.zeros(N), 0).is_beyond_chance


def test_chance_is_beyond_chance_about_once_in_a_thousand():
    random = np.random.default_rng(0)
    assert sum(association(*probabilities(0.0, random), np.zeros(N), seed).is_beyond_chance for seed in range(60)) <= 1


def test_shares_that_differ_between_folds_are_no_knowledge():
    random = np.random.default_rng(0)
    fold = np.arange(N) % 2
    y = (random.random(N) < np.where(fold == 0, 0.9, 0.1)).astype(int)
    p = np.column_stack([1 - np.where(fold == 0, 0.9, 0.1), np.where(fold == 0, 0.9, 0.1)])
    assert association(y, p, np.zeros(N), 0).is_beyond_chance
    assert not association(y, p, fold, 0).is_beyond_chance


@pytest.mark.parametrize(
    "predictions", [np.full((N, 2), 0.5), np.full((N, 2), np.nan), np.zeros(N), np.full(N, np.inf)]
)
def test_predictions_that_say_nothing(predictions):
    y = np.arange(N) % 2
    assert not association(y, predictions, np.zeros(N), 0).is_beyond_chance
