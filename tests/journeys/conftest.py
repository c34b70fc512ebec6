"""One finished journey of each sample, shared by the tests that look at it."""

from __future__ import annotations

import pytest

from tests.journeys.journey import SAMPLES, walk


@pytest.fixture(scope="session", params=sorted(SAMPLES))
def journey(request, tmp_path_factory):
    """(name, wizard, run folder) of a journey through all six stages."""
    out = tmp_path_factory.mktemp("runs")
    wizard = walk(request.param, out)
    return request.param, wizard, out / request.param
