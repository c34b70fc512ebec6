"""Shares a drill's cases among processes, one a core: `python -m tests.drills.shards DRILL FOLDER NUMBER OF`.

What came of each case lies in the folder. So each process may be stopped and started again, and whoever asks afterwards
finds everything remembered.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
Task = Callable[[], Any]


def shared_out(drill: str, folder: Path) -> None:
    """Runs all cases of a drill ("explore", "networks", "late") and their kill tests.

    Raises:
        RuntimeError: If a process ends badly; what the others did is kept.
    """
    n = os.cpu_count() or 1
    own = {**os.environ, **ONE_THREAD}
    command = [sys.executable, "-m", "tests.drills.shards", drill, str(folder)]
    processes = [subprocess.Popen([*command, str(i), str(n)], cwd=ROOT, env=own) for i in range(n)]
    ends = [process.wait() for process in processes]
    if any(ends):
        raise RuntimeError(f"A process of the drill {drill!r} ended badly.")


def tasks(drill: str, folder: Path) -> Iterator[tuple[Any, Task]]:
    """(what must stay in one process, as it shares something, and the task itself)."""
    from tests.drills import drill as explore
    from tests.drills import kill, late, net_drill

    if drill == "explore":
        for case in explore.cases():
            yield case.name, partial(explore.run, case, folder)
        for case in explore.cases(1):
            if case.fault is not None:
                yield f"kill {case.name}", partial(kill.does_harm, case.fault, case.material, folder / "kill")
    elif drill == "networks":
        for name, material, seed in net_drill.cases():
            yield (material, seed), partial(net_drill.run, name, material, seed, folder)
        for name, material, _ in net_drill.cases(1):
            kind, _, fault = name.partition(" ")
            if kind == "fault":
                yield (material, 0), partial(net_drill.does_harm, fault, material, folder)
    else:
        for one, material, seed in late.cases(2):
            yield (material.name, seed), partial(late.run, one, material, seed, folder)


def main(drill: str, folder: str, number: str, of: str) -> None:
    """Does the tasks of one process."""
    groups: dict[Any, list[Task]] = {}
    for group, task in tasks(drill, Path(folder)):
        groups.setdefault(group, []).append(task)
    for own in list(groups.values())[int(number) :: int(of)]:
        for task in own:
            task()


if __name__ == "__main__":
    main(*sys.argv[1:])
