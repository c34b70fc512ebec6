"""Clean data of each kind, walked once for all tests."""

import pytest

from tests.stages.walk import diabetes, digits, journey_on, tagged, tumours, walk

TUNERS_OWN = r"ignore:(currentThread|getName)\(\):DeprecationWarning"  # KerasTuner 1.4 uses the old names
KERAS_OWN = "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"  # while saving


SLOW = {  # kinds that a stage is walked on among the slow tests only
    "explored": ("labels", "targets"), "based": ("amounts", "labels", "targets"),
}  # fmt: skip


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items):
    """Lets warnings pass that libraries raise about themselves; tests of what takes long are slow ones."""
    for item in items:
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        if any(name in item.fixturenames and parameters.get("kind") in kinds for name, kinds in SLOW.items()):
            item.add_marker(pytest.mark.slow)
        item.add_marker(pytest.mark.filterwarnings(TUNERS_OWN))
        item.add_marker(pytest.mark.filterwarnings(KERAS_OWN))


KINDS = ("pictures", "classes", "amounts", "labels", "targets")


class Lazy(dict):
    """What a function gives for each kind, made when first asked for."""

    def __init__(self, make):
        super().__init__()
        self.make = make

    def __missing__(self, kind):
        self[kind] = self.make(kind)
        return self[kind]


@pytest.fixture(scope="session")
def journeys(tmp_path_factory):
    """Journeys on clean data, by kind; nothing has been run."""
    made = {
        "pictures": lambda folder: journey_on(digits(600), folder),
        "classes": lambda folder: journey_on(tumours(), folder, "diagnosis"),
        "amounts": lambda folder: journey_on(diabetes(), folder, "progression"),
        "labels": lambda folder: journey_on(tagged(), folder),
        "targets": lambda folder: journey_on(diabetes(), folder, ["progression", "s5"]),
    }
    return Lazy(lambda kind: made[kind](tmp_path_factory.mktemp("clean") / kind))


@pytest.fixture(scope="session")
def explored(journeys):
    """What explore finds in clean data, by kind."""
    return Lazy(lambda kind: walk(journeys[kind], "explore"))


@pytest.fixture(scope="session")
def based(journeys, explored):
    """What baseline finds on clean data, by kind."""
    return Lazy(lambda kind: walk(journeys[kind], "baseline", given=explored[kind].decided))


@pytest.fixture(params=KINDS)
def kind(request):
    """One kind of clean data after the other."""
    return request.param


@pytest.fixture(scope="session")
def overfitted(journeys, based):
    """What overfit finds in clean rows of two classes."""
    return walk(journeys["classes"], "overfit", given=based["classes"].decided)


@pytest.fixture(scope="session")
def regularized(journeys, overfitted):
    """What regularize finds there."""
    return walk(journeys["classes"], "regularize", given=overfitted.decided)


@pytest.fixture(scope="session")
def tuned(journeys, regularized):
    """What tune finds there."""
    return walk(journeys["classes"], "tune", given=regularized.decided)


@pytest.fixture(scope="session")
def joined(journeys, tuned):
    """What ensemble finds there."""
    return walk(journeys["classes"], "ensemble", given=tuned.decided)
