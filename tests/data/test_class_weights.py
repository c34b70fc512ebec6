import numpy as np
import pytest

from tests.small import dataset_of
from wizard.core.errors import OptionError

X = np.arange(12.0).reshape(4, 3)


def test_every_example_gets_the_weight_of_its_class():
    data = dataset_of((X, ["a", "b", "a", "c"]), weight={"a": 2.0, "c": 0.5})
    assert data.weight.tolist() == [2, 1, 2, 0.5]
    assert data.fingerprint != dataset_of((X, ["a", "b", "a", "c"])).fingerprint


def test_classes_that_are_numbers_are_named_by_them():
    assert dataset_of((X, [0, 1, 1, 0]), weight={1: 3}).weight.tolist() == [1, 3, 3, 1]


@pytest.mark.parametrize(
    ("y", "weight", "message"),
    [
        (["a", "b", "a", "c"], {"d": 1}, "must name classes"),
        (["a", "b", "a", "c"], {"a": 0}, "positive"),
        (["a", "b", "a", "c"], {"a": "much"}, "positive"),
        ([["a"], ["b"], [], ["a"]], {"a": 2}, "one class an example"),
    ],
)
def test_what_weighs_no_class_is_refused(y, weight, message):
    with pytest.raises(OptionError, match=message):
        dataset_of((X, y), weight=weight)
