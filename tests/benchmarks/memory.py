"""Peak memory of a journey over more data than may be held: `python tests/benchmarks/memory.py [folder | stream] [GB]`.

Makes pictures of 512 × 512 pixels until they take 6 GB decoded: as files in class folders, and as a tf.data pipeline
that makes them as it goes. Each case runs explore(), baseline() and a short overfit in a process of its own, whose peak
resident memory is printed; above 3 GB the exit code is 1.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

SIDE = 512
DRAWN = 32  # pictures drawn; the others are these under other noise
CLASSES = ("circles", "stripes")
GB = 10**9
ALLOWED_GB = 3.0
FREE_TIMES = 2.5  # times the data: the files or the kept stream, the encoded rows, the run folder


def picture(number: int, side: int) -> np.ndarray:
    """(side, side, 3) uint8: rings or stripes, by whether the number is even, under noise of its own."""
    random = np.random.default_rng(number)
    y, x = np.mgrid[:side, :side] / side
    shape = np.hypot(x - 0.5, y - 0.5) if number % 2 == 0 else x + random.uniform(-0.3, 0.3) * y
    wave = 90 * np.sin(shape * random.uniform(20, 40))[..., None] * random.uniform(0.3, 1, 3)
    return np.clip(128 + wave + random.integers(-30, 30, (side, side, 1)), 0, 255).astype(np.uint8)


def write_folder(folder: Path, n: int, side: int) -> None:
    """Writes n pictures as JPEG files, a folder a class: a few dozen drawn ones, each under noise of its own."""
    from PIL import Image

    for label in CLASSES:
        (folder / label).mkdir(parents=True)
    drawn = [picture(number, side).astype(np.int16) for number in range(DRAWN)]
    for number in range(n):
        noise = np.random.default_rng(number).integers(-20, 20, (side, side, 1), dtype=np.int16)
        mixed = np.clip(drawn[number % DRAWN] + noise, 0, 255).astype(np.uint8)
        Image.fromarray(mixed).save(folder / CLASSES[number % 2] / f"{number}.jpg", quality=85)


def stream(n: int, side: int) -> Any:
    """A pipeline of n pictures: a few dozen drawn ones, each with its number mixed in."""
    from wizard.core.backend import tf

    drawn = tf.constant(np.stack([picture(number, side) for number in range(DRAWN)]))

    def element(number: Any) -> tuple[Any, Any]:
        seed = tf.stack([number, tf.constant(0, "int64")])
        noise = tf.random.stateless_uniform((side, side, 1), seed, -20, 20, "int32")
        mixed = tf.cast(drawn[number % DRAWN], "int32") + noise
        return tf.cast(tf.clip_by_value(mixed, 0, 255), "uint8"), number % 2

    return tf.data.Dataset.range(n).map(element).batch(16)


def journey(case: str, n: int, side: int, work: Path) -> None:
    """Opens the data and runs the three stages in this process, and prints what each took."""
    from wizard import Wizard

    started = time.monotonic()
    data = work / "pictures" if case == "folder" else stream(n, side)
    wizard = Wizard(data, out=work / "runs", name=case, budget="10s", gates="warn")
    _say(case, "opened", started)
    for stage in ("explore", "baseline", "overfit"):
        getattr(wizard, stage)()
        _say(case, stage, started)


def _say(case: str, stage: str, started: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GB
    print(f"{case:8} {stage:9} {time.monotonic() - started:7.0f} s   peak {peak:.2f} GB", flush=True)


def main(cases: list[str], gigabytes: float) -> int:
    """Runs the cases; returns the exit code."""
    n = int(gigabytes * GB / (SIDE * SIDE * 3))
    for case in cases:
        work = Path(tempfile.mkdtemp(prefix="wizard-memory-"))
        try:
            if shutil.disk_usage(work).free < FREE_TIMES * gigabytes * GB:
                print(f"{case}: {FREE_TIMES * gigabytes:.0f} GB of free disk are needed in {work.parent}")
                return 2
            if case == "folder":
                write_folder(work / "pictures", n, SIDE)
            subprocess.run(
                [sys.executable, __file__, "--journey", case, str(n), str(work)],
                check=True, env=os.environ | {"TMPDIR": str(work)},
            )  # fmt: skip
        finally:
            shutil.rmtree(work, ignore_errors=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / GB  # of the child that took most
    is_over = peak > ALLOWED_GB
    print(f"{n:,} pictures, {gigabytes:g} GB decoded, held in {peak:.2f} GB")
    return int(is_over)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--journey"]:
        journey(sys.argv[2], int(sys.argv[3]), SIDE, Path(sys.argv[4]))
        sys.exit()
    named = [argument for argument in sys.argv[1:] if argument in ("folder", "stream")]
    sizes = [float(argument) for argument in sys.argv[1:] if argument not in ("folder", "stream")]
    sys.exit(main(named or ["folder", "stream"], sizes[0] if sizes else 6.0))
