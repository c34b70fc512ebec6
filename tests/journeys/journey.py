"""A small journey as a script of its own, for tests in fresh processes: `python -m … SAMPLE OUT [ROWS]`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

SAMPLES = {
    "digits": ("digits", None),
    "table": ("tumours/tumours.csv", "diagnosis"),
    "regression": ("diabetes/diabetes.csv", "progression"),
}


def raw(sample: str, rows: int):
    """The first rows of a sample, spread over its whole length; pictures as arrays."""
    import numpy as np

    from wizard.core.shipped import shipped

    path, target = SAMPLES[sample]
    source = shipped("sample_data") / path
    if target is not None:
        import pandas as pd

        frame = pd.read_csv(source)
        return frame.iloc[:: max(1, len(frame) // rows)].head(rows), target
    from PIL import Image

    files = sorted(source.glob("*/*.png"))
    files = files[:: max(1, len(files) // rows)][:rows]
    pictures = np.stack([np.asarray(Image.open(file)) for file in files])[..., None]
    return (pictures, np.array([file.parent.name for file in files])), None


def walk(sample: str, out: Path, rows: int = 240):
    """All six stages at less than the smallest effort: every step runs, none for long."""
    from wizard import Wizard
    from wizard.core.budget import EFFORTS

    EFFORTS["quick"] = replace(EFFORTS["quick"], epochs=0.3, rungs=2, steps=100)

    data, target = raw(sample, rows)
    wizard = Wizard(data, target, budget="quick", out=out, name=sample, gates="warn")
    return wizard.explore(examples=40).baseline().overfit().regularize(skip="weight_decay").tune(trials=2).ensemble()


def without_teachers(wizard) -> set[str]:
    """The step that is skipped where one network is handed over, as there are no several to learn from."""
    return {"distill"} if "handed over alone" in wizard.results["ensemble"].finding("members").headline else set()


if __name__ == "__main__":
    walk(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))
