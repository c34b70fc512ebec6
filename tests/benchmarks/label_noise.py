"""Wrong labels put in on purpose, and what is found of them: `python tests/benchmarks/label_noise.py [set …]`.

Uniform and class-pair noise of 0, 2, 5, 10 and 20% goes into the samples and into public sets, and numbers of other
rows into sets whose target is one; printed are the rate's interval and whether it holds the truth, precision and recall
of the rows called wrong, and the average precision of the ranking beside cleanlab's from the same predictions. The
public sets are looked for in the folder that WIZARD_DATA names; without it only the samples are measured.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.public_sets import FOLDER, are_at_hand, public_set

if TYPE_CHECKING:
    from wizard.stages.suspects import Suspects

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = {"digits": None, "tumours": "diagnosis", "docstrings": "library"}
PUBLIC = ("mnist_test_errors", "sms_spam", "fashion_mnist", "coloured_digits", "banking77", "adult_census")
EASY = ("digits", "tumours", "sms_spam", "mnist_test_errors", "coloured_digits")  # classes that are told well
NUMBERS = {"diabetes": "progression", "california_housing": None, "diamonds": None, "tate_year": None}  # to predict
VERIFIED = 4_000  # of the test pictures of MNIST, those that people looked at among them
MORE = 5  # draws of 5% uniform noise in these
ROWS = 2_000  # of a set: minutes in all
SHARES = (0.0, 0.02, 0.05, 0.1, 0.2)


def read(name: str) -> tuple[Any, np.ndarray]:
    """Inputs and labels of a set, at most `ROWS` of them."""
    import pandas as pd

    if name == "digits":
        from sklearn.datasets import load_digits

        both = load_digits()
        return (both.images * 15.9).astype("uint8"), both.target.astype(str)
    if name in SAMPLES or name == "diabetes":
        frame = pd.read_csv(ROOT / "sample_data" / name / f"{name}.csv")
        labels = frame.pop(str(SAMPLES.get(name) or NUMBERS[name])).to_numpy()
        labels = labels if name in NUMBERS else labels.astype(str)
        return (frame["text"].tolist() if name == "docstrings" else frame), labels
    both = public_set(name)
    part = "test" if name == "mnist_test_errors" else "train"
    x, y = both[f"X_{part}"], np.asarray(both[f"y_{part}"])
    y = y.astype("float64") if name in NUMBERS else y.astype(str)
    some = np.sort(np.random.default_rng(0).permutation(len(y))[:ROWS])
    if isinstance(x, pd.DataFrame):
        return x.iloc[some].reset_index(drop=True), y[some]
    return ([x[i] for i in some] if isinstance(x, list) else x[some]), y[some]


def with_noise(y: np.ndarray, kind: str, share: float, seed: int = 0) -> np.ndarray:
    """Labels of which a share is another: any class, for every second class the next one, or another row's number."""
    if kind == "numbers":
        random = np.random.default_rng([round(1000 * share), seed])
        return np.where(random.random(len(y)) < share, random.permutation(y), y)
    classes, codes = np.unique(y, return_inverse=True)
    random, k = np.random.default_rng([round(1000 * share), seed]), len(classes)
    is_wrong = random.random(len(y)) < share
    if kind == "pair":
        is_wrong &= (codes % 2 == 0) & (codes < k - 1)
    step = 1 if kind == "pair" else random.integers(1, k, len(y))
    return classes[np.where(is_wrong, (codes + step) % k, codes)]


@dataclass(frozen=True)
class Measured:
    """What was found of one set of wrong labels: precision and recall of the rows called wrong, nan for none."""

    is_inside: bool
    is_claimed: bool
    precision: float
    recall: float


def measure(name: str, kind: str, share: float, seed: int = 0) -> Measured:
    """Prints a line and returns what it says."""
    from wizard.stages.suspects import suspects

    x, y = read(name)
    given = with_noise(y, kind, share, seed)
    with tempfile.TemporaryDirectory() as folder:
        is_table = hasattr(x, "assign")
        raw: Any = x.assign(label_=given) if is_table else (x, given)
        context = opened(raw, Path(folder), "label_" if is_table else None, kind)
        found = suspects(context)
        codes = context.y(found.rows)
    return told(f"{name:18} {kind:8}", (given != y)[found.rows], found, codes)


