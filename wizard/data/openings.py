"""How often each data set's test rows were opened, and by whom: a small file beside the run folders."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from wizard.core.progress import say
from wizard.core.store import write_file
from wizard.data.dataset import Dataset
from wizard.data.split import Split

FILE = ".test-openings.json"


def count_opening(folder: Path, dataset: Dataset, split: Split, key: str) -> int:
    """Counts the openings of these data's test rows by all runs in `folder`; a rerun, known by `key`, counts once."""
    path = folder / FILE
    openings = _earlier(path)
    rows = hashlib.sha256(split.test.tobytes()).hexdigest()[:12]
    own = openings.setdefault(f"{dataset.fingerprint}/{rows}", [])
    if key not in own:
        own.append(key)
        write_file(path, json.dumps(openings, indent=1).encode())
    return own.index(key) + 1


def _earlier(path: Path) -> dict[str, list[str]]:
    """Earlier openings; a file that cannot be read is kept under another name, and the count begins again."""
    if not path.is_file():
        return {}
    try:
        return {data: list(keys) for data, keys in json.loads(path.read_bytes()).items()}
    except (ValueError, AttributeError, TypeError):
        aside = path.with_name(f"{path.stem}.damaged.json")
        os.replace(path, aside)
        say(f"{path} cannot be read: it is moved to {aside}, and the openings of the test set are counted anew.")
        return {}
