from types import SimpleNamespace

from wizard.core.finding import Finding
from wizard.stages.tune import STEPS, summarise

PROMISE = " The search's own figure for its best differs by +0.93 points."


def about(promise=None, *, had_fresh_seeds=True):
    shared = {"had fresh seeds": True} if had_fresh_seeds else {}
    return SimpleNamespace(shared=shared if promise is None else {**shared, "promise": promise})


def findings(search, winner=None):
    made = {name: Finding(step=name, title="T", why="W", status="noted", headline=f"About {name}.") for name in STEPS}
    made["random_search"] = made["random_search"].but(status=search, headline="No time.")
    made["schedule"] = made["schedule"].but(status="skipped")
    made["winner"] = made["winner"].but(measured=winner, headline="Trial 3 wins.")
    return tuple(made.values())


def test_what_was_not_searched_is_not_called_proven():
    summary = summarise(findings("warned"), about())
    assert summary.verdict == "The configuration of before stays. No time."
    assert not any("fresh seeds" in line or "schedule" in line for line in summary.plain)


def test_a_winner_was_proven():
    summary = summarise(findings("passed", winner=0.9), about(""))
    assert summary.verdict == "Trial 3 wins."
    assert "fresh seeds" in summary.plain[-1]


def test_what_won_without_fresh_seeds_is_not_said_to_have_had_some():
    summary = summarise(findings("passed", winner=0.9), about(had_fresh_seeds=False))
    assert summary.verdict == "Trial 3 wins."
    assert not any("prove itself" in line for line in summary.plain)


def test_how_lucky_the_search_was_is_told_but_is_no_title():
    *others, winner = findings("passed", winner=0.9)
    winner = winner.but(headline=winner.headline + PROMISE)
    summary = summarise((*others, winner), about(PROMISE))
    assert summary.verdict == "Trial 3 wins."
    assert summary.plain[-1] == PROMISE.strip()
