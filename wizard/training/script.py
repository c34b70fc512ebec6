"""Running somebody's script as `python train.py` would, and leaving this process as it was before."""

from __future__ import annotations

import os
import runpy
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from wizard.core.backend import tf
from wizard.core.errors import NoScriptError, ScriptError, nearest

SETTINGS = (  # TensorFlow refuses these once it runs, as it does here before the script begins
    (tf.config, "set_visible_devices"),
    (tf.config, "set_logical_device_configuration"),
    (tf.config.experimental, "set_memory_growth"),
    (tf.config.experimental, "set_visible_devices"),
    (tf.config.experimental, "set_virtual_device_configuration"),
    (tf.config.threading, "set_intra_op_parallelism_threads"),
    (tf.config.threading, "set_inter_op_parallelism_threads"),
)


def found(path: str | os.PathLike[str]) -> Path:
    """The script's full path.

    Raises:
        NoScriptError: If there is none, or it is not written in Python.
    """
    script = Path(path).expanduser().resolve()
    if not script.is_file():
        beside = [p.name for p in script.parent.glob("*.py")] if script.parent.is_dir() else []
        raise NoScriptError(f"The training script must exist. Received: {path}.{nearest(script.name, beside)}")
    if script.suffix == ".ipynb":
        raise NoScriptError(
            f"The training script must be Python. Received: {path}, a notebook. "
            f"Write it out first: jupyter nbconvert --to script {script.name}"
        )
    return script


def run(script: Path, arguments: Sequence[str]) -> None:
    """Runs a script as the main program, in its own folder and with its own arguments."""
    with _as_main_program(script, arguments), _settings_too_late():
        runpy.run_path(str(script), run_name="__main__")


@contextmanager
def _as_main_program(script: Path, arguments: Sequence[str]) -> Iterator[None]:
    folder, argv, path, modules = os.getcwd(), sys.argv, list(sys.path), set(sys.modules)
    has_backend = "MPLBACKEND" in os.environ
    os.environ.setdefault("MPLBACKEND", "Agg")  # a window before fit would wait to be closed
    sys.argv = [str(script), *map(str, arguments)]
    sys.path.insert(0, str(script.parent))
    os.chdir(script.parent)
    try:
        yield
    finally:
        os.chdir(folder)
        sys.argv, sys.path[:] = argv, path
        if not has_backend:
            os.environ.pop("MPLBACKEND", None)
        for name in set(sys.modules) - modules:  # another script's module of that name must not be taken for it
            is_ours = name.partition(".")[0] == __name__.partition(".")[0]
            if not is_ours and is_own(getattr(sys.modules[name], "__file__", None), script.parent):
                del sys.modules[name]


@contextmanager
def _settings_too_late() -> Iterator[None]:
    """Lets scripts choose devices and threads in vain, instead of breaking because TensorFlow already runs."""
    originals = [(place, name, getattr(place, name)) for place, name in SETTINGS]
    for place, name, original in originals:
        setattr(place, name, _forgiving(original))
    try:
        yield
    finally:
        for place, name, original in originals:
            setattr(place, name, original)


def _forgiving(setting: Any) -> Any:
    def set_if_possible(*args: Any, **kwargs: Any) -> None:
        with suppress(RuntimeError):  # "cannot be modified after being initialized"
            setting(*args, **kwargs)

    return set_if_possible


def is_own(file: str | None, folder: Path) -> bool:
    """Whether a file is one of the user's beside the script, and not of an installed package."""
    return bool(file) and Path(str(file)).is_relative_to(folder) and "site-packages" not in Path(str(file)).parts


def broken(error: BaseException, folder: Path | None, must: str) -> ScriptError:
    """What to say of an exception that a script raised by itself, after a sentence on what must hold."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [i for i, frame in enumerate(frames) if folder and is_own(frame.filename, folder)]
    where = f" in {Path(frames[own[-1]].filename).name}, line {frames[own[-1]].lineno}" if own else ""
    if isinstance(error, SyntaxError) and error.lineno:
        where = f" in {Path(error.filename or 'a file').name}, line {error.lineno}"
    reason = (str(error).strip() or "without a message").splitlines()[0]
    details = "".join(
        [
            "Traceback (most recent call last):\n",
            *traceback.format_list(frames[own[0] :] if own else frames),
            *traceback.format_exception_only(error),
        ]
    )
    return ScriptError(
        f"{must} Received: {type(error).__name__}{where} ({reason:.300}). "
        "Run it with Python alone and repair that first.",
        details,
    )
