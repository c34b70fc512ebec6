"""The door for TensorFlow Datasets: by name, as a builder, or as what tfds.load(…, with_info=True) returns."""

from __future__ import annotations

import io
import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

from wizard.core.errors import ColumnError, DataError, nearest, shortened
from wizard.core.progress import say
from wizard.data.dataset import Dataset
from wizard.data.public_examples import SETS, Chosen, choose, examples_of
from wizard.data.request import Request
from wizard.data.sources import tf_data
from wizard.data.streamed import open_streams

DESCRIPTION = 'a TensorFlow data set: "tfds:mnist", a builder, or what tfds.load(…, with_info=True) returns'
IS_STREAM = True
SCHEME = "tfds:"
UNLABELLED_LOOK = 64  # examples of a set looked at: all without a label, and it is one of a contest's


def accepts(raw: Any) -> bool:
    """Whether `raw` is a name after "tfds:", a builder, or a (data set or dict of them, DatasetInfo) pair."""
    if isinstance(raw, str):
        return raw.lower().startswith(SCHEME)
    if isinstance(raw, tuple):
        return len(raw) == 2 and type(raw[1]).__name__ == "DatasetInfo"
    return any(c.__name__ == "DatasetBuilder" and c.__module__.startswith("tensorflow_datasets")
               for c in type(raw).__mro__)  # fmt: skip


def open(raw: Any, request: Request) -> Dataset:
    """Opens a prepared data set; its train, validation and test splits become the sets."""
    with _quiet():
        if isinstance(raw, tuple):
            found, info = raw
            sets = dict(found) if isinstance(found, Mapping) else {"train": found}
        else:
            builder = _builder(raw[len(SCHEME) :].strip()) if isinstance(raw, str) else raw
            _prepare(builder)
            info, sets = builder.info, _as_data(builder)
        parts, unused = _parts(sets, request)
        is_dicts = isinstance(parts["main"].element_spec, Mapping)
        chosen = choose(info, request) if is_dicts else Chosen((), _label_of(info, request), None)
        streams: list[Any] = []
        for part, dataset in parts.items():
            if dataset is not None and not tf_data.accepts(dataset):
                streams.append(tf_data.own_set(dataset, part))
                continue
            stream = None if dataset is None else tf_data.stream_of(dataset)
            if stream is not None and is_dicts:
                stream = examples_of(stream, chosen, info)
                if part == "test" and request.test is None and _is_unlabelled(stream, chosen):
                    unused.append("test (no labels in it)")
                    stream = None
            streams.append(stream)
        classes = tuple(getattr(info.features[chosen.label], "names", None) or ()) if chosen.label else ()
        asked = replace(request, target=request.target or chosen.label)
        dataset = open_streams(streams, asked, info.name, classes)
    notes = [f"Splits that are not used: {shortened(unused)}"] if unused else []
    return replace(dataset, source=f"tfds:{info.full_name}", notes=(*notes, *chosen.notes, *dataset.notes))


def _parts(sets: dict[str, Any], request: Request) -> tuple[dict[str, Any], list[str]]:
    """The main, validation and test sets, and the splits that are none of them."""
    parts: dict[str, Any] = {"main": None, "validation": request.validation, "test": request.test}
    unused = []
    for name, dataset in sets.items():
        part = SETS.get(name.lower(), "main" if len(sets) == 1 else None)
        if part is None or (part == "main" and parts["main"] is not None):
            unused.append(name)
        elif part != "main" and getattr(request, part) is not None:
            raise DataError(
                f"`{part}` must not be given twice. Received: {part}=… and the split {name!r} of the data set."
            )
        else:
            parts[part] = dataset
    if parts["main"] is None:
        raise DataError(
            f"A TFDS data set needs a split called train. Received: {shortened(sets)}. "
            "Load one yourself: tfds.load(name, split=…, with_info=True)."
        )
    return parts, unused


def _label_of(info: Any, request: Request) -> str | None:
    """The label's name where elements are pairs already."""
    if info.supervised_keys is None:
        return None
    label = info.supervised_keys[1]
    if request.target is not None and request.target != label:
        raise ColumnError(
            f"`target` can choose a feature only where elements are dicts. Received: target={request.target!r} for "
            f"pairs whose label is {label!r}. Load with as_supervised=False."
        )
    return label if isinstance(label, str) else None


def _is_unlabelled(stream: Any, chosen: Chosen) -> bool:
    """Whether a set holds -1 instead of labels, as those of contests do."""
    from itertools import islice

    labels = [element[chosen.label] for element in islice(stream.begun(), UNLABELLED_LOOK)]
    return bool(labels) and all(getattr(y, "ndim", 1) == 0 and y.dtype.kind == "i" and y < 0 for y in labels)


def _builder(name: str) -> Any:
    """A builder by name: from TFDS's code, or from files that were prepared."""
    from wizard.core.backend import tf  # noqa: F401  loads TensorFlow quietly before TFDS does

    tfds = _library()
    try:
        return tfds.builder(name, try_gcs=False, data_dir=os.environ.get("TFDS_DATA_DIR"))
    except Exception as error:  # a name, a configuration or a version that is not there: TFDS has a class for each
        known = tfds.list_builders(with_community_datasets=False) + _prepared_names()
        own = name.partition("/")[0].partition(":")[0]
        reason = "no data set of that name" if own not in known else _first_line(error)
        raise DataError(
            f"A TFDS name must be one that TFDS knows, or that was prepared in TFDS_DATA_DIR. Received: "
            f"{SCHEME}{name} ({reason}).{nearest(own, known) if own not in known else ''}"
        ) from error


def _prepared_names() -> list[str]:
    """Names of data sets that lie in TFDS_DATA_DIR."""
    folder = Path(os.environ.get("TFDS_DATA_DIR", "-"))
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def _prepare(builder: Any) -> None:
    """Prepares a data set that is not prepared yet, where it can be.

    Raises:
        DataError: Where it cannot: how to do it by hand.
    """
    if builder.is_prepared():
        return
    say(f"{builder.info.full_name}: prepared once by TFDS ({builder.info.download_size or 'size unknown'} to download)")
    try:
        with redirect_stdout(io.StringIO()):  # TFDS prints
            builder.download_and_prepare()
    except Exception as error:  # no network, no space, a manual download, a moved file
        folder = builder.data_dir.removesuffix(f"/{builder.info.full_name}")
        full = ":".join(builder.info.full_name.rsplit("/", 1))  # name/config:version
        raise DataError(
            f"A TFDS data set must be prepared, which failed here ({_first_line(error)}): on a machine with a network "
            f"run `import tensorflow_datasets as tfds` and `tfds.load({full!r}, data_dir={folder!r})`, and set "
            "TFDS_DATA_DIR to that folder here."
        ) from error


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {(str(error).strip() or 'no reason given').splitlines()[0]:.160}"


def _as_data(builder: Any) -> dict[str, Any]:
    """The splits, each in the order of its files."""
    tfds = _library()
    config = tfds.ReadConfig(try_autocache=False, interleave_cycle_length=1)
    return {
        name: builder.as_dataset(split=name, shuffle_files=False, read_config=config) for name in builder.info.splits
    }


def _library() -> Any:
    import tensorflow_datasets as tfds

    return tfds


@contextmanager
def _quiet() -> Iterator[None]:
    """Holds back warnings, log lines and progress bars of TFDS."""
    log, was = logging.getLogger("absl"), logging.getLogger("absl").level
    log.setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from wizard.core.backend import tf  # noqa: F401  loads TensorFlow quietly before TFDS does

            _library().disable_progress_bar()
            yield
        finally:
            log.setLevel(was)
