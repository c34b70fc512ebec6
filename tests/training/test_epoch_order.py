import numpy as np

from wizard.training.fit import _EpochOrder


def orders(seed: int, looks: int = 2, passes: int = 2) -> list[list[int]]:
    """The order of 20 rows in every pass of a few looks."""
    order = _EpochOrder(np.arange(20), 8, passes, seed)
    found = []
    for look in range(looks):
        order.on_epoch_begin(look)
        rows = np.concatenate([batch.numpy() for batch in order.batches])
        found += [part.tolist() for part in np.split(rows, passes)]
    return found


def test_every_pass_sees_all_rows_in_an_order_of_its_own():
    found = orders(seed=3)
    assert all(sorted(rows) == list(range(20)) for rows in found)
    assert len({tuple(rows) for rows in found}) == 4


def test_the_order_is_the_seeds_and_not_that_of_the_looks():
    assert orders(seed=3) == orders(seed=3) == orders(seed=3, looks=4, passes=1)
    assert orders(seed=3) != orders(seed=4)
