"""A search by several processes: workers train, the chief takes their runs from the store and judges them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from wizard.core.announced import Announced, withdraw
from wizard.core.config import HpValue
from wizard.stages.context import Context, Judged
from wizard.stages.tune.race import Race, first_look
from wizard.training.chief import Chief
from wizard.training.search import SearchTrial, TrialFailed
from wizard.training.serving import serve
from wizard.training.space import Dimension
from wizard.training.worker import Found, Look


class Together:
    """The chief's side of `search`'s `together`."""

    def __init__(
        self,
        context: Context,
        race: Race,
        space: tuple[Dimension, ...],
        limit: int,
        goes_on: Callable[[int], bool],
        evaluate: Callable[[int, dict[str, HpValue], int | None, int | None, str], float],
    ) -> None:
        """Starts nothing yet.

        Args:
            context: Of the stage; its team says whom to start and where to listen.
            race: Judges.
            space: What varies.
            limit: Trials in all.
            goes_on: (number of the next trial) -> whether there is time for it.
            evaluate: Judges a trial by the race, and says so in a line.
        """
        self.context, self.race, self.space, self.limit = context, race, space, limit
        self.goes_on, self.evaluate = goes_on, evaluate
        self._chief: Chief | None = None

    @property
    def at_a_time(self) -> int:
        """How many trials run side by side: by the workers that were started, and those that joined."""
        joined = len(self._chief.asked) if self._chief is not None else 0
        return max(joined, self.context.team.workers if self.context.team is not None else 0, 1)

    def __call__(self, oracle: Any, first: int) -> tuple[list[SearchTrial], list[tuple[int, Any]] | None]:
        """Runs a search's trials from number `first` on."""
        context, team = self.context, self.context.team
        assert team is not None
        folder = context.trainer.store.folder
        chief = self._chief = Chief(
            oracle, self.space, first, self.limit, self.goes_on, self._looked, self._ended,
            lambda: self.race.seconds_a_trial,
        )  # fmt: skip

        def announce(ip: str, port: int) -> None:
            incumbent = self.race.incumbent
            Announced(
                incumbent=incumbent, run_key=context.trainer.key(incumbent), metric=context.metric.name, ip=ip,
                port=port,
            ).write(folder)  # fmt: skip
            started = f"{team.workers} workers start" if team.workers else "workers may join"
            context.progress.line(f"{started}; KERASTUNER_ORACLE_IP={ip} KERASTUNER_ORACLE_PORT={port}")

        def say(line: str) -> None:
            with chief.lock:
                context.progress.line(line)

        try:
            with context.trainer.store.scratch() as logs:
                left = serve(chief, team, announce, say, lambda: context.pacing.left, logs)
        finally:
            withdraw(folder)
        if left is not None:
            context.progress.line("no worker is left: the search goes on in this process")
            self._chief = None
        return chief.done, left

    def _looked(self, number: int, values: dict[str, HpValue], batch: int) -> str:
        config, _ = self.race.planned(number, values, None)
        with self._reading():
            first = first_look(self.context, config.but(batch=batch))
        return "" if first is None or first.failure else self.race.verdict(number, first)

    def _ended(
        self, number: int, values: dict[str, HpValue], looks: int | None, batch: int | None, failure: str
    ) -> float:
        trainer = self.context.trainer
        before = set(trainer.used)
        with self._reading():
            try:
                return self.evaluate(number, values, looks, batch, failure)
            finally:
                for key in [key for key in trainer.used if key not in before]:
                    self._count(key)

    def _count(self, key: str) -> None:
        """Counts a worker's run as work of this stage, of which several were done at a time."""
        run, team = self.context.trainer.stored(key), self.context.team
        if run is not None and team is not None:
            self.context.pacing.trained(key, run.seconds / max(team.workers, 1))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        self.context.trainer.is_reading = True
        try:
            yield
        finally:
            self.context.trainer.is_reading = False


class Remote(Race):
    """A race of which this process runs single trials: the chief, who knows the others, gives the hopeless up."""

    look: Look | None = None  # asks the chief

    def verdict(self, number: int, first: Judged) -> str:
        """Why the chief gives a trial up, or ""."""
        assert self.look is not None
        return "" if self.look(first.score, first.config.batch) else "the chief gives it up"

    def _estimate(self, first: Judged) -> float:
        return first.score

    def judge(self, number: int, values: dict[str, HpValue], looks: int | None, look: Look) -> Found:
        """Runs one trial for the chief."""
        self.look, self.tried = look, []
        self.context.progress.line(f"trial {number} begins")
        try:
            score = self.evaluate(number, values, looks)
        except TrialFailed as failed:
            return Found(None, self.tried[-1].config.batch, str(failed))
        self.context.progress.line(f"trial {number}: {self.context.metric.words(score)}")
        return Found(score, self.tried[-1].config.batch)


def is_the_same(context: Context, search: Announced) -> bool:
    """Whether this process trains the chief's runs: the same data, split, code and versions."""
    return context.trainer.key(search.incumbent) == search.run_key
