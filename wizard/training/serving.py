"""A chief's loop: listens, keeps its workers alive, and ends when all trials did."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from wizard.core.errors import OptionError
from wizard.training.chief import Chief
from wizard.training.launcher import Launcher
from wizard.training.roles import Team

PAUSE = 0.1  # seconds between two looks at the workers
REMIND = 60.0  # seconds in which no worker asks, after which that is said
QUIET = 600.0  # the same while trials are running
GRACE = 2.0  # seconds in which workers that ask hear that the search is over
LEAVE = 5.0  # seconds that workers have to end by themselves


def serve(
    chief: Chief,
    team: Team,
    announce: Callable[[str, int], None],
    say: Callable[[str], None],
    is_late: Callable[[], bool],
) -> list[tuple[int, Any]] | None:
    """Serves trials until all ended.

    Args:
        chief: Hands them out.
        team: Whom to start, and where to listen.
        announce: (ip, port) is called as soon as somebody listens there.
        say: Takes a line about workers.
        is_late: Whether the time for the search is over.

    Returns:
        None where the search came to its end; where no worker lives any more, (number, trial) of what they left.

    Raises:
        OptionError: Where nobody can listen at the address.
    """
    server, port = _listening(chief, team)
    launcher = Launcher(team.workers, team.ip, port, team.command)
    try:
        announce(team.ip, port)
        launcher.start()
        is_whole = _watch(chief, launcher, say, is_late)
        if not is_whole:
            return chief.take_back()
        _say_goodbye(chief)
        launcher.wait(LEAVE)
        return None
    finally:
        server.stop(0)
        launcher.stop()


def _watch(chief: Chief, launcher: Launcher, say: Callable[[str], None], is_late: Callable[[], bool]) -> bool:
    """Waits for the end; False where nobody is left to bring it about."""
    heard = time.monotonic()
    while not chief.is_done:
        if chief.error is not None:
            raise chief.error
        for line in launcher.tend(chief):
            say(line)
        if launcher.names and launcher.has_none_left and not set(chief.asked) - set(launcher.names):
            return False
        running = list(chief.oracle.ongoing_trials)
        heard = max(heard, *chief.asked.values(), 0.0)
        if is_late():
            chief.stop_asking()
        if time.monotonic() - heard > (QUIET if running else REMIND):
            heard = time.monotonic()
            if running:
                say(f"no trial ended for long; if {', '.join(running)} died, start it again under the same name")
            elif not launcher.names or launcher.has_none_left:
                say("no worker has asked for a trial for a minute; start one with a KERASTUNER_TUNER_ID of its own")
        time.sleep(PAUSE)
    return True


def _say_goodbye(chief: Chief) -> None:
    until = time.monotonic() + GRACE
    while set(chief.asked) - chief.told_over and time.monotonic() < until:
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
