"""Workers on this machine: this very script again, in processes that are started anew under their names."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from wizard.training.chief import Chief
from wizard.training.roles import LAUNCHED, ORACLE_IP, ORACLE_PORT, TUNER_ID

MOST_DEATHS = 3  # in a row without the end of a trial; then the trial, or the worker, is given up
PATIENCE = 5.0  # seconds that a worker has to end before it is killed
TAIL = 300  # characters of a worker's last words


class Launcher:
    """Starts workers, starts them again, and ends them."""

    def __init__(self, n: int, ip: str, port: int, command: Sequence[str], logs: Path) -> None:
        """Starts nothing yet.

        Args:
            n: Number of workers.
            ip: Where their chief listens.
            port: Where their chief listens.
            command: What each of them runs.
            logs: Folder for what each of them says.
        """
        self.names = tuple(f"worker-{k + 1}" for k in range(n))
        self.command = list(command)
        self._address = {ORACLE_IP: ip, ORACLE_PORT: str(port)}
        self.logs = logs
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._deaths = dict.fromkeys(self.names, 0)
        self._ended_before = dict.fromkeys(self.names, 0)
        self.lost: dict[str, str] = {}  # workers that do not live, with their last words

    def start(self) -> None:
        """Starts all workers."""
        for name in self.names:
            self._start(name)

    def tend(self, chief: Chief) -> list[str]:
        """Starts dead workers again under their names; returns what is to be said of it."""
        said = []
        for name in self.names:
            code = self.processes[name].poll()
            if code is None or name in self.lost:
                continue
            n_ended = chief.n_ended.get(name, 0)
            self._deaths[name] = 1 if n_ended > self._ended_before[name] else self._deaths[name] + 1
            self._ended_before[name] = n_ended
            how = f"signal {-code}" if code < 0 else f"code {code}"
            again = "it starts again under its name"
            if self._deaths[name] >= MOST_DEATHS:
                if not chief.has_trial(name):
                    self.lost[name] = self._last_words(name)
                    said.append(f"{name} died {MOST_DEATHS} times in a row ({how}) and is given up: {self.lost[name]}")
                    continue
                chief.fail(name, f"its process died {MOST_DEATHS} times ({how})")
                self._deaths[name] = 0
            elif chief.has_trial(name):
                again += " and goes on with its trial"
            said.append(f"{name} died ({how}); {again}")
            self._start(name)
        return said

    @property
    def has_none_left(self) -> bool:
        """Whether no worker lives any more."""
        return len(self.lost) == len(self.names)

    def stop(self) -> None:
        """Ends all workers, by force where they do not."""
        try:
            for process in self.processes.values():
                with contextlib.suppress(OSError):
                    process.terminate()
            for process in self.processes.values():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(PATIENCE)
        finally:
            for process in self.processes.values():
                with contextlib.suppress(OSError):
                    process.kill()
                process.wait()
                if process.stdin is not None:
                    process.stdin.close()

    def wait(self, seconds: float) -> None:
        """Gives workers so long, all together, to end by themselves."""
        until = time.monotonic() + seconds
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(until - time.monotonic(), 0.0))

    def _start(self, name: str) -> None:
        before = self.processes.get(name)
        if before is not None and before.stdin is not None:
            before.stdin.close()
        environment = {**os.environ, **self._address, TUNER_ID: name, LAUNCHED: "1"}
        environment.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # several processes may share a GPU
        with self._log(name).open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.command, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the chief alone, which ends its workers
            )  # fmt: skip

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def _last_words(self, name: str) -> str:
        lines = self._log(name).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1][-TAIL:] if lines else "it said nothing"
