"""Wrong labels put in on purpose, and what is found of them: `python tests/benchmarks/label_noise.py [set …]`.

Uniform and class-pair noise of 0, 2, 5, 10 and 20% goes into the samples and into public sets; printed are the rate's
interval and whether it holds the truth, precision and recall of the rows called wrong, and the average precision of
the ranking beside cleanlab's from the same probabilities. The public sets are looked for in the folder that
WIZARD_BENCHMARK_DATA names (with a `load.py`); without it only the samples are measured.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = {"digits": None, "tumours": "diagnosis", "docstrings": "library"}
PUBLIC = ("mnist_test_errors", "sms_spam", "fashion_mnist", "coloured_digits", "banking77", "adult_census")
ROWS = 2_000  # of a set: minutes in all
SHARES = (0.0, 0.02, 0.05, 0.1, 0.2)
FOLDER = "WIZARD_BENCHMARK_DATA"


def read(name: str) -> tuple[Any, np.ndarray]:
    """Inputs and labels of a set, at most `ROWS` of them."""
    import pandas as pd

    if name == "digits":
        from sklearn.datasets import load_digits

        both = load_digits()
        return (both.images * 15.9).astype("uint8"), both.target.astype(str)
    if name in SAMPLES:
        frame = pd.read_csv(ROOT / "sample_data" / name / f"{name}.csv")
        labels = frame.pop(str(SAMPLES[name])).astype(str).to_numpy()
        return (frame["text"].tolist() if name == "docstrings" else frame), labels
    sys.path.insert(0, os.environ[FOLDER])
    from load import load  # type: ignore[import-not-found]

    both = load(name)
    part = "test" if name == "mnist_test_errors" else "train"
    x, y = both[f"X_{part}"], np.asarray(both[f"y_{part}"]).astype(str)
    some = np.sort(np.random.default_rng(0).permutation(len(y))[:ROWS])
    if isinstance(x, pd.DataFrame):
        return x.iloc[some].reset_index(drop=True), y[some]
    return ([x[i] for i in some] if isinstance(x, list) else x[some]), y[some]


def with_noise(y: np.ndarray, kind: str, share: float) -> np.ndarray:
    """Labels of which a share is another class: any other, or for every second class the next one."""
    classes, codes = np.unique(y, return_inverse=True)
    random, k = np.random.default_rng(round(1000 * share)), len(classes)
    is_wrong = random.random(len(y)) < share
    if kind == "pair":
        is_wrong &= (codes % 2 == 0) & (codes < k - 1)
    step = 1 if kind == "pair" else random.integers(1, k, len(y))
    return classes[np.where(is_wrong, (codes + step) % k, codes)]


def measure(name: str, kind: str, share: float) -> tuple[bool, bool]:
    """Prints a line; returns whether the interval holds the rate, and whether noise was claimed."""
    from cleanlab.rank import get_label_quality_scores
    from scipy.special import softmax
    from sklearn.metrics import average_precision_score

    from tests.stages.walk import context_of, journey_on
    from wizard.stages.suspects import suspects

    x, y = read(name)
    given = with_noise(y, kind, share)
    with tempfile.TemporaryDirectory() as folder:
        is_table = hasattr(x, "assign")
        raw: Any = x.assign(label_=given) if is_table else (x, given)
        journey = journey_on(raw, Path(folder), "label_" if is_table else None, task="classification")
        context = context_of(journey, "explore")
        found = suspects(context)
        codes = context.y(found.rows)
    is_wrong = (given != y)[found.rows]
    rate, truth, called = found.rates[0], float(is_wrong.mean()), found.is_called
    is_inside = rate.low <= truth <= rate.high
    line = f"{name:18} {kind:8} {truth:6.3f}  [{rate.low:.3f}, {rate.high:.3f}] {'holds' if is_inside else 'MISS':5}"
    line += f" {'claimed' if found.is_found[0] else '-':8} {int(called.sum()):5d} called"
    if is_wrong.any():
        theirs = 1 - get_label_quality_scores(codes, softmax(7 * found.predicted, axis=1))
        precision = f"{is_wrong[called].mean():.2f}" if called.any() else "  - "
        line += f"  precision {precision} recall {is_wrong[called].sum() / is_wrong.sum():.2f}"
        line += f"  ranking {average_precision_score(is_wrong, found.score):.3f}"
        line += f" (cleanlab {average_precision_score(is_wrong, theirs):.3f})"
    print(line, flush=True)
    return is_inside, found.is_found[0]


def main(names: list[str]) -> None:
    """Measures sets under both kinds of noise and prints how often the interval held the truth."""
    if FOLDER not in os.environ:
        print(f"The public sets are left out: set {FOLDER} to the folder that holds them.")
        names = [name for name in names if name in SAMPLES]
    held = [
        measure(name, kind, share)[0]
        for name in names
        for kind in ("uniform", "pair")
        for share in SHARES
        if share or kind == "uniform"
    ]
    print(f"The interval held the rate in {sum(held)} of {len(held)} cases.")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(sys.argv[1:] or [*SAMPLES, *PUBLIC])
