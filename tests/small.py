"""Small data sets and the parts around them, made in memory."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from wizard.core.clock import Clock
from wizard.core.config import TrainingConfig
from wizard.core.finding import Cause, Status
from wizard.core.store import Store
from wizard.data.copies import find_copies
from wizard.data.dataset import Dataset
from wizard.data.opening import Request, open_dataset
from wizard.data.split import draw_split
from wizard.data.task import infer_task
from wizard.stages.stage import steps_of
from wizard.stages.step import Outcome, Step

ROOT = Path(__file__).resolve().parent.parent


def fresh(code: str, *arguments: object, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Runs code in a new Python process that sees our checkout; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, env=env
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def some_digits(n: int) -> tuple[np.ndarray, np.ndarray]:
    """(n, 8, 8) uint8 pictures and their digits."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    return (digits.images[:n] * 15.9).astype("uint8"), digits.target[:n]


def some_rows(n: int, seed: int = 0) -> pd.DataFrame:
    """Numbers, categories and dates, some missing, under odd names; "bought" can be learnt from them."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "age": random.normal(40, 12, n).round(1),
        "a b/c.d é": random.lognormal(3, 1, n),
        "city": random.choice(["Köln", "Bonn", "Ulm"], n, p=[0.5, 0.3, 0.2]),
        "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 900, n), unit="D"),
    })  # fmt: skip
    logit = (frame["age"] - 40) / 6 + 2 * (frame["city"] == "Köln") - 1
    frame["bought"] = np.where(logit + random.normal(0, 0.5, n) > 0, "yes", "no")
    for column in ("age", "city", "since"):
        frame.loc[random.choice(n, n // 15, replace=False), column] = None
    return frame


def some_series(n: int, seed: int = 0, steps: tuple[int, int] = (24, 32)) -> tuple[list[np.ndarray], np.ndarray]:
    """Series of two channels, of several lengths and with a few gaps: a slow or a fast wave that begins anywhere."""
    random = np.random.default_rng(seed)
    names = np.resize(["fast", "slow"], n)
    series = []
    for name in names:
        t = np.arange(random.integers(steps[0], steps[1] + 1))
        wave = np.sin((1.6 if name == "fast" else 0.5) * t + random.uniform(0, 6))
        one = np.column_stack([5 + wave, random.normal(size=len(t))]) + random.normal(0, 0.1, (len(t), 2))
        one[random.integers(1, len(t) - 1), 0] = np.nan
        series.append(one.astype("float32"))
    return series, names


def as_rows(series: list[np.ndarray], labels: np.ndarray) -> pd.DataFrame:
    """The same series as a table with a step a row; steps that were not measured have none."""
    frames = [
        pd.DataFrame({"run": f"r{i}", "ms": 10 * np.arange(len(one)), "x": one[:, 0], "y": one[:, 1], "label": label})
        for i, (one, label) in enumerate(zip(series, labels, strict=True))
    ]
    return pd.concat(frames, ignore_index=True).dropna(subset=["x"]).reset_index(drop=True)


def some_amounts(n: int, seed: int = 0) -> pd.DataFrame:
    """Two numbers and a price made of them, in hundreds of thousands."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"area": random.uniform(30, 200, n), "rooms": random.integers(1, 6, n)})
    frame["price"] = 3000 * frame["area"] + 20_000 * frame["rooms"] + random.normal(0, 20_000, n)
    return frame


def some_texts(n: int, seed: int = 0) -> tuple[list[str], np.ndarray]:
    """Short texts of two kinds, each told by its words, none equal to another."""
    random = np.random.default_rng(seed)
    words = {
        "food": ["soup", "bread", "cheese", "apple", "dinner", "oven", "spice"],
        "sea": ["wave", "harbour", "sail", "tide", "anchor"],
    }
    common = ["the", "a", "of", "and", "near", "with", "my", "our", "old", "new", "good"]
    labels = random.choice(list(words), n)
    texts = [
        f"{' '.join(random.choice(common, 5))} {' '.join(random.choice(words[label], 3))} {number}"
        for number, label in enumerate(labels)
    ]
    return texts, labels


def dataset_of(raw: object, target: str | None = None, **options: object) -> Dataset:
    """Opens data as the wizard does."""
    return open_dataset(raw, Request(target=target, **options))


def trainer_for(dataset: Dataset, folder: Path, *, task: str | None = None, seed: int = 0, **options: object):
    """A trainer on a data set split as the wizard splits it."""
    from wizard.training.trainer import Trainer

    inferred = infer_task(dataset.labels, dataset.target, task, dataset.modality, dataset.outputs)
    split = draw_split(dataset, inferred, find_copies(dataset, seed).sets, seed)
    return Trainer(dataset, inferred, split, Store(folder), Clock(), **options)


def short_recipe(incumbent: TrainingConfig, failing: tuple[str, ...] = ()) -> Callable[[str], tuple[Step, ...]]:
    """A stand-in for `steps_of`: baseline to tune answer at once and decide `incumbent`; the other stages are real.

    Args:
        incumbent: The configuration that overfit finds.
        failing: Names of steps that fail.
    """
    decides = {"dumb_baselines": {"dumb_scores": {"majority class": 0.5}, "signal": True},
               "capacity_ladder": {"incumbent": incumbent, "stage_configs": {"overfit": incumbent}}}  # fmt: skip

    def answer(step: Step) -> Step:
        status: Status = "failed" if step.name in failing else "passed"
        causes = (Cause(fault="M09", sentence="Something is wired wrongly."),) if step.name in failing else ()
        outcome = Outcome(status, f"{step.name} answered.", 1.25, 0.5, unit="nats", causes=causes, advice="Look at it.",
                          decides=decides.get(step.name, {}))  # fmt: skip
        return replace(step, run=lambda context: outcome)

    def steps(stage: str) -> tuple[Step, ...]:
        return steps_of(stage) if stage in ("explore", "ensemble") else tuple(map(answer, steps_of(stage)))

    return steps


def temporary_folders(monkeypatch) -> list[Path]:
    """A list that grows by each temporary folder that anybody makes in this process from now on."""
    made: list[Path] = []
    make = tempfile.mkdtemp

    def watched(*given, **more):
        made.append(Path(make(*given, **more)))
        return str(made[-1])

    monkeypatch.setattr(tempfile, "mkdtemp", watched)
    return made
