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
