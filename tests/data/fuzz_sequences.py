"""What is thrown at the doors for texts, series, streams and several labels; see `fuzz_doors`."""

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from tests.data.fuzz_doors import Door, holds_all, opens
from wizard.data.opening import Request, read_examples

text = st.text(max_size=12) | st.sampled_from(
    ["", " ", "\x00", "\ud83d", "ein Satz mit Wörtern", "一二三", "<b>", "👍🏽"]
)
two_classes = st.lists(st.sampled_from(["p", "q"]), min_size=4, max_size=8)
number = st.floats(width=32) | st.integers(-3, 3) | st.none()
steps = st.lists(number, max_size=5)
channels = st.lists(st.lists(number, min_size=2, max_size=2), max_size=4)
label_sets = st.lists(st.lists(st.sampled_from(["a", "b", 1, None, ""]), max_size=3) | st.none() | text, max_size=6)
kinds = st.sampled_from(["float32", "int64", "uint8", "bool", "string"])
shapes = st.lists(st.integers(0, 5), max_size=3)


def check_texts(parts: Any) -> None:
    texts, y, modality = parts
    y = (y * 3)[: len(texts)]
    for raw in ((texts, y), (pd.Series(texts, dtype=object), y), (np.array(texts, dtype=object), y)):
        dataset = opens(raw, Request(modality=modality))
        holds_all(dataset, len(texts))
        if dataset and dataset.modality == "text":
            assert len(read_examples(texts, dataset)) == len(texts)


def check_series(parts: Any) -> None:
    series, y, modality = parts
    y = (y * 3)[: len(series)]
    holds_all(opens((series, y), Request(modality=modality)), len(series))
    arrays = [np.array(one, dtype="float64") for one in series]
    holds_all(opens((arrays, y), Request(modality=modality)), len(series))


def check_table_of_series(parts: Any) -> None:
    rows, has_group, has_time = parts
    frame = pd.DataFrame(rows, columns=["run", "t", "x", "y"])
    roles = {"group": "run"} if has_group else {}
    roles |= {"time": "t"} if has_time else {}
    dataset = opens(frame, Request(target="y", modality="series", **roles))
    if dataset:
        n_series = frame["run"].nunique(dropna=False) if has_time or has_group else len(frame)
        assert len(dataset) + len(dataset.left_out) <= max(n_series, len(frame))
        assert len(dataset) > 1


def check_labels(labels: Any) -> None:
    x = np.arange(2.0 * len(labels)).reshape(-1, 2) ** 1.5
    holds_all(opens((x, labels), Request()), len(labels))
    frame = pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": pd.Series(labels, dtype=object)})
    holds_all(opens(frame, Request(target="y")), len(labels))
    holds_all(opens(frame, Request(target=("a", "y"))), len(labels))


def check_stream(parts: Any) -> None:
    from wizard.core.backend import tf

    n, shape, kind, batch, is_dict = parts
    values = np.arange(n * int(np.prod(shape))).reshape(n, *shape) % 7
    x = values.astype(str).astype(object) if kind == "string" else values.astype(kind)
    y = np.arange(n) % 2
    tensors = {"x": tf.constant(x), "y": y} if is_dict else (tf.constant(x), y)
    data = tf.data.Dataset.from_tensor_slices(tensors)
    data = data.batch(batch) if batch else data
    holds_all(opens(data, Request(target="y" if is_dict else None)), n)


asked = st.sampled_from([None, "text", "series", "table", "image"])
DOORS = (
    Door("texts", st.tuples(st.lists(text, max_size=6), two_classes, asked), check_texts),
    Door("series", st.tuples(st.lists(steps, max_size=6) | st.lists(channels, max_size=6), two_classes, asked),
         check_series),
    Door("tables of series",
         st.tuples(st.lists(st.tuples(st.integers(0, 3), number, number, st.sampled_from("pq")), max_size=12),
                   st.booleans(), st.booleans()), check_table_of_series),
    Door("lists of labels", label_sets, check_labels),
    Door("tf.data", st.tuples(st.integers(0, 8), shapes, kinds, st.integers(0, 3), st.booleans()), check_stream),
)  # fmt: skip
