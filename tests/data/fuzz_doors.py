"""What is thrown at each door, and what must hold of the answer; more doors stand in `fuzz_sequences`."""

import datetime
import io
import json
import re
import tempfile
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pandas as pd
import pyarrow
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from wizard.core.errors import DataError, WizardError
from wizard.data.opening import Request, open_dataset, read_examples

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
odd_columns = st.lists(
    st.sampled_from([
        pd.Series([1, None, 3, 4], dtype="Int64"), pd.Series([True, None, False, True], dtype="boolean"),
        pd.Series(["a", None, "b", "a"], dtype="string"), pd.Series([0.5, None, 1, 2], dtype="Float32"),
        pd.Series(["a", "b", "a", "c"], dtype="category"), pd.Series(pd.Categorical([1, 2, 1, None], [1, 2, 9])),
        pd.Series(pd.arrays.SparseArray([0, 0, 1, 2])), pd.Series(pd.date_range("2020", periods=4, tz="Asia/Tokyo")),
        pd.Series(pd.period_range("2020", periods=4, freq="M")), pd.Series(pd.timedelta_range("1h", periods=4)),
        pd.Series(pd.arrays.IntervalArray.from_breaks(range(5))), pd.Series([1 + 2j, 0, 1, 2]),
        pd.Series(np.array([1, 2, 3, 4], ">i4")), pd.Series([b"a", b"b", b"a", b"c"]),
        pd.Series([np.inf, 1, 2, -np.inf]),
        pd.Series([[1], [2, 3], [], None]), pd.Series([{"a": 1}, {}, None, {"b": 2}]), pd.Series([None] * 4),
        pd.Series([1, 2, 3, None], dtype="int64[pyarrow]"), pd.Series(["a", None, "b", "a"], dtype="string[pyarrow]"),
        pd.Series([[1], [2], None, []], dtype=pd.ArrowDtype(pyarrow.list_(pyarrow.int64()))),
        pd.Series(["x" * 5000, "y", "x", "y"]), pd.Series([2**70, 1, -(2**70), 3], dtype=object),
        pd.Series([datetime.time(1), datetime.date(2020, 1, 1), datetime.datetime(1, 1, 1), None], dtype=object),
    ]),
    min_size=1, max_size=4,
)  # fmt: skip
names = st.lists(
    st.one_of(st.text(max_size=3), st.integers(0, 3), st.none(), st.floats(), st.tuples(st.text(max_size=1), words)),
    min_size=4, max_size=4,
)  # fmt: skip
x_arrays = arrays.arrays(
    st.sampled_from([np.uint8, np.int64, np.float32, np.float64, bool, np.uint16, np.complex64, "U2", "M8[s]", object,
                     np.float16, np.longdouble, ">f4", "S2"]),
    arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5) | arrays.array_shapes(min_dims=2, min_side=2),
)  # fmt: skip
y_arrays = arrays.arrays(st.sampled_from([np.int64, np.float64, bool, "U2", "S2", "complex64"]), 5, unique=True)
y_arrays |= st.just(np.arange(5))
masks = st.none() | st.lists(st.booleans(), min_size=5, max_size=5)
row = st.one_of(
    st.lists(words, min_size=3, max_size=3),
    st.lists(st.one_of(words, st.text(max_size=4), st.sampled_from(['"', '"x', 'x"'])), max_size=4),
)
lines = st.lists(row.map(",".join), min_size=2, max_size=12).map(
    lambda rows: ("y,b,c\n" + "\n".join(rows)).encode("utf-8", "replace")
)
contents = st.one_of(st.binary(max_size=60), lines, st.tuples(lines, st.binary(max_size=5)).map(b"".join))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | words,
    lambda inner: (
        st.just("\ud800") | st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=4,
)
records = st.dictionaries(st.sampled_from(["y", "a", "b", "a.b"]), json_values, max_size=4)
good_records = st.fixed_dictionaries({"y": words, "a": st.floats() | st.integers()})
json_line = st.one_of(good_records, records, json_values).map(json.dumps) | st.text(max_size=8)
json_lines = st.lists(json_line, max_size=8).map(lambda some: "\n".join(some).encode("utf-8", "replace"))
json_lines |= st.tuples(json_lines, st.binary(max_size=4)).map(b"".join)
set_names = st.sampled_from(["train", "test", "val"]) | st.sampled_from(["Training", "validation", "dev", "main", "x"])
damages = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8)
forms = st.sampled_from(
    [(".png", "RGB"), (".png", "P"), (".png", "I;16"), (".jpg", "RGB"), (".gif", "L"), (".tif", "CMYK")]
)
file_names = st.tuples(st.sampled_from(["a", "b", "train", "test", "."]), st.sampled_from(["1", "2", ".x", "é"]),
                       st.sampled_from([".png", ".jpg", ".csv", ".txt", ".jsonl", ""]))  # fmt: skip
