"""Random things at the doors: a data set comes out, or an error of our own; never somebody else's traceback."""

import datetime
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from wizard.core.errors import WizardError
from wizard.data.opening import Request, open_dataset, read_examples

FEW, MANY = 25, 1_000
CALM = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}

words = st.sampled_from(
    ["a", "b", "?", "NA", "", "-", "1,5", "1.5", "007", "12 kg", "2020-01-01", "01/02/2020", "True"]
)
cells = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6), words, st.binary(max_size=3),
    st.datetimes(), st.dates(), st.timedeltas(max_value=datetime.timedelta(10**5)), st.decimals(), st.complex_numbers(),
    st.lists(st.integers(), max_size=2), st.just(pd.NA), st.just(pd.NaT),
)  # fmt: skip
columns = st.integers(0, 8).flatmap(
    lambda n: st.lists(
        st.one_of(
            st.lists(words, min_size=n, max_size=n),
            st.lists(st.integers(0, 3), min_size=n, max_size=n),
            st.lists(st.floats(), min_size=n, max_size=n),
            st.lists(cells, min_size=n, max_size=n),
        ),
        min_size=1,
        max_size=4,
    )
)
x_arrays = arrays.arrays(
    st.sampled_from([np.uint8, np.int64, np.float32, np.float64, bool, np.uint16, np.complex64, "U2", "M8[s]", object]),
    arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5),
)
y_arrays = arrays.arrays(st.sampled_from([np.int64, np.float64, bool, "U2"]), 5, unique=True)
y_arrays |= st.just(np.arange(5))
row = st.one_of(
    st.lists(words, min_size=3, max_size=3),
    st.lists(st.one_of(words, st.text(max_size=4), st.sampled_from(['"', '"x', 'x"'])), max_size=4),
)
lines = st.lists(row.map(",".join), min_size=2, max_size=12).map(
    lambda rows: ("y,b,c\n" + "\n".join(rows)).encode("utf-8", "replace")
)
contents = st.one_of(st.binary(max_size=60), lines, st.tuples(lines, st.binary(max_size=5)).map(b"".join))


def opens(raw, request):
    """Opens, and reads what was opened once more as new data."""
    try:
        dataset = open_dataset(raw, request)
    except WizardError:
        return None
    assert len(dataset) == len(dataset.labels) == len(dataset.where) == len(dataset.examples.hashes())
    for column in dataset.columns:
        values = dataset.examples.frame[column.name]
        assert not np.isinf(values).any() if column.kind == "number" else True
    return dataset


def check_table(values):
    frame = pd.DataFrame({f"c{i}": pd.Series(column, dtype=object) for i, column in enumerate(values)})
    for raw in (frame, frame.infer_objects()):
        dataset = opens(raw, Request(target="c0"))
        if dataset:
            assert len(dataset) + len(dataset.left_out) == len(frame)
            assert len(read_examples(raw, dataset)) == len(frame)


def check_arrays(x, y):
    y = y[: len(x)] if x.ndim else y
    dataset = opens((x, y), Request())
    if dataset:
        assert len(dataset) + len(dataset.left_out) == len(x)


def check_file(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(content)
        opens(path, Request(target="y"))


def check_pictures(suffix, mode, damage):
    """Three pictures, one of which has bytes changed or lost."""
    with tempfile.TemporaryDirectory() as folder:
        for label in ("a", "b", "c"):
            path = Path(folder) / label / f"1{suffix}"
            path.parent.mkdir()
            Image.linear_gradient("L").resize((9, 7)).convert(mode).save(path)
        content = bytearray(path.read_bytes())
        for place, byte in damage:
            content[place % len(content)] = byte
        path.write_bytes(content[: len(content) - len(damage) // 3])
        dataset = opens(folder, Request())
        assert len(dataset) + len(dataset.left_out) == 3


@settings(max_examples=FEW, **CALM)
@given(columns)
def test_any_table(values):
    check_table(values)


@settings(max_examples=FEW, **CALM)
@given(x_arrays, y_arrays)
def test_any_arrays(x, y):
    check_arrays(x, y)


@settings(max_examples=FEW, **CALM)
@given(contents)
def test_any_file(content):
    check_file(content)


@pytest.mark.fuzz
@settings(max_examples=MANY, **CALM)
@given(columns)
def test_many_tables(values):
    check_table(values)


@pytest.mark.fuzz
@settings(max_examples=MANY, **CALM)
@given(x_arrays, y_arrays)
def test_many_arrays(x, y):
    check_arrays(x, y)


@pytest.mark.fuzz
@settings(max_examples=MANY, **CALM)
@given(contents)
def test_many_files(content):
    check_file(content)


damages = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8)
forms = st.sampled_from(
    [(".png", "RGB"), (".png", "P"), (".png", "I;16"), (".jpg", "RGB"), (".gif", "L"), (".tif", "CMYK")]
)


@settings(max_examples=FEW, **CALM)
@given(forms, damages)
def test_any_damaged_picture(form, damage):
    check_pictures(*form, damage)


@pytest.mark.fuzz
@settings(max_examples=MANY, **CALM)
@given(forms, damages)
def test_many_damaged_pictures(form, damage):
    check_pictures(*form, damage)
