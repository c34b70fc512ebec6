"""Processes that are started to be stopped by Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE = 240  # seconds that a test waits for words, on a machine that is busy


class Started:
    """A process whose output is read line by line while it runs."""

    def __init__(self, *arguments: object) -> None:
        """Starts `python ARGUMENTS` as a terminal would: able to hear Ctrl-C, also where we are not."""
        self.process = subprocess.Popen(
            [sys.executable, "-u", *map(str, arguments)], cwd=ROOT, text=True, errors="replace",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=hears, start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.append(line)

    @property
    def said(self) -> str:
        """All that came from it so far, stdout and stderr."""
        return "".join(self._lines)

    def until(self, words: str) -> Started:
        """Waits until it has said some words."""
        ends = time.monotonic() + PATIENCE
        while words not in self.said and self.process.poll() is None and time.monotonic() < ends:
            time.sleep(0.02)
        has_ended = self.process.poll() is not None
        if has_ended:
            self._reader.join(10)  # its last words may not have been read yet
        if words not in self.said:
            self.process.kill()
            self.end()
            raise AssertionError(f"it {'ended before' if has_ended else 'never said'} {words!r}, but:\n{self.said}")
        return self

    def interrupt(self) -> Started:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self

    def end(self) -> int:
        """Waits for its end; returns its exit status."""
        try:
            status = self.process.wait(PATIENCE)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self._reader.join(10)
            assert self.process.stdout is not None
            self.process.stdout.close()
        return status


def hears() -> None:
    """Lets a child hear Ctrl-C, also where its parent does not (as a shell's background jobs)."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own comes where this is the default