feature_columns = st.lists(
    st.sampled_from([
        (datasets.Value("int32"), [1, None, 3, 4]), (datasets.Value("string"), ["a", None, "b", ""]),
        (datasets.Value("float16"), [1.0, None, np.inf, np.nan]), (datasets.Value("bool"), [True, None, False, True]),
        (datasets.ClassLabel(names=["p", "q"]), [0, 1, -1, None]),
        (datasets.ClassLabel(names=["p", "q"]), [0, 1, 1, 0]),
        (datasets.List(datasets.ClassLabel(names=["p", "q"])), [[0], [], None, [0, 1]]),
        (datasets.List(datasets.Value("int8")), [[0], [], None, [0, 1]]), (datasets.Image(), [None] * 4),
        ({"u": datasets.Value("int8"), "v": datasets.ClassLabel(names=["p"])}, [{"u": 1, "v": 0}] * 4),
        (datasets.Value("timestamp[s]"), [datetime.datetime(2020, 1, 1), None] * 2), (datasets.Audio(), [None] * 4),
        (datasets.Value("date32"), [datetime.date(2020, 1, 1), None] * 2), (datasets.Value("binary"), [b"a", None] * 2),
        (datasets.Value("duration[s]"), [datetime.timedelta(1), None] * 2), (datasets.Value("null"), [None] * 4),
        (datasets.Array2D((2, 2), "int8"), [[[1, 2], [3, 4]]] * 4), (datasets.Value("time64[us]"), [None] * 4),
        (datasets.Value("decimal128(5, 2)"), [None] * 4), (datasets.Value("large_string"), list("abab")),
        (datasets.List(datasets.Image()), [None] * 4),
    ]),
    max_size=4,
)  # fmt: skip
targets = st.sampled_from(["y", None, "c0", "c1", "c0.u", "nope"])