def told(name: str, is_wrong: np.ndarray, found: Suspects, codes: np.ndarray) -> Measured:
    """Prints what was found of wrong labels beside what is known of them."""
    from sklearn.metrics import average_precision_score

    rate, truth, called = found.rates[0], float(is_wrong.mean()), found.is_called
    precision = float(is_wrong[called].mean()) if called.any() else float("nan")
    recall = float(is_wrong[called].sum() / is_wrong.sum()) if is_wrong.any() else float("nan")
    is_inside = rate.low <= truth <= rate.high
    line = f"{name} {truth:6.3f}  [{rate.low:.3f}, {rate.high:.3f}] {'holds' if is_inside else 'MISS':5}"
    line += f" {'claimed' if found.is_found[0] else '-':8} {int(called.sum()):5d} called"
    if is_wrong.any():
        theirs = cleanlabs(codes, found.predicted)
        line += f"  precision {precision:.2f} recall {recall:.2f}"
        line += f"  ranking {average_precision_score(is_wrong, found.score):.3f}"
        line += f" (cleanlab {average_precision_score(is_wrong, theirs):.3f})"
    print(line, flush=True)
    return Measured(is_inside, found.is_found[0], precision, recall)


def cleanlabs(y: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """(n,) how suspect cleanlab finds labels, from the same predictions."""
    from cleanlab import rank
    from cleanlab.regression import rank as of_numbers
    from scipy.special import softmax

    if y.dtype.kind == "f":
        return 1 - of_numbers.get_label_quality_scores(y.ravel(), predicted.ravel())
    return 1 - rank.get_label_quality_scores(y, softmax(7 * predicted, axis=1))


def verified() -> None:
    """What is found of the test labels of MNIST that people disagree with (Northcutt, Athalye and Mueller 2021).

    Five people looked at 100 of the 10,000, those that a model found most suspect, and at 15 of them most disagreed.
    """
    from sklearn.metrics import average_precision_score

    from wizard.stages.suspects import suspects

    both = public_set("mnist_test_errors")
    seen, y = both["truth"]["table"], np.asarray(both["y_test"])
    others = np.setdiff1d(np.arange(len(y)), seen["test_index"])
    some = np.sort([*seen["test_index"], *np.random.default_rng(0).permutation(others)[: VERIFIED - len(seen)]])
    with tempfile.TemporaryDirectory() as folder:
        context = opened((both["X_test"][some], y[some].astype(str)), Path(folder), None)
        found = suspects(context)
        codes = context.y(found.rows)
    at = some[found.rows]
    is_error = np.isin(at, seen["test_index"][seen["is_error"] == 1])
    is_seen = np.isin(at, seen["test_index"])
    theirs = cleanlabs(codes, found.predicted)
    for name, score in (("ours", found.score), ("cleanlab's", theirs)):
        first = np.argsort(-score, kind="stable")[: int(is_error.sum())]
        print(
            f"MNIST's verified errors, {name} ranking: {int(is_error[first].sum())} of {int(is_error.sum())} among as "
            f"many first of {len(at):,}; average precision {average_precision_score(is_error, score):.3f}, "
            f"among the {int(is_seen.sum())} that people saw "
            f"{average_precision_score(is_error[is_seen], score[is_seen]):.3f}"
        )
    rate, called = found.rates[0], found.is_called
    print(
        f"Their rate here is {is_error.mean():.4f} at least; found [{rate.low:.4f}, {rate.high:.4f}], "
        f"{'claimed' if found.is_found[0] else 'not claimed'}; {int(called.sum())} called, "
        f"{int(is_error[called].sum())} of them verified."
    )


def opened(raw: Any, folder: Path, target: str | None, kind: str = "") -> Any:
    """The context of explore on data as a user would bring them."""
    from tests.stages.walk import context_of, journey_on

    task = "regression" if kind == "numbers" else "classification"
    return context_of(journey_on(raw, folder, target, task=task), "explore")


def main(names: list[str]) -> None:
    """Measures sets under both kinds of noise; prints how often the interval held and what is named at 5%."""
    if not are_at_hand():
        print(f"The public sets are left out: set {FOLDER} to the folder that holds them.")
        names = [name for name in names if name in (*SAMPLES, "diabetes")]
    held, easy = [], []
    for name in names:
        kinds = ("numbers",) if name in NUMBERS else ("uniform", "pair")
        cases = [(kind, share) for kind in kinds for share in SHARES if share or kind != "pair"]
        held += [measure(name, kind, share).is_inside for kind, share in cases]
        if name in EASY:
            easy += [measure(name, "uniform", 0.05, seed) for seed in range(1, 1 + MORE)]
            precision, recall = (
                np.nanmean([getattr(one, what) for one in easy[-MORE:]]) for what in ("precision", "recall")
            )
            print(f"{name}: precision {precision:.2f} and recall {recall:.2f} at 5%, means of {MORE} draws", flush=True)
    print(f"The interval held the rate in {sum(held)} of {len(held)} cases.")
    if "mnist_test_errors" in names:
        verified()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(sys.argv[1:] or [*SAMPLES, *PUBLIC, *NUMBERS])
