"""The one clock. Work that a stored run spares is credited, so that a resumed journey cuts where the first one did."""

from __future__ import annotations

import time


class Clock:
    """Seconds of work: real ones in this process, plus those credited for what was already stored."""

    def __init__(self) -> None:
        """Starts at zero."""
        self._started = time.monotonic()
        self._credited = 0.0

    def now(self) -> float:
        """Real seconds since the start."""
        return time.monotonic() - self._started

    def credit(self, seconds: float) -> None:
        """Counts work done by an earlier process as done now."""
        self._credited += seconds

    def spent(self) -> float:
        """Seconds of work: real and credited."""
        return self.now() + self._credited
