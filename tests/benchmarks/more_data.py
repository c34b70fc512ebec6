"""Whether more_data foretells right: a curve drawn on half of the rows against the score on all of them.

    python tests/benchmarks/more_data.py [--sets a,b] [--seeds 2] [--folds]

For each set the step is run on a random half of the training rows and foretells what twice as many give, with an
interval. Then the same configuration is judged on all of them with as many steps, on the same validation rows. "Held"
counts how often the interval held the truth; the error of the foretelling stands beside that of foretelling no change.
With `--folds` there are fewer rows and folds decide, with one network each: the truth are the out-of-fold predictions
of networks on all rows for the rows of the half.
Public sets lie outside the project (WIZARD_DATA names their folder); without them those at hand are measured.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.accuracy import Part, load
from tests.stages.walk import journey_on, walk
from wizard.models.family import family, multiple

MOST = 4_000  # training rows, so that a set takes a minute or two
HELD = 1_500  # validation rows
IN_FOLDS = 1_800  # known rows where folds decide
CASES = {
    "digits_table": "mlp", "digits_pictures": "resnet", "adult_census": "mlp", "california_housing": "mlp",
    "fashion_mnist": "mlp", "sms_spam": "bag_of_ngrams", "banking77": "bag_of_ngrams", "bike_sharing": "mlp",
    "wine_quality": "mlp", "tate_year": "bag_of_ngrams", "diamonds": "mlp", "german_credit": "mlp",
}  # fmt: skip


def journey(part: Part, train: np.ndarray, held: np.ndarray, folder: Path, role: str) -> Any:
    """Rows of a set to train on, and others, to decide on ("validation") or, where folds do, for nothing ("test")."""
    task = None if part.is_class else "regression"
    if hasattr(part.x, "columns"):
        frame = part.x.assign(**{"the target": part.y})
        return journey_on(frame.iloc[train], folder, "the target", task=task, **{role: frame.iloc[held]})
    take = _taken if isinstance(part.x, list) else lambda x, rows: x[rows]
    given = {role: (take(part.x, held), part.y[held])}
    return journey_on((take(part.x, train), part.y[train]), folder, modality=part.modality, task=task, **given)


def _taken(x: list[Any], rows: np.ndarray) -> list[Any]:
    return [x[row] for row in rows]


def measure(name: str, seed: int, *, in_folds: bool) -> tuple[float, float, tuple[float, float], float, str] | None:
    """(score now, foretold, its interval, true, metric), or None where the set is not at hand."""
    part = load(name)
    if part is None:
        return None
    random = np.random.default_rng(seed)
    order = random.permutation(len(part.y))
    n_held = min(HELD, len(order) // 3)
    held, train = order[:n_held], order[n_held : n_held + (IN_FOLDS if in_folds else MOST)]
    role = "test" if in_folds else "validation"
    metric = "accuracy" if part.is_class else "rmse"
    with tempfile.TemporaryDirectory() as folder:
        half = journey(part, train[: len(train) // 2], held, Path(folder) / "half", role)
        whole = journey(part, train, held, Path(folder) / "whole", role)
        if bool(half.split.folds) != in_folds or bool(whole.split.folds) != in_folds:
            return None
        recipe = family(CASES[name]).recipe(_form(half), len(train) // 2, half.task)
        config = recipe.but(hp=_size(CASES[name], _form(half)), patience=None)
        decided = {"metric": metric, "incumbent": config, "stage_configs": {"overfit": config}}
        walked = walk(half, "regularize", "more_data", given=decided)
        finding = walked["more_data"]
        now = walked.context.shared["judged"].score
        scale = 100.0 if metric == "accuracy" else 1.0
        sign = 1.0 if metric == "accuracy" else -1.0
        if finding.measured is None or finding.interval is None:
            return None
        ends = sorted(now + sign * end / scale for end in finding.interval)
        context = walk(whole, "regularize", "class_weights", given=decided).context
        steps = config.but(epochs=multiple(config.epochs / 2, config.look_every))  # as many steps, as the step has it
        judged = context.judge(steps, 2)
        true = judged.score
        if in_folds:  # of the rows that the half was judged on: its own come first
            mine = judged.rows < len(train) // 2
            y = context.y(judged.rows[mine])
            true = float(np.mean([context.metric.score(y, p[mine], None) for p in judged.predictions]))
    return now, now + sign * finding.measured / scale, (ends[0], ends[1]), true, metric


def _form(journey: Any) -> Any:
    from wizard.core.config import TrainingConfig

    return journey.trainer.form(TrainingConfig(family="linear"))


def _size(name: str, form: Any) -> dict[str, Any]:
    rungs = family(name).ladder(form)
    return dict(rungs[len(rungs) // 2])


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", default=",".join(CASES))
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--folds", action="store_true", help="few rows, decided on in folds")
    parsed = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"{'set':20} {'seed':>4} {'half':>10} {'foretold':>10} {'interval':>23} {'true':>10}  held")
    held, errors, still = [], [], []
    for name in parsed.sets.split(","):
        for seed in range(parsed.seeds):
            found = measure(name, seed, in_folds=parsed.folds)
            if found is None:
                print(f"{name:20} {seed:4} is not at hand, or not cut like this")
                continue
            now, foretold, (low, high), true, _ = found
            is_held = low <= true <= high
            held.append(is_held)
            errors.append(abs(foretold - true) / abs(1 - now if abs(now) < 1 else now))
            still.append(abs(now - true) / abs(1 - now if abs(now) < 1 else now))
            span = f"{low:.4g} to {high:.4g}"
            told = f"{now:10.4g} {foretold:10.4g} {span:>23} {true:10.4g}"
            print(f"{name:20} {seed:4} {told}  {'yes' if is_held else 'no'}", flush=True)
    if held:
        print(f"held {sum(held)} of {len(held)}; mean error of the foretelling {np.mean(errors):.3f} of the error on "
              f"half of the rows, of foretelling no change {np.mean(still):.3f}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
