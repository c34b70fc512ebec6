"""What to say to data and tasks that no door fits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wizard.core.errors import DataError, NotAvailableError, UnsupportedTaskError, WizardError, nearest

FOREIGN = ("torch",)
OWN_TYPES = ("tensorflow", "keras", "tensorflow_datasets", "datasets", "torch")  # whose objects may be data sets
OPENED = "datasets."  # of these: has a door of its own, which knows its kinds
SCHEMES = ("keras:",)
OPENED_BY_NAME = "tfds:"
ELSEWHERE = {
    "forecast": "forecasting (predicting the future of a series)",
    "segment": "segmentation (a label for every pixel)",
    "detect": "detection (boxes around things)",
    "cluster": "clustering (there is nothing to compare a prediction with)",
    "generat": "generation",
    "translat": "translation",
    "rank": "ranking",
}
SAME_SUFFIX = "Tables end in .csv, .tsv, .jsonl, .json or .parquet."


def refuse_task(task: str | None) -> None:
    """Refuses tasks that the library does not do."""
    for word, what in ELSEWHERE.items():
        if word in str(task).lower():
            raise UnsupportedTaskError(
                f'`task` must be "classification" or "regression". Received: {task!r}. '
                f"{what[0].upper()}{what[1:]} is not what this library is for."
            )


@contextmanager
def data_at_hand() -> Iterator[None]:
    """Turns what the system says of a file, a folder or text that cannot be read into an error of ours."""
    try:
        yield
    except WizardError:
        raise
    except UnicodeEncodeError as error:
        raise DataError(
            f"Text must be whole characters. Received: {error.object[error.start : error.end]!r}, half of a pair "
            '(a "surrogate"). Mend it: text.encode("utf-8", "replace").decode().'
        ) from error
    except OSError as error:
        raise DataError(
            f"Every file and folder of the data must be readable. Received: {error.filename or 'one that is not'} "
            f"({error.strerror or error}). Check its rights and that its disk is there."
        ) from error


def refuse_raw(raw: Any) -> None:
    """Refuses what is known but not opened yet, and paths that lead nowhere."""
    kinds = [f"{c.__module__}.{c.__name__}" for c in type(raw).__mro__]
    is_foreign = any(kind.split(".")[0] in FOREIGN for kind in kinds)
    if isinstance(raw, str) and raw.lower().startswith("hf:"):
        raise NotAvailableError(
            f"Data sets are not fetched by name. Received: {raw!r}. "
            f"Load it yourself and pass the object: Wizard(datasets.load_dataset({raw[3:]!r}))."
        )
    if is_foreign or (isinstance(raw, str) and raw.lower().startswith(SCHEMES)):
        what = f"{raw!r}" if isinstance(raw, str) else f"a {kinds[0]}"
        raise NotAvailableError(
            f"Data must be of NumPy, pandas, TensorFlow, Keras or Hugging Face. Received: {what}. "
            "Take the examples out into arrays and pass (x, y)."
        )
    if isinstance(raw, str) and raw.lower().startswith(OPENED_BY_NAME):
        return
    if isinstance(raw, str | Path):
        _refuse_missing(Path(raw))


def _refuse_missing(path: Path) -> None:
    try:
        is_there = path.exists()
    except (OSError, ValueError) as error:
        raise DataError(f"A path must be usable. Received: {str(path)[:80]!r} ({error}).") from error
    if is_there:
        if path.is_dir() and not any(path.iterdir()):
            raise DataError(f"A folder of data must have something in it. Received: {path}, which is empty.")
        return
    if path.is_symlink():
        raise DataError(
            f"A path must lead to a file or folder. Received: {str(path)!r}, a link that leads nowhere or to itself."
        )
    parent = path.parent
    while not parent.exists() and parent != parent.parent:
        parent = parent.parent
    lost = path.relative_to(parent).parts[0]
    near = nearest(lost, (p.name for p in parent.iterdir())) if parent.is_dir() else ""
    raise DataError(
        f"A path must lead to a file or folder. Received: {str(path)!r}, but {str(parent)!r} has no {lost!r}.{near}"
    )


def kind_of(value: Any) -> str:
    """Names the kind of a value, with its shape where it has one."""
    shape = f" of shape {value.shape}" if hasattr(value, "shape") else ""
    return f"{type(value).__name__}{shape}"


def no_door(raw: Any, descriptions: list[str]) -> DataError:
    """Returns the error that lists everything that is accepted."""
    accepted = "\n".join(f"  - {line}" for line in descriptions)
    return DataError(f"The data must be one of:\n{accepted}\nReceived: {_received(raw)}")


def _received(raw: Any) -> str:
    if isinstance(raw, str | Path):
        path = Path(raw)
        if path.is_dir():
            kinds = sorted({p.suffix.lower() or "no suffix" for p in path.rglob("*") if p.is_file()})
            if not kinds:
                return f"the folder {path}, in which there are no files."
            return (
                f"the folder {path} with files of these kinds: {', '.join(kinds[:8])}. "
                "Pictures and texts need a folder for each class, pictures else a CSV on top that names them; a table "
                "needs its file or files."
            )
        return f"the file {path}. {SAME_SUFFIX}"
    if isinstance(raw, list) and raw and all(isinstance(one, str | Path) for one in raw):
        return (
            f"a list of {len(raw):,} paths or texts without labels. Pass labels beside it: Wizard((paths, y)); "
            "or, for pictures, a folder with a folder for each class."
        )
    if isinstance(raw, list) and len(raw) == 2:
        return "a list of two. If these are x and y, pass a tuple: Wizard((x, y))."
    if isinstance(raw, tuple) and len(raw) == 3:
        return "a tuple of three. If the third is a weight, pass Wizard((x, y), weight=w)."
    hint = " Labels are needed too: pass (x, y)." if hasattr(raw, "shape") or isinstance(raw, list) else ""
    return f"{kind_of(raw)}.{hint}"
