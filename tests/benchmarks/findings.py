"""What `explore()` says of real sets: `python tests/benchmarks/findings.py [set …]`.

Printed for each set are its training rows, the seconds that explore took, and every finding that warns or fails, with
its causes; the sets of the folder that WIZARD_DATA names come first, then the samples. Nothing is left out or changed:
the sets are handed over as a user would, whole, with their training rows only. To be read beside the data: an alarm is
right only where the data have what it says.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.public_sets import FOLDER, are_at_hand, public_set

SAMPLES = {
    "digits": None, "tumours": "diagnosis", "docstrings": "library", "diabetes": "progression", "rotor": "fault",
}  # fmt: skip
PUBLIC = (
    "adult_census", "airline_passengers", "banking77", "basic_motions", "bike_sharing", "california_housing",
    "coloured_digits", "diamonds", "fashion_mnist", "german_credit", "gun_point", "italy_power", "mammography",
    "melbourne_min_temp", "mnist_test_errors", "nyc_taxis", "omniglot_136", "sign_digits", "sms_spam", "tate_year",
    "titanic_full", "trashnet", "turbofan_rul", "wine_quality",
)  # fmt: skip
ROOT = Path(__file__).resolve().parents[2] / "sample_data"


def opened(name: str, out: Path) -> Any:
    """A wizard on a set."""
    from wizard import Wizard

    options: dict[str, Any] = {"gates": "warn", "out": out / name}
    if name in SAMPLES:
        if name == "rotor":
            options |= {"modality": "series", "group": "run", "time": "ms"}
        return Wizard(ROOT / name if name == "digits" else ROOT / name / f"{name}.csv", SAMPLES[name], **options)
    both = public_set(name)
    x, y, about = both["X_train"], both["y_train"], both["meta"]
    if about["format"] == "image_folder":
        return Wizard(Path(both["path"]) / "train", **options)
    if about["format"] == "image_csv":
        x = public_set(name, images=(28, 28), gray=bool(about.get("gray", False)))["X_train"]
    if hasattr(x, "assign"):
        target = str(about["target"])
        return Wizard(x.assign(**{target: y}), target, **options)
    if about["task"] != "regression":
        y = y.astype(str)
    return Wizard((x, y), **options)


def measure(name: str, out: Path) -> tuple[int, int]:
    """Prints what explore finds in a set; returns how many findings failed and warned."""
    from wizard.core.errors import UnsupportedTaskError

    with contextlib.redirect_stdout(io.StringIO()):
        try:
            wizard = opened(name, out)
        except UnsupportedTaskError as refused:  # a lone series is forecasting
            sys.stderr.write(f"{name}: refused. {refused}\n")
            return 0, 0
        started = time.monotonic()
        wizard.explore()
    seconds = time.monotonic() - started
    result = json.loads(next(Path(wizard.report).parent.glob("1-explore/result.json")).read_bytes())
    loud = [one for one in result["findings"] if one["status"] in ("warned", "failed", "crashed")]
    print(f"{name} ({result['dataset']['n_train']:,} training rows): {seconds:.0f} s", flush=True)
    for one in loud:
        print(f"  {one['status']:7} {one['step']}: {one['headline']}")
        for cause in one["causes"]:
            print(f"          {cause['fault']} {cause['sentence']}", flush=True)
    failed, warned = (sum(one["status"] == status for one in loud) for status in ("failed", "warned"))
    return failed, warned


def main(names: list[str]) -> None:
    """Prints the table."""
    if not names:
        names = [*(PUBLIC if are_at_hand() else ()), *SAMPLES]
        if not are_at_hand():
            print(f"The public sets are left out: set {FOLDER} to the folder that holds them.")
    with tempfile.TemporaryDirectory() as out:
        counts = [measure(name, Path(out)) for name in names]
    failed, warned = (sum(column) for column in zip(*counts, strict=True))
    print(f"{len(names)} sets: {failed} findings failed, {warned} warned.")


if __name__ == "__main__":
    main(sys.argv[1:])
