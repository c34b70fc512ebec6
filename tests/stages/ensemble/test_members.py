import pytest


def test_weights_sum_to_one(joined):
    assert sum(weight for _, weight in joined.decided["members"]) == pytest.approx(1)
    assert joined["members"].status in ("passed", "noted")
