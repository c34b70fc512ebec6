"""Weights of classes become weights of examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from wizard.core.errors import OptionError, nearest, shortened
from wizard.data.dataset import Dataset
from wizard.data.task import name_of


def weighed(dataset: Dataset, by_class: Mapping[Any, Any]) -> Dataset:
    """Gives every example the weight of its class; classes that are not named weigh 1.

    Args:
        dataset: Of examples with one class each.
        by_class: {class: positive number}.

    Raises:
        OptionError: For a class that the labels do not have, a weight that is no positive number, or labels that are no
            classes.
    """
    if dataset.outputs:
        raise OptionError(
            "weight={class: number} needs one class an example. Received: examples with several labels or targets. "
            "Pass one weight an example instead: weight=array."
        )
    names = np.array([name_of(label) for label in dataset.labels.tolist()], dtype=object)
    known = sorted(set(names.tolist()))
    weights = {name_of(name): weight for name, weight in by_class.items()}
    for name, weight in weights.items():
        if name not in known:
            raise OptionError(
                f"weight={{class: number}} must name classes of {dataset.target!r}: {shortened(known)}. "
                f"Received: {name!r}.{nearest(name, known)}"
            )
        is_number = isinstance(weight, int | float | np.number) and not isinstance(weight, bool)
        if not (is_number and np.isfinite(weight) and weight > 0):
            raise OptionError(f"The weight of a class must be a positive number. Received: {weight!r} for {name!r}.")
    weight = np.array([float(weights.get(name, 1.0)) for name in names.tolist()])
    return replace(dataset, weight=weight, fingerprint="")
