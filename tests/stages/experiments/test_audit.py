import numpy as np
import pytest

from tests.drills.net_faults import FAULTS
from tests.drills.networks import MATERIALS, Parts, pipeline
from tests.stages.walk import digits
from wizard.stages.experiments.at_the_door import reshaped
from wizard.stages.experiments.evidence import Evidence


def coloured():
    """Digits in grey, kept as three equal channels."""
    return np.repeat(digits(300)[0][..., None] / 255, 3, -1).astype("float32")


def on(x):
    photographs: Parts = MATERIALS["photographs"]()
    return Evidence(pipeline(photographs.but(x=x[:600], y=photographs.y[: len(x[:600])], x_held=x[:60]), 0))


@pytest.mark.parametrize("make", [coloured, lambda: MATERIALS["photographs"]().x], ids=["grey", "photographs"])
def test_pictures_reshaped_where_a_transposition_was_meant_are_named_and_right_ones_are_not(make):
    fault = next(one for one in FAULTS if one.id == "P06")
    right = make()
    wrong = fault.inject(MATERIALS["photographs"]().but(x=right, x_held=right)).x
    assert reshaped(on(right)) is None
    found = reshaped(on(wrong))
    assert (found.fault, found.level) == ("P06", "failed")
    assert "channels first" in found.sentence
