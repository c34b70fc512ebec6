"""What became of a budget in seconds stands on the last page."""

from types import SimpleNamespace

import pytest

from wizard.core.budget import parse_budget
from wizard.core.clock import Clock
from wizard.core.pacing import Pacing
from wizard.stages.ensemble import _time_taken


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        ("10m", ("The journey was given 600 s and took 450 s.",)),
        (100, ("The journey was given 100 s and took 450 s.",)),
        ("quick", ()),
    ],
)
def test_what_was_given_and_what_it_took(budget, words, tmp_path):
    given = parse_budget(budget)
    pacing = Pacing(Clock(), 450.0, None if given.seconds is None else 460.0, tmp_path / "journal.json", given.seconds)
    assert _time_taken(SimpleNamespace(budget=given, pacing=pacing)) == words
