import numpy as np

from wizard.core.calibration import Calibration
from wizard.data.task import Task
from wizard.export.names import named

TWO = Task(kind="binary", target="y", classes=("no", "yes"))
LABELS = Task(kind="multilabel", target="y", classes=("a", "b"))
P = np.array([[0.8, 0.2], [0.5, 0.5], [1.0, 0.0]])


def test_a_threshold_names():
    assert named(P, TWO, Calibration(threshold=0.2)).tolist() == ["yes", "yes", "no"]
    assert named(P, TWO, None).tolist() == ["no", "no", "no"]
    assert named(P, LABELS, Calibration(threshold=0.6)).tolist() == [("a",), (), ("a",)]


def test_numbers_stay():
    y = np.array([1.0, 2.0])
    assert named(y, Task(kind="regression", target="y"), Calibration(threshold=0.1)) is y
