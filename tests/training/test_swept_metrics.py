"""Our vectorised metrics against scikit-learn's, ties and weights included."""

import numpy as np
import pytest
from sklearn import metrics as reference

from wizard.training.metrics import METRICS, amount


@pytest.fixture(params=range(4))
def answers(request):
    """(codes, probabilities, weights) of two uneven classes, with many equal scores in every other draw."""
    random = np.random.default_rng(request.param)
    y = (random.random(200) < 0.2).astype(int)
    positive = np.clip(0.2 + 0.3 * y + random.normal(0, 0.3, 200), 0, 1)
    positive = positive.round(1) if request.param % 2 else positive
    return y, np.column_stack([1 - positive, positive]), random.uniform(0.1, 3, 200)


@pytest.mark.parametrize("weighted", [False, True])
def test_areas_are_those_of_scikit_learn(answers, weighted):
    y, p, w = answers
    w = w if weighted else None
    ours = METRICS["pr_auc"].score(y, p, w), METRICS["roc_auc"].score(y, p, w)
    theirs = (
        reference.average_precision_score(y, p[:, 1], sample_weight=w),
        reference.roc_auc_score(y, p[:, 1], sample_weight=w),
    )
    assert ours == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("k", [2, 5])
def test_f1_is_that_of_scikit_learn(k, weighted):
    random = np.random.default_rng(k)
    y, p = random.integers(0, max(k - 1, 2), 100), random.random((100, k))
    w = random.uniform(0.1, 3, 100) if weighted else None
    theirs = reference.f1_score(y, p.argmax(1), sample_weight=w, average="macro", zero_division=0)
    assert METRICS["macro_f1"].score(y, p, w) == pytest.approx(theirs, abs=1e-12)


def test_one_class_only_is_no_crash():
    p = np.column_stack([np.linspace(0, 1, 10), np.linspace(1, 0, 10)])
    assert METRICS["roc_auc"].score(np.zeros(10, int), p, None) == 0.5
    assert METRICS["pr_auc"].score(np.zeros(10, int), p, None) == 0.0


@pytest.mark.parametrize(("value", "words"), [
    (181_100.4, "181,100"), (56.294, "56.29"), (0.0041234, "0.004123"), (-0.0, "0"), (1e-300, "1e-300"),
    (999.96, "1,000"), (-12345.6, "-12,350"),
])  # fmt: skip
def test_amounts_read_as_amounts(value, words):
    assert amount(value) == words
