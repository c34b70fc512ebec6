"""A chief's loop: listens, keeps its workers alive, and ends when all trials did."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from wizard.core.errors import OptionError
from wizard.training.chief import Chief
from wizard.training.launcher import Launcher
from wizard.training.roles import Team

PAUSE = 0.1  # seconds between two looks at the workers
REMIND = 60.0  # seconds in which no worker asks, after which that is said
QUIET = 600.0  # the same while workers that the chief started run trials; and how long it waits for others, which may
# come back under their names, where nothing else limits its time
GRACE = 2.0  # seconds in which workers that ask hear that the search is over
LEAVE = 5.0  # seconds that workers have to end by themselves


def serve(
    chief: Chief,
    team: Team,
    announce: Callable[[str, int], None],
    say: Callable[[str], None],
    time_left: Callable[[], float],
    logs: Path,
) -> list[tuple[int, Any]] | None:
    """Serves trials until all ended or the time is over.

    Args:
        chief: Hands them out.
        team: Whom to start, and where to listen.
        announce: (ip, port) is called as soon as somebody listens there.
        say: Takes a line about workers.
        time_left: Seconds left to the search; infinite where nothing limits it.
        logs: Folder for what workers say.

    Returns:
        None where the search came to its end; where no worker is heard any more, (number, trial) of what they left.

    Raises:
        OptionError: Where nobody can listen at the address.
    """
    server, port = _listening(chief, team)
    launcher = Launcher(team.workers, team.ip, port, team.command, logs)
    try:
        announce(team.ip, port)
        launcher.start()
        is_whole = _watch(chief, launcher, say, time_left)
        if not is_whole:
            return chief.take_back()
        _say_goodbye(chief)
        launcher.wait(LEAVE)
        return None
    finally:
        server.stop(0)
        launcher.stop()


def _watch(chief: Chief, launcher: Launcher, say: Callable[[str], None], time_left: Callable[[], float]) -> bool:
    """Waits for the end; False where nobody is left to bring it about."""
    said = time.monotonic()
    while not chief.is_done:
        if chief.error is not None:
            raise chief.error
        for line in launcher.tend(chief):
            say(line)
        if time_left() <= 0:
            for number in chief.end():
                say(f"trial {number} was not ended in time and is left out")
            continue
        if launcher.has_none_left and _is_deserted(chief, launcher, time_left()):
            return False
        running = list(chief.oracle.ongoing_trials)
        quiet = REMIND if not running else min(chief.patience, QUIET) if launcher.has_none_left else QUIET
        if time.monotonic() - max(chief.heard, said) > quiet:
            said = time.monotonic()
            if running:
                say(f"no trial ended for long; if {', '.join(running)} died, start it again under the same name")
            elif launcher.has_none_left:
                say("no worker has asked for a trial for a minute; start one with a KERASTUNER_TUNER_ID of its own")
        time.sleep(PAUSE)
    return True


def _is_deserted(chief: Chief, launcher: Launcher, time_left: float) -> bool:
    """Whether no worker lives on this machine, and none that joined says anything any more."""
    joined = chief.asked - set(launcher.names)
    if not joined:  # a chief that was started first waits for them
        return bool(launcher.names)
    patience = chief.patience if time_left < float("inf") else max(QUIET, chief.patience)
    return time.monotonic() - chief.heard > patience


def _say_goodbye(chief: Chief) -> None:
    until = time.monotonic() + GRACE
    while chief.asked - chief.told_over and time.monotonic() < until:
        time.sleep(PAUSE)


def _listening(chief: Chief, team: Team) -> tuple[Any, int]:
    import grpc
    from keras_tuner.src import protos
    from keras_tuner.src.distribute.oracle_chief import OracleServicer

    server = grpc.server(ThreadPoolExecutor(max_workers=1), options=(("grpc.so_reuseport", 0),))
    protos.get_service_grpc().add_OracleServicer_to_server(OracleServicer(chief), server)
    try:
        port = server.add_insecure_port(f"{team.ip}:{team.port}")
    except RuntimeError:
        port = 0
    if not port:
        raise OptionError(
            f"The chief of a search must be able to listen at its address. Received: {team.ip}:{team.port}, where it "
            "cannot: another process listens there, or the address is not this machine's. Give KERASTUNER_ORACLE_IP "
            "and KERASTUNER_ORACLE_PORT a free one."
        )
    server.start()
    return server, port
