"""Clean data of each kind, walked once for all tests."""

import pytest

from tests.stages.walk import diabetes, digits, journey_on, tumours, walk

KINDS = ("pictures", "classes", "amounts")


@pytest.fixture(scope="session")
def journeys(tmp_path_factory):
    """Journeys on clean data, by kind; nothing has been run."""
    folder = tmp_path_factory.mktemp("clean")
    return {
        "pictures": journey_on(digits(600), folder / "pictures"),
        "classes": journey_on(tumours(), folder / "classes", "diagnosis"),
        "amounts": journey_on(diabetes(), folder / "amounts", "progression"),
    }


@pytest.fixture(scope="session")
def explored(journeys):
    """What explore finds in clean data, by kind."""
    return {kind: walk(journey, "explore") for kind, journey in journeys.items()}


@pytest.fixture(scope="session")
def based(journeys, explored):
    """What baseline finds on clean data, by kind."""
    return {kind: walk(journeys[kind], "baseline", given=explored[kind].decided) for kind in journeys}


@pytest.fixture(params=KINDS)
def kind(request):
    """One kind of clean data after the other."""
    return request.param
