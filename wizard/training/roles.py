"""Who this process is in a search of several: KerasTuner's own environment variables say it."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from wizard.core.errors import OptionError, check_count

TUNER_ID, ORACLE_IP, ORACLE_PORT = "KERASTUNER_TUNER_ID", "KERASTUNER_ORACLE_IP", "KERASTUNER_ORACLE_PORT"
LAUNCHED = "WIZARD_LAUNCHED"  # set for workers that a chief started, which end with it
LOOPBACK = "127.0.0.1"
CONNECT = 2.0  # seconds to wait for a chief that does not answer


@dataclass(frozen=True)
class Role:
    """A process's part: alone, a chief, or a worker.

    Attributes:
        name: KERASTUNER_TUNER_ID; "" for a process alone.
        ip: Where the chief listens.
        port: Where the chief listens.
    """

    name: str = ""
    ip: str = ""
    port: int = 0

    @property
    def is_chief(self) -> bool:
        """KerasTuner takes for the chief whose name says so."""
        return "chief" in self.name

    @property
    def is_worker(self) -> bool:
        """Whether it runs trials that a chief hands out."""
        return bool(self.name) and not self.is_chief

    def reaches_chief(self) -> bool:
        """Whether somebody listens where the chief should."""
        try:
            with socket.create_connection((self.ip, self.port), timeout=CONNECT):
                return True
        except OSError:
            return False


@dataclass(frozen=True)
class Team:
    """Who searches beside a chief.

    Attributes:
        workers: Processes that the chief starts on this machine.
        ip: Where it listens.
        port: Where it listens; 0 takes a free port.
        command: What each worker runs.
    """

    workers: int
    ip: str = LOOPBACK
    port: int = 0
    command: tuple[str, ...] = ()


def role_of(environment: Mapping[str, str]) -> Role:
    """The role that environment variables give.

    Raises:
        OptionError: Where some of KerasTuner's variables are missing, or a port is none.
    """
    if ORACLE_IP not in environment:
        return Role()
    for name in (ORACLE_PORT, TUNER_ID):
        if not environment.get(name):
            raise OptionError(
                f"A search by several processes needs {ORACLE_IP}, {ORACLE_PORT} and {TUNER_ID} in the environment. "
                f"Received: no {name}. Set all three, or unset {ORACLE_IP}."
            )
    port = environment[ORACLE_PORT]
    if not (port.isdecimal() and 0 < int(port) < 2**16):
        raise OptionError(f"{ORACLE_PORT} must be the number of a port. Received: {port!r}.")
    return Role(environment[TUNER_ID], environment[ORACLE_IP], int(port))


def team_of(workers: int | None, role: Role) -> Team | None:
    """Whom a process searches with; None where it searches alone.

    Args:
        workers: As the user asked.
        role: Of the process: a chief waits for workers that join, and may start some.

    Raises:
        OptionError: For a number of workers that is none, or where there is no script to start again.
    """
    check_count("workers", workers)
    n = workers if workers is not None and workers > 1 else 0
    if role.is_worker or not (n or role.is_chief):
        return None
    command = own_command() if n else ()
    return Team(n, role.ip, role.port, command) if role.is_chief else Team(n, command=command)


def own_command() -> tuple[str, ...]:
    """What runs this script again.

    Raises:
        OptionError: In a notebook or at a prompt, where there is no script.
    """
    is_prompt = hasattr(sys, "ps1") or "ipykernel" in sys.modules or sys.flags.interactive
    arguments = sys.orig_argv[1:]
    if is_prompt or not arguments or arguments[-1] == "-":
        raise OptionError(
            "workers= starts this script again as processes of their own. Received: a notebook or a prompt. Put the "
            f"calls into a script, or join by hand: {TUNER_ID}, {ORACLE_IP} and {ORACLE_PORT} in the environment of "
            "several processes."
        )
    return (sys.executable, *arguments)


def end_with_chief() -> None:
    """Ends a worker that a chief started as soon as the chief is gone, however it went: its end of our input closes."""
    if os.environ.get(LAUNCHED):
        threading.Thread(target=_wait_for_end, daemon=True).start()


def _wait_for_end() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)
