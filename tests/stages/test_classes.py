import numpy as np

from wizard.stages.classes import SHOWN, shown_classes


def test_few_classes_are_all_shown():
    assert shown_classes(("a", "b"), np.array([1, 2])) == (["a", "b"], [1, 2])
    assert shown_classes(("a", "b"), np.array([1, 2]), by_size=True) == (["b", "a"], [2, 1])


def test_of_many_classes_the_largest_are_shown_and_the_rest_is_counted():
    counts = np.arange(10_000)
    names, numbers = shown_classes([f"c{i}" for i in range(10_000)], counts)
    assert len(names) == SHOWN + 1
    assert names[:2] == ["c9940", "c9941"]
    assert names[-1] == "9,940 others"
    assert sum(numbers) == counts.sum()
