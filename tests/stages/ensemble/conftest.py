"""A small journey that the tests of the steps share."""

import pytest

from tests.stages.ensemble.started import GIVEN
from tests.stages.walk import context_of, journey_on, tumours
from wizard.core.decisions import Decisions
from wizard.stages.ensemble.pool import pool


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """A journey on 240 tumours."""
    return journey_on(tumours(240), tmp_path_factory.mktemp("ensemble") / "small", "diagnosis")


@pytest.fixture(scope="session")
def candidates(small):
    """What may join there."""
    context = context_of(small, "ensemble")
    context.decisions = Decisions.model_validate(GIVEN)
    return pool(context)
