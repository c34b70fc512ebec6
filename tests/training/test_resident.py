"""Rows where a step can gather them."""

import numpy as np
import pytest
import tensorflow as tf

from wizard.training import resident
from wizard.training.resident import Resident


@pytest.mark.parametrize("at_a_time", [2**25, 64])
@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32"])
def test_what_is_placed_is_gathered_however_much_is_copied_at_a_time(monkeypatch, at_a_time, dtype):
    monkeypatch.setattr(resident, "PART_BYTES", at_a_time)
    here, random = Resident(), np.random.default_rng(0)
    for n in (50, 50, 70, 30):  # the same rows' place, other values; more rows; fewer
        values = random.integers(0, 200, (n, 3, 5)).astype(dtype)
        here._assign("image", values)
        assert np.array_equal(here.gather("image", tf.range(n)), values)
        assert np.array_equal(here.gather("image", [n - 1, 0]), values[[n - 1, 0]])
