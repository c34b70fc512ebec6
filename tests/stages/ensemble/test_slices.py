import numpy as np
import pytest

from tests.stages.walk import context_of, journey_on, tagged
from wizard.stages.ensemble.slices import errors_of, slices


def test_a_slice_of_all_wrong_rows_has_an_interval_inside_the_shares_that_there_are(small):
    context = context_of(small, "ensemble")
    rows = context.deciding_rows
    texture = context.examples(rows).frame["mean texture"].to_numpy("float64")
    found = slices(context, rows, (texture > np.quantile(texture, 0.75)).astype("float64"))
    by_name = {one.name.split(" (")[0]: one for one in found}
    wrong, right = (by_name[f"mean texture in its {which} quarter"] for which in ("highest", "lowest"))
    assert (wrong.error, wrong.high) == (1.0, 1.0)
    assert 0.9 < wrong.low < 0.95  # Wilson's for 51 of 51; 0.995 took one over n for a standard deviation
    assert (right.error, right.low) == (0.0, 0.0)
    assert 0.05 < right.high < 0.1
    assert all(0 <= one.low <= one.error <= one.high <= 1 for one in found)


def test_shares_of_labels_stay_shares_and_have_room_where_none_is_wrong(tmp_path):
    context = context_of(journey_on(tagged(240), tmp_path), "ensemble")
    rows = context.deciding_rows
    y = context.y(rows).astype("float64")
    errors = errors_of(context, rows, np.where(np.arange(len(rows))[:, None] < 30, 1 - y, y), None)
    assert errors[:30] == pytest.approx(1)
    found = slices(context, rows, errors)
    assert all(0 <= one.low <= one.error <= one.high <= 1 for one in found)
    assert all(one.high - one.low > 1 / int(one.places.sum()) for one in found)
