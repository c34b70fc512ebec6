from wizard.core.clock import Clock
from wizard.core.pacing import Pacing
from wizard.journey import _allotted_in_words


def pacing(path, deadline, spent=0.0, clock=None):
    return Pacing(clock or Clock(), spent, deadline, path / "journal.json")


def test_without_a_deadline_all_is_allowed_and_nothing_is_written(tmp_path):
    free = pacing(tmp_path, None)
    assert free.allows("trial 1", 1e9)
    free.trained("run", 5.0)
    assert free.left == float("inf")
    assert not (tmp_path / "journal.json").exists()


def test_what_does_not_fit_is_left_out_and_named(tmp_path):
    tight = pacing(tmp_path, 10.0)
    assert tight.allows("trial 1", 5.0)
    assert not tight.allows("trial 2", 50.0)
    assert tight.cuts == ["trial 2"]


def test_work_of_earlier_stages_counts(tmp_path):
    late = pacing(tmp_path, 10.0, spent=8.0)
    assert late.left < 2.01
    assert not late.allows("trial 1", 5.0)


def test_a_journey_past_its_time_says_so_and_shows_no_time_below_nothing(tmp_path):
    late = Pacing(Clock(), 90.0, 120.0, tmp_path / "journal.json", end=100.0)
    assert late.is_late
    assert _allotted_in_words(late) == " · no time is left but for what cannot be left out"
    timely = Pacing(Clock(), 0.0, 60.0, tmp_path / "journal.json", end=100.0)
    assert not timely.is_late
    assert _allotted_in_words(timely) == " · 60 s of the 100 s left"
    assert not pacing(tmp_path, None).is_late
    assert _allotted_in_words(pacing(tmp_path, None)) == ""


def test_a_stage_takes_what_the_later_ones_have_no_use_for_and_never_gives_its_own_away(tmp_path):
    stage = Pacing(Clock(), 0.0, 60.0, tmp_path / "journal.json", end=100.0)
    stage.take(needed=70.0)
    assert 59 < stage.left <= 60
    stage.take(needed=10.0)
    assert 89 < stage.left <= 90
    assert 99 < stage.left_in_all <= 100
    free = pacing(tmp_path, None)
    free.take(needed=10.0)
    assert free.left == float("inf")


def test_a_restarted_stage_gets_the_answers_that_it_got_before(tmp_path):
    first = pacing(tmp_path, 10.0)
    assert [first.allows(name, seconds) for name, seconds in (("a", 1.0), ("b", 50.0))] == [True, False]
    slow = pacing(tmp_path, 10.0, spent=9.9)
    assert [slow.allows(name, 1000.0) for name in ("a", "b")] == [True, False]
    assert slow.cuts == ["b"]


def test_a_restarted_stage_is_credited_once_for_each_run_that_it_had_trained(tmp_path):
    pacing(tmp_path, 100.0).trained("run", 30.0)
    again = pacing(tmp_path, 100.0)
    assert again.left > 99
    for _ in range(2):
        again.remembered("run")
        again.remembered("of an earlier stage")
    assert 69 < again.left <= 70
