import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from wizard.core.errors import OptionError
from wizard.data.task import Task
from wizard.training.metrics import METRICS, all_scores, amount, metric_for

BINARY = Task(kind="binary", target="y", classes=("a", "b"))
REGRESSION = Task(kind="regression", target="y")


def on_classes(name, y, p, w):
    """The same number by scikit-learn."""
    answer, weight = p.argmax(1), {"sample_weight": w}
    rare = int(np.argmin(np.bincount(y, minlength=2)))
    return {
        "accuracy": lambda: reference.accuracy_score(y, answer, **weight),
        "balanced_accuracy": lambda: np.mean(
            reference.recall_score(y, answer, labels=np.unique(y), average=None, **weight)
        ),
        "macro_f1": lambda: reference.f1_score(y, answer, average="macro", zero_division=0, **weight),
        "pr_auc": lambda: reference.average_precision_score(y == rare, p[:, rare], **weight),
        "roc_auc": lambda: reference.roc_auc_score(y, p[:, 1], **weight),
        "log_loss": lambda: reference.log_loss(y, p, labels=range(p.shape[1]), **weight),
    }[name]()  # fmt: skip


CLASS_METRICS = [name for name, one in METRICS.items() if "binary" in one.tasks]


@pytest.mark.parametrize("name", CLASS_METRICS)
@pytest.mark.parametrize("has_weights", [False, True])
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 60), st.integers(1, 8))
def test_scores_of_classes_agree_with_scikit_learn(name, has_weights, seed, n, grain):
    random = np.random.default_rng(seed)
    k = 2 if "multiclass" not in METRICS[name].tasks else int(random.integers(2, 5))
    y = np.append(random.integers(0, k, n), [0, 1])
    p = np.round(random.dirichlet(np.ones(k), n + 2) * grain) + 0.01  # coarse, so that many are equal
    p /= p.sum(1, keepdims=True)
    w = random.uniform(0.1, 3, n + 2) if has_weights else None
    assert METRICS[name].score(y, p, w) == pytest.approx(on_classes(name, y, p, w))


@pytest.mark.parametrize("has_weights", [False, True])
def test_scores_of_amounts_agree_with_scikit_learn(has_weights):
    random = np.random.default_rng(0)
    y, p = random.normal(size=(2, 50))
    w = random.uniform(0.1, 3, 50) if has_weights else None
    expected = {
        "rmse": reference.root_mean_squared_error(y, p, sample_weight=w),
        "mae": reference.mean_absolute_error(y, p, sample_weight=w),
        "r2": reference.r2_score(y, p, sample_weight=w),
    }
    scores = all_scores(REGRESSION, y, p, w)
    assert scores.pop("standardised_rmse") == pytest.approx(np.sqrt(1 - expected["r2"]))
    assert scores == pytest.approx(expected)


@pytest.mark.parametrize("has_weights", [False, True])
def test_scores_of_several_targets_are_the_means_that_scikit_learn_gives(has_weights):
    random = np.random.default_rng(0)
    y, p = random.normal(size=(2, 50, 3)) * [1, 10, 100]
    w = {"sample_weight": random.uniform(0.1, 3, 50) if has_weights else None}
    scores = all_scores(Task(kind="regression", target="y", targets=("a", "b", "c")), y, p, w["sample_weight"])
    assert scores["rmse"] == pytest.approx(reference.root_mean_squared_error(y, p, **w))
    assert scores["mae"] == pytest.approx(reference.mean_absolute_error(y, p, **w))
    assert scores["r2"] == pytest.approx(reference.r2_score(y, p, **w))


