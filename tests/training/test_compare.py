import numpy as np
import pytest

from wizard.training.compare import ALARM, Interval, Z, association, bootstrap, gain_between
from wizard.training.metrics import METRICS

ACCURACY, RMSE = METRICS["accuracy"], METRICS["rmse"]
CASES = 200


def answers(is_right):
    """Probabilities (n, 2) whose answer to 0 is right where asked for."""
    return np.column_stack([is_right, ~is_right]).astype(float)


def coverage(intervals, truth):
    return np.mean([one.low <= truth <= one.high for one in intervals])


def test_a_bootstrap_covers_the_true_accuracy_as_often_as_it_says():
    random, y = np.random.default_rng(0), np.zeros(150, int)
    intervals = [
        bootstrap(ACCURACY, y, answers(random.random(150) < 0.8), None, seed, draws=200) for seed in range(CASES)
    ]
    assert 0.88 <= coverage(intervals, 0.8) <= 0.99


def test_a_paired_gain_covers_the_true_difference_as_often_as_it_says():
    random, y = np.random.default_rng(1), np.zeros(150, int)
    intervals = []
    for seed in range(CASES):
        old = random.random(150) < 0.7
        new = np.where(random.random(150) < 0.2, random.random(150) < 0.95, old)  # 0.8 × 0.70 + 0.2 × 0.95 = 0.75
        intervals.append(gain_between(ACCURACY, y, [answers(new)], [answers(old)], None, seed, draws=200))
    assert 0.88 <= coverage(intervals, 0.05) <= 0.99


def test_a_gain_over_several_seeds_counts_their_spread():
    random = np.random.default_rng(2)
    y = random.normal(size=300)
    old = [y + 1.0] * 3
    steady = gain_between(RMSE, y, [y + 0.9] * 3, old, None, 0)
    shaky = gain_between(RMSE, y, [y + 0.9 + d for d in (-0.3, 0.0, 0.3)], old, None, 0)
    assert steady.ends == pytest.approx((0.1, 0.1))
    assert shaky.value == pytest.approx(0.1)
    assert shaky.low < 0 < shaky.high


def test_the_same_predictions_gain_exactly_nothing():
    random = np.random.default_rng(3)
    y, p = random.integers(0, 3, 60), random.dirichlet([1, 1, 1], 60)
    for name in ("accuracy", "log_loss", "macro_f1"):
        gain = gain_between(METRICS[name], y, [p, p], [p, p], None, 0)
        assert (gain.value, gain.low, gain.high) == (0, 0, 0)


def test_pairing_makes_a_small_but_steady_gain_visible():
    y = np.random.default_rng(4).normal(size=200)
    noise = np.random.default_rng(5).normal(size=200)
    gain = gain_between(RMSE, y, [y + 0.95 * noise], [y + noise], None, 0)
    assert gain.low > 0
    alone = bootstrap(RMSE, y, y + noise, None, 0)
    assert alone.high - alone.low > 4 * (gain.high - gain.low) / 2


def test_intervals_are_the_same_on_every_run():
    y, p = np.random.default_rng(0).normal(size=(2, 50))
    one, again, other = (bootstrap(RMSE, y, p, None, seed) for seed in (1, 1, 2))
    assert one == again != other


@pytest.mark.parametrize("kind", ["classes", "amounts"])
def test_predictions_that_know_the_labels_go_together_with_them_and_guesses_do_not(kind):
    random = np.random.default_rng(6)
    blocks = np.arange(120) % 3
    alarms = 0
    for seed in range(30):
        y = random.integers(0, 2, 120) if kind == "classes" else random.normal(size=120)
        guess = random.dirichlet([1, 1], 120) if kind == "classes" else random.normal(size=120)
        alarms += association(y, guess, blocks, seed).is_beyond_chance
        known = 0.6 * guess + 0.4 * (np.eye(2)[y] if kind == "classes" else y)
        assert association(y, known, blocks, seed).is_beyond_chance
    assert alarms <= 1
    assert not association(y, guess * np.nan, blocks, 0).is_beyond_chance


def test_the_best_of_many_that_do_nothing_is_seldom_sure():
    random, n_tried, trials = np.random.default_rng(0), 10, 2_000
    best = random.normal(size=(trials, n_tried)).max(1)
    plain = [Interval(gain, gain - Z, gain + Z) for gain in best]
    assert np.mean([gain.low > 0 for gain in plain]) > 0.15
    assert np.mean([gain.of_best_among(n_tried).low > 0 for gain in plain]) == pytest.approx(ALARM, abs=0.015)
    assert plain[0].of_best_among(1) == plain[0]
    broken = Interval(*[float("-inf")] * 3)
    assert broken.of_best_among(n_tried) == broken


def test_all_or_none_right_could_as_well_be_a_little_less():
    y, right = np.zeros(24, int), np.ones(24, bool)
    for is_right, ends in ((right, (0.862, 1.0)), (~right, (0.0, 0.138))):  # Wilson's
        assert bootstrap(ACCURACY, y, answers(is_right), None, 0).ends == pytest.approx(ends, abs=1e-3)
    rare = np.repeat([0, 1], [57, 3])
    low = {name: bootstrap(METRICS[name], rare, np.eye(2)[rare], None, 0).low for name in ("accuracy", "macro_f1")}
    assert low["macro_f1"] < 0.8 < low["accuracy"]  # the rare class counts for half, and rests on three rows
    weight = np.repeat([1.0, 1000.0], [57, 3])
    assert bootstrap(ACCURACY, rare, np.eye(2)[rare], weight, 0).low < 0.5
    assert bootstrap(METRICS["roc_auc"], rare, np.full((60, 2), 0.5), None, 0).ends == (0.5, 0.5)


@pytest.mark.parametrize("name", ["pr_auc", "roc_auc"])
def test_draws_without_the_rare_class_say_nothing_of_its_area(name):
    y = np.repeat([1, 0], [2, 58])
    found = bootstrap(METRICS[name], y, np.eye(2)[y], None, 0)
    assert found.value == found.high == 1
    assert 0.2 < found.low < 0.5  # two of two


def test_labels_that_were_not_drawn_do_not_count_as_missed():
    y = np.zeros((60, 12), int)
    for label in range(12):
        y[[label, 12 + label][: 1 + label % 2], label] = 1
    found = bootstrap(METRICS["mean_average_precision"], y, np.where(y, 0.9, 0.1), None, 0)
    assert found.value == found.high == 1
    assert 0.75 < found.low < 0.9
