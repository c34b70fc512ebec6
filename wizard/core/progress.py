"""The one place that talks to the terminal: live where it can be, plain lines in a log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from wizard.core.finding import Finding
from wizard.core.finding import Status as FindingStatus
from wizard.core.result import LEFT_OUT, STAGES, TITLES, StageResult

SIGNS: dict[FindingStatus, str] = {
    "passed": "[green]✓[/]",
    "noted": "[cyan]·[/]",
    "warned": "[yellow]![/]",
    "failed": "[red]✗[/]",
    "skipped": "[dim]–[/]",
    "crashed": "[red]†[/]",
}
MOST = 5  # things to do that the terminal names: the page has them all
_said: set[str] = set()


@cache
def console() -> Console:
    """Standard output, as rich sees it: colours in a terminal, plain text in a log."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def say(text: str) -> None:
    """One line; square brackets are meant literally."""
    console().print(escape(text))


def say_once(text: str) -> None:
    """One line, the first time only."""
    if text not in _said:
        _said.add(text)
        say(text)


def say_result(result: StageResult, page: object) -> None:
    """What a stage comes to: its verdict, its questions answered, what it asks for, and where the page is."""
    say(f"  {result.verdict}")
    for number, answer in enumerate(result.answers, start=1):
        say(f"  {number} {answer.question} {answer.sentence}")
    cuts = [str(cut) for cut in result.method.get(LEFT_OUT, ())]
    if cuts:
        more = f" and {len(cuts) - MOST} more" if len(cuts) > MOST else ""
        say(f"  Left out for lack of time: {', '.join(cuts[:MOST])}{more}.")
    if result.to_do:
        say("  What to do about your data:")
    for item in result.to_do[:MOST]:
        console().print(f"  {SIGNS[item.status]} {escape(item.sentence)} [dim]({item.step})[/]")
    if len(result.to_do) > MOST:
        say(f"  … and {len(result.to_do) - MOST} more on the page")
    say(f"  {page}")


class Progress:
    """What a stage shows while it runs."""

    def __init__(
        self, stage: str, n_steps: int, deadline: str = "", left: Callable[[], float] = lambda: float("inf")
    ) -> None:
        """`deadline` says how much time the stage has, in words, or ""; `left` the seconds left to the journey."""
        self.stage, self.n_steps, self.deadline, self.left = stage, n_steps, deadline, left
        self._status: Status | None = None
        self._step = ""
        self._part = ""

    @contextmanager
    def running(self) -> Iterator[Progress]:
        """Prints the stage's heading, and keeps a live line where the terminal has one."""
        number = STAGES.index(self.stage) + 1
        heading = f"[bold]{number}/6 {self.stage}[/]  [dim]{TITLES[self.stage]}{self.deadline}[/]"
        console().print(f"\n{heading}")
        if console().is_terminal and not console().is_jupyter:
            self._status = console().status("")
            with self._status:
                yield self
        else:
            yield self

    def step_begins(self, number: int, name: str) -> None:
        """Shows "step k of n"."""
        self._step = f"{number}/{self.n_steps} {name}"
        self.part("")

    def part(self, text: str) -> None:
        """Which part of the step is running; stands before what `detail` says of it. Shown live only."""
        self._part = f" · {escape(text)}" if text else ""
        self.detail("")

    def line(self, text: str) -> None:
        """One line of a step that takes long, such as one a trial; also in a log."""
        console().print(f"    [dim]{escape(text)}[/]")

    def detail(self, text: str) -> None:
        """What the step is doing now; shown live only."""
        if self._status is not None:
            more = f" · {escape(text)}" if text else ""
            left = "" if self.left() == float("inf") else f" · {max(self.left(), 0.0):.0f} s left of the journey"
            self._status.update(f"[dim]{self._step}{self._part}{more}{left}[/]")

    def step_ends(self, finding: Finding) -> None:
        """One line: sign, step, headline, seconds."""
        line = f"  {SIGNS[finding.status]} [bold]{finding.step}[/] {escape(finding.headline)}"
        console().print(f"{line} [dim]{finding.seconds:.1f} s[/]")
