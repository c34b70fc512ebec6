"""Random things at the doors: a data set comes out, or an error of our own; never somebody else's traceback."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.data import fuzz_doors, fuzz_sequences

DOORS = fuzz_doors.DOORS + fuzz_sequences.DOORS
FEW, MANY = 20, 1_000
CALM = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}
by_name = pytest.mark.parametrize("door", DOORS, ids=[door.name for door in DOORS])


def thrown_at(door, n_cases):
    @settings(max_examples=n_cases, **CALM)
    @given(door.strategy)
    def throw(case):
        door.check(case)

    throw()


@by_name
def test_any_case_opens_or_gets_an_error_of_ours(door):
    thrown_at(door, FEW)


@pytest.mark.fuzz
@by_name
def test_many_cases_open_or_get_an_error_of_ours(door):
    thrown_at(door, MANY)
