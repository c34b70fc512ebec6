import numpy as np

from wizard.stages.regularize.stopping import where_to_stop


def test_where_the_loss_was_lowest():
    assert where_to_stop((2, 4, 6, 8), np.array([0.9, 0.5, 0.6, 0.7])) == 4


def test_not_where_the_end_is_as_low():
    assert where_to_stop((1, 2, 3), np.array([0.9, 0.6, 0.5])) is None


def test_not_for_a_loss_that_no_score_would_show():
    assert where_to_stop((1, 2, 3), np.array([0.9, 0.500, 0.504])) is None
    assert where_to_stop((1, 2, 3), np.array([0.9, 0.500, 0.506])) == 2


def test_a_loss_below_nothing_is_compared_by_its_size():
    assert where_to_stop((1, 2, 3), np.array([0.0, -1.0, -0.995])) is None
    assert where_to_stop((1, 2, 3), np.array([0.0, -1.0, -0.98])) == 2
