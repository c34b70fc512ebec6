from tests.small import fresh

SAY = """
from wizard.core.finding import Finding
from wizard.core.progress import Progress, say, say_once
say("a [red]class[/red] named [x]")
say_once("once"); say_once("once")
progress = Progress("explore", 2, " · 5 s")
with progress.running():
    progress.step_begins(1, "readable")
    progress.detail("[0] of 3")
    headline = "[/] " + "long " * 60
    progress.step_ends(Finding(step="readable", title="t", status="warned", headline=headline, seconds=1.24))
"""


def test_a_log_gets_plain_lines_and_brackets_stay_as_they_are():
    lines = fresh(SAY).splitlines()
    assert lines[:2] == ["a [red]class[/red] named [x]", "once"]
    assert lines[3] == "1/6 explore  Become one with the data · 5 s"
    assert lines[4] == f"  ! readable [/] {'long ' * 60} 1.2 s"
    assert len(lines) == 5
    assert "\x1b" not in "".join(lines)


COMES_TO = """
from wizard.core.progress import say_result
from wizard.core.result import Answer, DatasetSummary, StageResult, ToDo
about = DatasetSummary(name="n", modality="image", task="binary", target="t", form="f", n_examples=1, n_train=1,
                       n_validation=0, n_test=0, fingerprint="f")
answers = (Answer(question="How many of the labels are wrong?", sentence="About [1%].", steps=("label_noise",)),)
to_do = tuple(ToDo(sentence=f"Mend {i}.", why="w", step="readable", status="warned") for i in range(7))
say_result(StageResult(stage="explore", key="k", dataset=about, verdict="V.", findings=()), "page.html")
say_result(StageResult(stage="explore", key="k", dataset=about, verdict="V.", findings=(), answers=answers,
                       to_do=to_do), "page.html")
"""


def test_a_stage_ends_with_its_verdict_its_answers_and_what_to_do():
    lines = ["", *fresh(COMES_TO).splitlines()]
    assert lines[:5] == ["", "V.", "  page.html", "  V.", "  1 How many of the labels are wrong? About [1%]."]
    assert lines[5:7] == ["  What to do about your data:", "  ! Mend 0. (readable)"]
    assert lines[-2:] == ["  … and 2 more on the page", "  page.html"]


LIVE = """
import os
os.environ["FORCE_COLOR"] = "1"
from wizard.core.progress import Progress
progress = Progress("explore", 2)
with progress.running():
    progress.step_begins(2, "examples")
    progress.detail("row 7")
    progress._status.stop()
"""


def test_a_terminal_names_the_step_that_it_is_at():
    assert "2/2 examples · row 7" in fresh(LIVE)
