import numpy as np
import pytest

from wizard.core.calibration import Calibration
from wizard.data.task import Task
from wizard.training.calibration import (
    as_scored,
    chance_error,
    fit_half_widths,
    fit_temperature,
    fit_threshold,
    has_threshold,
    is_covered,
    named,
    reliability,
    tempered,
)
from wizard.training.metrics import METRICS

BINARY = Task(kind="binary", target="t", classes=("a", "b"))
CLASSES = Task(kind="multiclass", target="t", classes=tuple("abcd"))
LABELS = Task(kind="multilabel", target="t", classes=tuple("abc"))


def drawn(n=4000, k=4, seed=0):
    """True probabilities (n, k), and classes drawn from them."""
    random = np.random.default_rng(seed)
    p = np.exp(2 * random.normal(size=(n, k)))
    p /= p.sum(1, keepdims=True)
    return p, (p.cumsum(1) < random.random((n, 1))).sum(1)


def test_the_temperature_that_sharpened_probabilities_is_found_again():
    p, y = drawn()
    assert fit_temperature(tempered(p, 1 / 3, CLASSES), y, None, CLASSES) == pytest.approx(3, rel=0.1)
    assert fit_temperature(p, y, None, CLASSES) == pytest.approx(1, abs=0.1)


def test_tempering_keeps_the_order_and_the_sum():
    p, _ = drawn(50)
    after = tempered(p, 2.5, CLASSES)
    assert after.sum(1) == pytest.approx(np.ones(50))
    assert (after.argmax(1) == p.argmax(1)).all()
    labels = tempered(np.array([[0.9, 0.5, 0.0]]), 2.0, LABELS)
    assert labels[0] == pytest.approx([0.75, 0.5, 0.0], abs=1e-5)  # 3 : 1 is the root of 9 : 1


def test_the_calibration_error_of_true_probabilities_lies_within_chance_and_of_sharpened_ones_beyond():
    p, y = drawn()
    random = np.random.default_rng(1)
    null = chance_error(p, None, CLASSES, random, 50)
    assert null.min() <= reliability(p, y, None, CLASSES).error <= null.max()
    sharp = tempered(p, 1 / 5, CLASSES)
    assert reliability(sharp, y, None, CLASSES).error > chance_error(sharp, None, CLASSES, random, 50).max() + 0.03
    assert reliability(sharp, y, None, CLASSES).bias > 0.03


def test_a_threshold_finds_the_rarer_class():
    p, y = drawn(k=2)
    shy = np.column_stack([p[:, 0] + 0.6 * p[:, 1], 0.4 * p[:, 1]])
    metric = METRICS["balanced_accuracy"]
    threshold = fit_threshold(shy, y, None, metric, BINARY)
    assert threshold == pytest.approx(0.2, abs=0.05)
    better = as_scored(shy, Calibration(threshold=threshold), metric, BINARY)
    assert metric.score(y, better, None) > metric.score(y, shy, None) + 0.1
    assert not has_threshold(METRICS["roc_auc"], BINARY)
    assert not has_threshold(METRICS["accuracy"], CLASSES)
    assert has_threshold(METRICS["label_f1"], LABELS)


def test_intervals_hold_as_many_new_rows_as_they_promise():
    random = np.random.default_rng(0)
    y, predictions = random.normal(size=(2, 2000, 2)) * [1.0, 10.0]
    half = fit_half_widths(predictions[:1000], y[:1000], 0.9)
    assert half[1] == pytest.approx(10 * half[0], rel=0.1)
    assert is_covered(predictions[1000:], y[1000:], half).mean(0) == pytest.approx([0.9, 0.9], abs=0.03)
    assert fit_half_widths(predictions[:3, 0], y[:3, 0], 0.9) == (np.abs(y - predictions)[:3, 0].max(),)


def test_labels_that_are_said_too_surely_are_called_so_and_modest_ones_modest():
    random = np.random.default_rng(0)
    p = 1 / (1 + np.exp(-(1.5 * random.normal(size=(2000, 3)) - 1.6)))  # rare labels, as they mostly are
    y = (random.random(p.shape) < p).astype(int)
    sharp, flat = (reliability(tempered(p, t, LABELS), y, None, LABELS) for t in (1 / 4, 2.5))
    assert sharp.bias > 0.1
    assert flat.bias < -0.1
    assert reliability(p, y, None, LABELS).bias == pytest.approx(0, abs=0.02)
    modest = np.column_stack([p[:, 0], 1 - p[:, 0]])
    binary = reliability(tempered(modest, 2.5, BINARY), 1 - y[:, 0], None, BINARY)
    assert binary.bias == pytest.approx(float(np.average(binary.sure - binary.right, weights=binary.rows)))


