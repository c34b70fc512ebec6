import numpy as np
import pytest

from wizard.core.calibration import Calibration
from wizard.data.task import Task
from wizard.export.calibrated import calibrated, named

TWO = Task(kind="binary", target="y", classes=("no", "yes"))
LABELS = Task(kind="multilabel", target="y", classes=("a", "b"))
P = np.array([[0.8, 0.2], [0.5, 0.5], [1.0, 0.0]])


def test_a_temperature_changes_how_sure_not_which():
    logits = np.log(np.array([[0.8, 0.2], [0.5, 0.5]])) / 2
    by_logits = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    assert calibrated(P, TWO, Calibration(temperature=2.0))[:2] == pytest.approx(by_logits)
    assert calibrated(P, TWO, Calibration(temperature=2.0))[2].tolist() == [1, 0]


def test_labels_are_each_by_themselves():
    p = calibrated(P, LABELS, Calibration(temperature=2.0))
    odds = np.sqrt(0.8 / 0.2)
    assert p[0] == pytest.approx([odds / (1 + odds), 1 / (1 + odds)])
    assert p[2].tolist() == [1, 0]


def test_a_threshold_names():
    assert named(P, TWO, Calibration(threshold=0.2)).tolist() == ["yes", "yes", "no"]
    assert named(P, TWO, None).tolist() == ["no", "no", "no"]
    assert named(P, LABELS, Calibration(threshold=0.6)).tolist() == [("a",), (), ("a",)]


def test_numbers_stay():
    amounts = Task(kind="regression", target="y")
    y = np.array([1.0, 2.0])
    assert calibrated(y, amounts, Calibration(temperature=2.0)) is y
    assert named(y, amounts, Calibration(threshold=0.1)) is y
