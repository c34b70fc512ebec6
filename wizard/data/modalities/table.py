"""Tables: numbers to normal scores, categories to codes, dates to parts, missing values to indicators."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from wizard.core.config import HpValue
from wizard.core.keys import content_key
from wizard.data.dataset import Dataset, Examples
from wizard.data.form import FeaturesForm
from wizard.data.rows import TableExamples

RARE = 2  # a category seen in fewer training rows counts as unknown, so that "unknown" is learnt as well
MOST_CATEGORIES = 1000  # values of one column beyond this many, by frequency, count as unknown
BATCH = 8192  # rows encoded at a time
DATE_PARTS = ("moment", "hour", "season sin", "season cos", "weekday sin", "weekday cos", "clock sin", "clock cos")


class TablePreparation:
    """Typed rows -> tensors "numeric" (n, d) float32 and "categories" (n, m) int32; fitted on training rows."""

    def __init__(
        self,
        numbers: list[str],
        categories: list[str],
        dates: list[str],
        layers: dict[str, Any],
        everything: tuple[list[str], list[str], list[str]] | None = None,
    ) -> None:
        """Holds column names by kind, the fitted layers (see `fit`), and by kind all columns that the table has."""
        self.numbers, self.categories, self.dates = numbers, categories, dates
        self.everything = everything or (numbers, categories, dates)
        self.layers = layers
        names = numbers + [f"{date} {part}" for date in dates for part in DATE_PARTS]
        if "quantile" in layers:
            names += [f"{names[number]} is missing" for number in layers["quantile"].indicators]
        codes = layers.get("codes")
        self.form = FeaturesForm(
            numeric=tuple(names),
            categories=tuple(categories),
            cardinalities=tuple(len(vocabulary) + 2 for vocabulary in codes.vocabularies) if codes else (),
        )

    @classmethod
    def fit(cls, dataset: Dataset, rows: np.ndarray, settings: dict[str, HpValue]) -> TablePreparation:
        """Fits quantiles and vocabularies to the training rows; `settings` may leave columns out: see `without`."""
        from wizard.core.backend import keras  # noqa: F401  loads Keras quietly before its layers
        from wizard.data.layers import CategoryCodes, DateParts, QuantileNormal

        by_kind: dict[str, list[str]] = {"number": [], "category": [], "date": []}
        for column in dataset.columns:
            by_kind[column.kind].append(column.name)
        everything = by_kind["number"], by_kind["category"], by_kind["date"]
        left_out = json.loads(str(settings.get("leave_out", "[]")))
        numbers, categories, dates = ([name for name in names if name not in left_out] for names in everything)
        blank = cls(numbers, categories, dates, {}, everything)
        raw = blank._matrices(dataset.examples.take(rows))
        layers: dict[str, Any] = {}
        columns = [raw["numbers"]] if blank.numbers else []
        if blank.dates:
            layers["dates"] = DateParts(name="date_parts")
            columns.append(np.asarray(layers["dates"](_tensors(raw)["dates"])))
        if columns:
            layers["quantile"] = QuantileNormal.fitted(np.concatenate(columns, axis=1), name="quantile_normal")
        if blank.categories:
            layers["codes"] = CategoryCodes([_vocabulary(c) for c in raw["categories"].T], name="category_codes")
        return cls(numbers, categories, dates, layers, everything)

    @property
    def key(self) -> str:
        """Content key of what was fitted."""
        fitted = {name: layer.get_config() for name, layer in sorted(self.layers.items())}
        return content_key("table", self.numbers, self.categories, self.dates, fitted)

    def encode(self, examples: Examples) -> dict[str, np.ndarray]:
        """Typed rows to {"numeric": (n, d), "categories": (n, m)}, as far as the table has such columns."""
        raw = self._matrices(examples)
        blocks: dict[str, list[np.ndarray]] = {}
        for start in range(0, max(len(examples), 1), BATCH):
            rows = {name: values[start : start + BATCH] for name, values in raw.items()}
            block = self.apply(_tensors(rows), stacked=True)
            for name, values in block.items():
                blocks.setdefault(name, []).append(np.asarray(values))
        return {name: np.concatenate(parts) for name, parts in blocks.items()}

    def raw_inputs(self) -> dict[str, Any]:
        """Symbolic raw inputs of a predictor: a column each, numbers float64, the others strings, (b,)."""
        from wizard.core.backend import keras

        places = [name for names in self.everything for name in names]
        kinds = dict.fromkeys(self.numbers, "float64") | dict.fromkeys(self.categories + self.dates, "string")
        return {
            name: keras.Input((), dtype=kind, name=f"column_{places.index(name)}")  # "a/b" is no name for a layer
            for name, kind in kinds.items()
        }

    def apply(self, raw: dict[str, Any], stacked: bool = False) -> dict[str, Any]:
        """Raw columns (or, `stacked`, their matrices by kind) to the network's inputs; symbolic or not."""
        if not stacked:
            raw = self._stack(raw)
        numeric = [raw["numbers"]] if self.numbers else []
        if self.dates:
            numeric.append(self.layers["dates"](raw["dates"]))
        encoded = {}
        if numeric:
            from wizard.core.backend import keras

            joined = keras.ops.concatenate(numeric, axis=1) if len(numeric) > 1 else numeric[0]
            encoded["numeric"] = self.layers["quantile"](joined)
        if self.categories:
            encoded["categories"] = self.layers["codes"](raw["categories"])
        return encoded

    def raw_batch(self, examples: Examples) -> list[tuple[np.ndarray, dict[str, np.ndarray]]]:
        """Raw examples, all columns, as predictor inputs: one (positions, {column: (n,)}) pair."""
        whole = TablePreparation(*self.everything, {})
        raw = whole._matrices(examples)
        kinds = (("numbers", whole.numbers), ("categories", whole.categories), ("dates", whole.dates))
        batch = {name: raw[kind][:, i] for kind, names in kinds for i, name in enumerate(names)}
        return [(np.arange(len(examples)), batch)]

    def describe(self) -> dict[str, Any]:
        """What is done to the columns, for pages."""
        return {
            "numbers": f"{len(self.numbers)} columns to normal scores through their training quantiles",
            "categories": f"{len(self.categories)} columns to codes; unknown and missing have codes of their own",
            "dates": f"{len(self.dates)} columns to moment, season, weekday and time of day",
            "missing": f"{sum('is missing' in name for name in self.form.numeric)} indicator features",
        }

    def _stack(self, raw: dict[str, Any]) -> dict[str, Any]:
        from wizard.data.layers import Columns

        kinds = (("numbers", self.numbers), ("categories", self.categories), ("dates", self.dates))
        return {kind: Columns(name=f"{kind}_columns")([raw[name] for name in names]) for kind, names in kinds if names}

    def _matrices(self, examples: Examples) -> dict[str, np.ndarray]:
        frame = TableExamples.of(examples).frame
        raw: dict[str, np.ndarray] = {}
        if self.numbers:
            raw["numbers"] = frame[self.numbers].to_numpy("float64")
        if self.categories:
            raw["categories"] = frame[self.categories].to_numpy(dtype=object).astype(str)
        if self.dates:
            iso = [frame[name].dt.strftime("%Y-%m-%dT%H:%M:%S").fillna("") for name in self.dates]
            raw["dates"] = np.column_stack([column.to_numpy(dtype=object).astype(str) for column in iso])
        return raw