@pytest.mark.parametrize("has_weights", [False, True])
def test_scores_of_labels_agree_with_scikit_learn(has_weights):
    random = np.random.default_rng(0)
    y = random.integers(0, 2, (60, 4))
    p = np.clip(0.5 * y + random.uniform(0, 0.6, y.shape), 0.01, 0.99).round(2)
    w = {"sample_weight": random.uniform(0.1, 3, 60) if has_weights else None}
    answer = (p >= 0.5).astype(int)
    expected = {
        "mean_average_precision": reference.average_precision_score(y, p, average="macro", **w),
        "label_f1": reference.f1_score(y, answer, average="macro", **w),
        "label_accuracy": 1 - reference.hamming_loss(y, answer, **w),
        "subset_accuracy": reference.accuracy_score(y, answer, **w),
        "label_log_loss": np.mean([reference.log_loss(y[:, j], p[:, j], **w) for j in range(4)]),
    }
    task = Task(kind="multilabel", target="y", classes=("a", "b", "c", "d"))
    assert all_scores(task, y, p, w["sample_weight"]) == pytest.approx(expected)


@pytest.mark.parametrize("name", CLASS_METRICS)
def test_a_resample_without_one_class_has_a_score_too(name):
    p = np.array([[0.9, 0.1], [0.4, 0.6], [0.7, 0.3]])
    for y in (np.zeros(3, int), np.ones(3, int)):
        assert np.isfinite(METRICS[name].score(y, p, None))


def test_a_weight_of_two_counts_like_two_rows():
    random = np.random.default_rng(1)
    y, p = random.integers(0, 2, 40), random.dirichlet([1, 1], 40)
    twice = np.repeat(np.arange(40), 1 + np.arange(40) % 2)
    weighted = all_scores(BINARY, y, p, 1.0 + np.arange(40) % 2)
    assert weighted == pytest.approx(all_scores(BINARY, y[twice], p[twice], None))


def test_gains_point_the_way_that_is_better():
    assert METRICS["accuracy"].gain(0.9, 0.8) == pytest.approx(0.1)
    assert METRICS["rmse"].gain(0.9, 0.8) == pytest.approx(-0.1)
    assert METRICS["rmse"].better(1.0, 2.0)
    assert not METRICS["accuracy"].better(0.5, 0.5)


def test_the_rarer_class_is_that_of_the_known_rows_in_every_set_of_rows():
    random = np.random.default_rng(0)

    def score(n, metric=None, known=None):
        y = np.repeat([0, 1], [n, 300 - n])
        odds = random.normal(size=300) + 4 * y * (random.random(300) < 0.5)  # half of class 1 is easy, no row of 0 is
        p = 1 / (1 + np.exp(-odds))
        return (metric or metric_for("pr_auc", BINARY, known)).score(y, np.column_stack([1 - p, p]), None)

    known = np.repeat([0, 1], [510, 490])
    assert metric_for("pr_auc", BINARY, known).positive == 1
    assert metric_for("pr_auc", BINARY, 1 - known).positive == 0
    one, other = (np.mean([score(n, known=known) for _ in range(10)]) for n in (149, 151))
    assert one == pytest.approx(other, abs=0.03)
    flipped = [np.mean([score(n, METRICS["pr_auc"]) for _ in range(10)]) for n in (149, 151)]
    assert abs(flipped[0] - flipped[1]) > 0.1
    y, p = np.repeat([0, 1], [9, 11]), random.dirichlet([1, 1], 20)
    assert all_scores(BINARY, y, p, None, known)["pr_auc"] == metric_for("pr_auc", BINARY, known).score(y, p, None)


@pytest.mark.parametrize(("name", "task"), [("acuracy", BINARY), ("rmse", BINARY), ("accuracy", REGRESSION)])
def test_a_metric_that_the_task_does_not_have_is_refused(name, task):
    with pytest.raises(OptionError, match=f"metric must be one that {task.kind} has: .*Received: '{name}'"):
        metric_for(name, task)


@pytest.mark.parametrize(("value", "words"), [(181_123.4, "181,100"), (56.288, "56.29"), (0.004, "0.004"), (-0.0, "0")])
def test_amounts_read_in_their_own_unit(value, words):
    assert amount(value) == METRICS["rmse"].words(value) == words
    assert METRICS["accuracy"].words(0.9346) == "93.5%"