@pytest.mark.parametrize("scale", [0.001, 1.0, 1000.0])
def test_rows_of_a_bin_do_not_follow_the_scale_of_the_weights(scale):
    p, y = drawn(300)
    weight = scale * np.random.default_rng(0).choice([1.0, 3.0], 300)
    found = reliability(p, y, weight, CLASSES)
    place = np.argsort(p.max(1), kind="stable")[:20]
    assert found.worth[0] == pytest.approx(weight[place].sum() ** 2 / (weight[place] ** 2).sum())
    assert reliability(p, y, np.full(300, scale), CLASSES).worth == pytest.approx(np.full(15, 20))


@pytest.mark.parametrize(("n", "rank"), [(9, 9), (10, 10), (19, 18), (99, 90), (564, 509), (1061, 956), (1121, 1010)])
def test_the_rank_of_an_interval_is_the_one_that_is_counted_by_hand(n, rank):
    """The (n + 1) 0.9th smallest: of 19 distances the 18th, of 564 the 509th (508.5 rounded up)."""
    distance = np.random.default_rng(0).permutation(np.arange(1.0, n + 1))
    assert fit_half_widths(np.zeros(n), distance, 0.9) == (rank,)


def test_answers_that_all_say_one_half_keep_it_as_their_threshold():
    y = np.arange(10) % 2
    assert fit_threshold(np.full((10, 2), 0.5), y, None, METRICS["accuracy"], BINARY) == 0.5


def test_a_few_copies_leave_the_chance_of_all_other_rows_as_it_is():
    random = np.random.default_rng(0)
    y = random.integers(0, 2, 400)
    p = np.clip(np.eye(2)[y] * 0.98 + 0.01, 0, 1)
    p[:16] = p[:16, ::-1]  # a few that are surely wrong
    units = np.arange(400)
    units[20] = 21
    alone, copied = (
        chance_error(p, None, BINARY, np.random.default_rng(1), 200, y, one).mean() for one in (None, units)
    )
    assert copied == pytest.approx(alone, rel=0.2)


def test_a_threshold_is_not_the_luckiest_of_many(monkeypatch):
    """Averaged over their neighbours, scores of thresholds lead to about the same one whichever rows are drawn."""
    random, metric = np.random.default_rng(0), METRICS["balanced_accuracy"]

    def drawn():
        y = (random.random(600) < 0.24).astype(int)
        p = 1 / (1 + np.exp(2.4 - 1.6 * random.normal(1.6 * y)))
        return np.column_stack([1 - p, p]), y

    draws = [drawn() for _ in range(40)]
    wide = np.std([fit_threshold(p, y, None, metric, BINARY) for p, y in draws])
    monkeypatch.setattr("wizard.training.calibration.NEARBY", 1)
    assert wide < 0.95 * np.std([fit_threshold(p, y, None, metric, BINARY) for p, y in draws])


@pytest.mark.parametrize(
    ("share", "metric", "distance", "most"),
    [(0.01, "macro_f1", 3.0, 0.02), (0.05, "macro_f1", 2.0, 0.01), (0.01, "balanced_accuracy", 3.0, 0.01)],
)
def test_a_threshold_for_a_rare_class_is_about_the_best_there_is_on_new_rows(share, metric, distance, most):
    random, lost = np.random.default_rng(0), []
    for _ in range(10):
        y = (random.random(20_000) < share).astype(int)
        p = 1 / (1 + np.exp(-random.normal(distance * y)))
        p, known, new = np.column_stack([1 - p, p]), slice(0, 4000), slice(4000, None)
        threshold = fit_threshold(p[known], y[known], None, METRICS[metric], BINARY)
        tried = np.quantile(p[new][y[new] == 1, 1], np.linspace(0, 1, 80))
        scores = [METRICS[metric].score(y[new], named(p[new], one, BINARY), None) for one in (threshold, *tried)]
        lost.append(max(scores) - scores[0])
    assert np.mean(lost) < most


def test_a_threshold_for_rare_labels_is_about_the_best_there_is_on_new_rows():
    random, metric = np.random.default_rng(0), METRICS["label_f1"]
    y = (random.random((20_000, 3)) < 0.01).astype("float64")
    p = 1 / (1 + np.exp(-random.normal(3 * y)))
    threshold = fit_threshold(p[:4000], y[:4000], None, metric, LABELS)
    tried = np.quantile(p[4000:][y[4000:] == 1], np.linspace(0, 1, 80))
    scores = [metric.score(y[4000:], named(p[4000:], one, LABELS), None) for one in (threshold, *tried)]
    assert scores[0] > max(scores) - 0.04