def without(columns: Sequence[str]) -> dict[str, HpValue]:
    """The setting that leaves columns out: a setting is one value, and JSON takes any name."""
    return {"leave_out": json.dumps(sorted(columns), ensure_ascii=False)} if columns else {}


def in_words(dataset: Dataset) -> str:
    """What the examples are."""
    kinds = [column.kind for column in dataset.columns]
    names = {"number": "numeric", "category": "categorical", "date": "date"}
    parts = [f"{kinds.count(kind)} {words}" for kind, words in names.items() if kind in kinds]
    return f"table rows, {' + '.join(parts)} columns"


def usage(preparation: TablePreparation) -> str:
    """What a predictor takes."""
    dates = ", dates as ISO 8601 strings in UTC (anything else counts as missing)" if preparation.dates else ""
    return (
        '{"column name": tf.constant(n values), …}, numbers as float64, NaN where missing, words as strings, "" where '
        f"missing{dates}"
    )


def _tensors(matrices: dict[str, np.ndarray]) -> dict[str, Any]:
    """As tensors: Keras layers refuse NumPy's strings."""
    from wizard.core.backend import tf

    return {name: tf.constant(values) for name, values in matrices.items()}


def _vocabulary(column: np.ndarray) -> list[str]:
    values, counts = np.unique(column[column != ""], return_counts=True)
    frequent = sorted(zip(-counts, values, strict=True))[:MOST_CATEGORIES]
    return [str(value) for negative, value in frequent if -negative >= RARE]


PREPARATION = TablePreparation
