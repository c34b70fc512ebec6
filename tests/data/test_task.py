import math

import numpy as np
import pytest

from wizard.core.errors import DataError, OptionError, UnsupportedTaskError
from wizard.data.task import Task, infer_task

REGRESSION = Task(kind="regression", target="y")
THREE = Task(kind="multiclass", target="y", classes=("a", "b", "c"))


@pytest.mark.parametrize(
    ("labels", "wanted", "modality", "kind", "classes"),
    [
        (["no", "yes", "no"], None, "table", "binary", ("no", "yes")),
        (["b", "a", "c"], None, "table", "multiclass", ("a", "b", "c")),
        ([0.0, 1.0, 1.0], None, "table", "binary", ("0", "1")),
        ([10.0, 9.0, 2.0], None, "table", "multiclass", ("2", "9", "10")),
        ([0.5, 1.0, 2.0], None, "table", "regression", ()),
        (list(map(float, range(21))), None, "table", "regression", ()),
        (list(map(float, range(20))), None, "table", "multiclass", tuple(map(str, range(20)))),
        (list(map(float, range(26))) * 5, None, "image", "multiclass", tuple(map(str, range(26)))),
        (list(map(float, range(26))) * 4, None, "image", "regression", ()),
        ([1.0, 2.0, 3.0], "regression", "table", "regression", ()),
        (["1.5", "2.5", "4"], "regression", "table", "regression", ()),
        ([0.5, 1.5, 0.5], "classification", "table", "binary", ("0.5", "1.5")),
        (["a", "b", "a"], "binary", "table", "binary", ("a", "b")),
    ],
)
def test_the_task_is_inferred_from_the_labels(labels, wanted, modality, kind, classes):
    task = infer_task(np.array(labels), "y", wanted, modality)
    assert (task.kind, task.classes) == (kind, classes)


@pytest.mark.parametrize(
    ("labels", "wanted", "error", "says"),
    [
        (["a", "a"], None, DataError, "nothing to tell apart"),
        ([2.5, 2.5], None, DataError, "2.5 in every example"),
        (["a", "b", "c"], "binary", OptionError, "needs two classes. Received: 3"),
        (["12 kg", "3"], "regression", DataError, r"'12 kg' \(example 0\)"),
        (["a", "b"], "clasification", OptionError, "Did you mean 'classification'"),
        (["a", "b"], "forecasting", UnsupportedTaskError, "orecasting"),
    ],
)
def test_labels_that_cannot_serve_the_task_are_refused(labels, wanted, error, says):
    with pytest.raises(error, match=says):
        infer_task(np.array(labels), "y", wanted, "table")


def test_labels_become_codes_in_the_order_of_the_classes():
    assert THREE.encode(np.array(["c", "a", "b", "a"])).tolist() == [2, 0, 1, 0]
    numbered = Task(kind="binary", target="y", classes=("0", "1"))
    assert numbered.encode(np.array([1.0, 0.0])).tolist() == [1, 0]
    assert REGRESSION.encode(np.array(["1.5", "2"])).tolist() == [1.5, 2.0]


def test_a_label_that_is_no_class_is_named():
    with pytest.raises(DataError, match=r"one of the 3 classes\. Received: d; the classes are a, b, c"):
        THREE.encode(np.array(["a", "d"]))


def test_the_loss_before_learning_is_the_entropy_or_log_k_or_the_variance():
    y = np.array([0] * 900 + [1] * 99 + [2])
    shares = np.array([901, 100, 2]) / 1003
    entropy = -(900 * math.log(shares[0]) + 99 * math.log(shares[1]) + math.log(shares[2])) / 1000
    assert THREE.loss_at_init(y) == pytest.approx(entropy)
    assert THREE.loss_at_init(y, has_head_bias=False) == pytest.approx(math.log(3))
    assert REGRESSION.loss_at_init(np.array([1.0, 3.0])) == pytest.approx(1.0)


def test_a_prior_counts_weights_and_is_never_zero():
    assert THREE.prior(np.array([0, 0, 1])) == pytest.approx(np.array([3, 2, 1]) / 6)
    assert THREE.prior(np.array([0, 1]), np.array([3.0, 1.0])) == pytest.approx(np.array([4, 2, 1]) / 7)


@pytest.mark.parametrize(
    ("task", "words"), [(REGRESSION, "regression of 'y'"), (THREE, "multiclass classification of 'y' (3 classes)")]
)
def test_a_task_is_said_in_words(task, words):
    assert str(task) == words
