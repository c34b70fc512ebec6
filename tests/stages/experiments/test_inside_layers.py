import pytest

from tests.drills.networks import MATERIALS, pipeline, wine
from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.inside_layers import heavy_dropout


def with_dropout(rate, parts):
    return Evidence(pipeline(parts.but(layer={**parts.layer, "dropout": rate}), 0))


@pytest.mark.slow
def test_dropout_that_leaves_next_to_nothing_is_named_whatever_is_learnt_at_first():
    found = heavy_dropout(with_dropout(0.95, MATERIALS["words"]()))
    assert found.fault == "T09"
    assert found.level in ("warned", "failed")


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.0, 0.5, 0.7])
def test_usual_dropout_is_silent(rate):
    assert heavy_dropout(with_dropout(rate, wine())) is None