def png(mode: str = "L", suffix: str = ".png") -> bytes:
    """A small picture file."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((9, 7)).convert(mode).save(file, Image.registered_extensions()[suffix])
    return file.getvalue()


def opens(raw: Any, request: Request) -> Any:
    """Opens; None where an error of ours says clearly why not."""
    try:
        dataset = open_dataset(raw, request)
    except WizardError as error:
        says = str(error)
        assert says.rstrip("'\")").endswith((".", "?", "!")), says
        assert "Received" in says or "the columns are" in says, says
        assert len(says) < 5_000, len(says)
        return None
    assert len(dataset) == len(dataset.labels) == len(dataset.where) == len(dataset.examples.hashes())
    assert all(gone.where and gone.why for gone in dataset.left_out)
    for column in dataset.columns:
        if column.kind == "number":
            assert not np.isinf(dataset.examples.frame[column.name]).any()
    return dataset


def holds_all(dataset: Any, n_given: int) -> None:
    """Nothing is lost silently."""
    if dataset:
        assert len(dataset) + len(dataset.left_out) == n_given


def reads_again(raw: Any, dataset: Any, n_given: int) -> None:
    """Every row again; rows that were left out may hold so many words among numbers that they are refused."""
    with suppress(DataError) if dataset.left_out else nullcontext():
        assert len(read_examples(raw, dataset)) == n_given


def check_table(values: Any) -> None:
    frame = pd.DataFrame({f"c{i}": pd.Series(column, dtype=object) for i, column in enumerate(values)})
    for raw in (frame, frame.infer_objects(), dict(zip(frame.columns, values, strict=True))):
        dataset = opens(raw, Request(target="c0"))
        holds_all(dataset, len(frame))
        if dataset:
            reads_again(raw, dataset, len(frame))


def check_odd_frame(parts: Any) -> None:
    values, named, index = parts
    frame = pd.concat(values, axis=1)
    frame.index = index
    frame.columns = named[: frame.shape[1]]
    safe = frame.set_axis([f"c{i}" for i in range(frame.shape[1])], axis=1).assign(y=list("pqpp"), x=range(4))
    for one, target in ((frame, str(named[0])), (safe, "y"), (safe, "c0")):
        dataset = opens(one, Request(target=target))
        holds_all(dataset, len(one))
        if dataset:
            reads_again(one, dataset, len(one))


def check_arrays(parts: Any) -> None:
    x, y, mask = parts
    y = y[: len(x)] if x.ndim else y
    if mask is not None:
        y = np.ma.array(y, mask=mask[: len(y)])
    holds_all(opens((x, y), Request()), len(x) if x.ndim else 0)


def check_csv(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(content)
        dataset = opens(path, Request(target="y"))
        if dataset and re.fullmatch(rb"y,b,c\n[\n\x20!#-\x7e]*", content):  # no quotes: a line is a row
            holds_all(dataset, sum(bool(line.strip()) for line in content.split(b"\n")) - 1)


def check_json(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("t.jsonl", "t.json"):
            path = Path(folder) / name
            path.write_bytes(content)
            dataset = opens(path, Request(target="y"))
            if name == "t.jsonl" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
                text = content.decode("utf-8-sig", "replace")
                holds_all(dataset, sum(bool(line.strip()) for line in text.split("\n")))


def check_sets(sets: Any) -> None:
    frames = {name: pd.DataFrame({"a": range(len(y)), "y": y}) for name, (y, _) in sets.items()}
    pairs = {name: (np.arange(2.0 * len(y)).reshape(-1, 2), y) for name, (y, _) in sets.items()}
    given = {name: frames[name] if is_frame else pairs[name] for name, (_, is_frame) in sets.items()}
    dataset = opens(given, Request(target="y"))
    if dataset and dataset.source != "dict of columns":
        holds_all(dataset, sum(len(y) for y, _ in sets.values()))


def check_folder(files: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files, is_begun = files
        good = [((label, "9", ".png"), png()) for label in "ab" if is_begun]
        for (parent, stem, suffix), content in good + files:
            path = Path(folder, parent, parent if parent in ("train", "test") else "", stem + suffix)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        dataset = opens(folder, Request())
        if dataset and dataset.modality == "image" and not list(Path(folder).glob("*.csv")):
            seen = {p for p in Path(folder).rglob("*") if p.suffix in (".png", ".jpg") and not p.name.startswith(".")}
            holds_all(dataset, len(seen))


def check_picture(parts: Any) -> None:
    """Three pictures, one of which has bytes changed or lost."""
    (suffix, mode), damage = parts
    with tempfile.TemporaryDirectory() as folder:
        content = bytearray(png(mode, suffix))
        for label in ("a", "b", "c"):
            path = Path(folder) / label / f"1{suffix}"
            path.parent.mkdir()
            path.write_bytes(content)
        for place, byte in damage:
            content[place % len(content)] = byte
        path.write_bytes(content[: len(content) - len(damage) // 3])
        dataset = opens(folder, Request())
        assert len(dataset) + len(dataset.left_out) == 3


def check_hugging_face(parts: Any) -> None:
    columns, target, n = parts
    if target == "y":
        columns = [*columns, (datasets.Value("int8"), [5, 6, 7, 8])]
    features = datasets.Features({f"c{i}": feature for i, (feature, _) in enumerate(columns)})
    cells = {f"c{i}": cells[:n] for i, (_, cells) in enumerate(columns)}
    if target == "y":
        features["y"], cells["y"] = datasets.ClassLabel(names=["p", "q"]), [0, 1, 0, -1][:n]
    data = datasets.Dataset.from_dict(cells, features)
    dataset = opens(data, Request(target=target))
    holds_all(dataset, n)
    if dataset and dataset.modality == "table":
        reads_again(data, dataset, n)


@dataclass(frozen=True)
class Door:
    """A kind of data: `strategy` makes it, `check` opens it and asserts what must hold."""

    name: str
    strategy: st.SearchStrategy[Any]
    check: Callable[[Any], None]


indices = st.sampled_from([[0, 1, 2, 3], [0, 0, 0, 0], list("abca"), pd.MultiIndex.from_product([[0, 1], [0, 1]])])
labels_of_set = st.tuples(st.just(["p", "q", "p"]) | st.lists(words | st.integers(0, 2), max_size=4), st.booleans())
file_contents = st.sampled_from([png(), png("RGB"), png("RGB", ".jpg"), b"", b"a,y\n1,2\n", b"1,png\n"]) | st.binary(
    max_size=20
)
files = st.lists(st.tuples(file_names, file_contents), max_size=6)
named_sets = st.dictionaries(set_names, labels_of_set, max_size=3)
named_sets |= st.fixed_dictionaries({"train": labels_of_set}, optional={"test": labels_of_set, "val": labels_of_set})

DOORS = (
    Door("tables", columns, check_table),
    Door("frames with odd dtypes and names", st.tuples(odd_columns, names, indices), check_odd_frame),
    Door("arrays", st.tuples(x_arrays, y_arrays, masks), check_arrays),
    Door("CSV bytes", contents, check_csv),
    Door("JSON bytes", json_lines, check_json),
    Door("dicts of sets", named_sets, check_sets),
    Door("folders of garbage", st.tuples(files, st.booleans()), check_folder),
    Door("damaged pictures", st.tuples(forms, damages), check_picture),
    Door("Hugging Face", st.tuples(feature_columns, targets, st.just(4) | st.integers(0, 4)), check_hugging_face),
)  # fmt: skip
