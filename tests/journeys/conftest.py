"""One finished journey of each sample, shared by the tests that look at it."""

from __future__ import annotations

import pytest

from tests.journeys.journey import SAMPLES, walk


@pytest.fixture(scope="session")
def walked():
    """Journeys by sample; pytest makes a fixture with parameters anew whenever another parameter came between."""
    return {}


SLOW = "table"  # one of pictures is `wizard demo` in CI
EACH = [pytest.param(name, marks=getattr(pytest.mark, "slow" if name == SLOW else "long")) for name in sorted(SAMPLES)]


@pytest.fixture(scope="session", params=EACH)
def journey(request, walked, tmp_path_factory):
    """(name, wizard, run folder) of a journey through all six stages."""
    name = request.param
    if name not in walked:
        out = tmp_path_factory.mktemp("runs")
        walked[name] = (name, walk(name, out), out / name)
    return walked[name]
