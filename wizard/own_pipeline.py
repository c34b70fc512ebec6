"""A model and tensors of the user's own: a pipeline that baseline judges, and a data set that explore looks at."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from wizard.core.errors import DataError, OptionError, WizardError
from wizard.data.dataset import Dataset
from wizard.data.opening import Request, open_dataset
from wizard.training.capture import MOST, Captured, catching

BATCH = 32  # Keras's own
SHARE = 0.2  # of the examples validate where no set is given
ALL = 10_000_000  # examples that are taken of what has an end,
OPEN = 100_000  # and of a stream that does not say whether it has one
KEYED = 32  # examples whose outputs and losses are part of the key
NAMES = re.compile(r"'name': '[^']*'|'keras_history': \[[^]]*\]| at 0x[0-9a-f]+|[a-z_0-9]+_\d+\b")
WORDS = 40  # different whole numbers in rows of steps: more are numbers of words


@dataclass(frozen=True)
class OwnPipeline:
    """What the user brought, in both forms.

    Attributes:
        pipeline: For baseline's experiments.
        raw: The training examples as a data set that any door takes.
        validation: The validation examples likewise, or None.
        options: Of the data set: task and modality.
        key: What decides the outcome: model, first weights, optimiser, loss and data.
        note: What explore sees of inputs that have no door of their own, or "".
        whole: All examples of `raw`, then those of `validation`, as tensors.
        given: The model as it was given, for stages that build it again; None where a call of fit was caught.
    """

    pipeline: Any
    raw: Any
    validation: Any
    options: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    note: str = ""
    whole: Any = None
    given: Any = None

    def own_model(self, dataset: Dataset, task: Any, seed: int) -> Any:
        """The model as the stages after baseline train it, its tensors in the order of a data set; None of a script.

        Raises:
            NotAvailableError: For outputs that are no one answer an example.
        """
        from wizard.training.own_model import OwnModel

        if self.given is None:
            return None
        return OwnModel(self.given, self.pipeline, self.whole.take(places(dataset)), task, self.key, seed)


def places(dataset: Dataset) -> np.ndarray:
    """Where each example of a data set stood among the tensors; its door may have left some out."""
    n_main = int((dataset.part == 0).sum()) + sum(not one.where.startswith("validation") for one in dataset.left_out)
    number = [int(re.findall(r"\d+", str(where))[-1]) for where in dataset.where]
    return np.array(number) + np.where(dataset.part == 0, 0, n_main)


def own_pipeline(model: Any, dataset: Any, validation: Any, target: Any, seed: int) -> OwnPipeline:
    """A model of the user's own with finished tensors.

    Args:
        model: `build(hp)`, a HyperModel or a compiled `keras.Model`.
        dataset: What `model.fit` takes: (x, y) arrays or nests of them, a tf.data.Dataset, a PyDataset; or a DataFrame
            with `target`.
        validation: The same of validation examples, or None: then a fifth of the examples, drawn at random.
        target: Column of a DataFrame to predict.
        seed: Of the draw.

    Raises:
        OptionError: For a model that is none.
        DataError: For data that a model cannot be fitted to.
    """
    from wizard.core.seeds import derive
    from wizard.models.custom import opened_model
    from wizard.training.randomness import keras_seed

    with keras_seed(derive(seed, "own model")):
        compiled, said = opened_model(model)
    pair = _pair(dataset, target, "dataset")
    held = None if validation is None else _pair(validation, target, "validation")

    def fit() -> None:
        if isinstance(pair, tuple):
            options: dict[str, Any] = {"x": pair[0], "y": pair[1], "batch_size": BATCH}
        else:
            options = {"x": pair}
        compiled.fit(**options, validation_data=held)

    own = of_captured(catching(fit, most=_most(pair)), seed, is_whole=True)
    return replace(own, given=model, key=hashlib.sha256(f"{own.key} {said}".encode()).hexdigest()[:16])


def _most(pair: Any) -> int:
    """Examples that are taken: all of them, but of a stream without an end."""
    from wizard.data.sources import keras_data, tf_data

    if tf_data.accepts(pair):
        n_batches = int(pair.cardinality())
        return ALL if n_batches >= 0 else MOST if n_batches == -1 else OPEN  # tf.data's number for endless
    if keras_data.accepts(pair):
        return MOST if pair.num_batches is None else ALL
    return ALL


def of_captured(captured: Captured, seed: int, *, is_whole: bool = False) -> OwnPipeline:
    """A call of fit that was caught, in both forms.

    Args:
        captured: The call.
        seed: Of the draw where no validation set was given.
        is_whole: Whether all training examples are the data set, from which the journey draws its own sets.
    """
    from wizard.training.pipeline import Pipeline, Tensors

    train, held = Tensors(captured.x, captured.y, captured.weight), None
    if captured.y is None:
        raise DataError(
            "A model is judged on inputs and targets. Received: inputs only; fit was called without y, and the data "
            "yield no pairs."
        )
    if captured.x_held is not None:
        held = Tensors(captured.x_held, captured.y_held, captured.weight_held)
    is_drawn, all_of_them = held is None, train
    if is_drawn:
        train, held = _divided(train, seed)
    pipeline = Pipeline(
        captured.model, train, held, batch=captured.batch, epochs=captured.epochs, class_weight=captured.class_weight,
        is_shuffled=captured.is_shuffled is not False, second_x=captured.second_x,
        second_x_held=None if is_drawn else captured.second_x_held, draws=captured.draws,
        n_examples=captured.n_examples, callbacks=captured.callbacks, seed=seed,
    )  # fmt: skip
    raw, options, note = _dataset(pipeline, all_of_them if is_whole else train)
    validation = None if is_drawn else _dataset(pipeline, held)[0]
    whole = all_of_them if held is None or is_drawn or not is_whole else all_of_them.joined(held)
    return OwnPipeline(pipeline, raw, validation, options, _key(pipeline), note, whole)


def new_tensors(own: Any, raw: Any, y: Any, what: str) -> tuple[Any, np.ndarray | None]:
    """New tensors as the model was trained on, and the codes or targets beside them, None without.

    Args:
        own: The model.
        raw: Arrays or nests of them, a tf.data.Dataset or a PyDataset; a DataFrame where that was given.
        y: Targets as in training, where `raw` yields none.
        what: What they are for, in messages.

    Raises:
        DataError: For tensors of another structure or shape.
    """
    from wizard.data.sources import keras_data, tf_data
    from wizard.training.examples import read

    if tf_data.accepts(raw) or keras_data.accepts(raw):
        found = read((raw, None, None), None, None, ALL)
        raw, y = found.x, found.y if y is None else y
    tensors = own.preparation.read(raw, what)
    return tensors, None if y is None else own.codes(y, len(tensors))


def _pair(dataset: Any, target: Any, option: str) -> Any:
    """(x, y) of arrays, or the stream as it is."""
    import pandas as pd

    if isinstance(dataset, pd.DataFrame):
        if not isinstance(target, str) or target not in dataset:
            raise OptionError(
                f"With a DataFrame, target= must name its column to predict. Received: target={target!r}."
            )
        x = dataset.drop(columns=target)
        words = [str(name) for name in x if x[name].dtype.kind not in "biuf"]
        if words:
            raise DataError(
                f"A model of your own takes numbers. Received: `{option}` with columns {', '.join(words[:5])} "
                "that hold none. Encode them as your script does, and pass (x, y) arrays."
            )
        return x.to_numpy("float32"), dataset[target].to_numpy()
    if isinstance(dataset, tuple) and len(dataset) == 2:
        return dataset
    if isinstance(dataset, (str, list, dict, tuple)):
        raise DataError(
            f"With model=, `{option}` must be what your model is fitted to: (x, y) arrays, a tf.data.Dataset, a "
            f"PyDataset, or a DataFrame with target=. Received: {type(dataset).__name__}."
        )
    return dataset


def _divided(train: Any, seed: int) -> tuple[Any, Any]:
    from wizard.core.seeds import generator

    n = len(train)
    held = np.sort(generator(seed, "own validation").permutation(n)[: max(1, round(SHARE * n))])
    return train.take(np.setdiff1d(np.arange(n), held)), train.take(held)


def _dataset(pipeline: Any, tensors: Any) -> tuple[Any, dict[str, Any], str]:
    """(data set, its options, what explore sees instead of the tensors)."""
    import pandas as pd

    from wizard.stages.experiments.classical import features

    y, options = _labels(pipeline, tensors)
    arrays = tensors.inputs
    x = arrays[0]
    if len(arrays) == 1 and x.ndim == 4 and x.shape[-1] in (1, 3, 4):
        return (x, y), {**options, "modality": "image"}, ""
    if len(arrays) == 1 and x.ndim == 3:
        return (x, y), {**options, "modality": "series"}, ""
    if len(arrays) == 1 and x.ndim == 2 and x.dtype.kind in "iu" and len(np.unique(x[:500])) > WORDS:
        texts = [" ".join(f"w{number}" for number in row if number) or "nothing" for row in x.tolist()]
        return (texts, y), {**options, "modality": "text"}, "word numbers, written as words"
    flat = features(tensors)
    frame = pd.DataFrame(flat, columns=[f"x{i}" for i in range(flat.shape[1])])
    if y.ndim > 1:
        for i in range(y.shape[1]):
            frame[f"y{i}"] = y[:, i]
        return frame, {**options, "target": tuple(f"y{i}" for i in range(y.shape[1]))}, ""
    note = "" if len(arrays) == 1 and x.ndim == 2 else "all inputs side by side, as columns"
    return frame.assign(y=y), {**options, "target": "y"}, note


def _labels(pipeline: Any, tensors: Any) -> tuple[np.ndarray, dict[str, Any]]:
    head = pipeline.head
    y = tensors.targets[pipeline.heads.index(head)]
    flat = y.reshape(len(y), -1)
    if head.kind == "classes":
        codes = flat[:, 0] if head.is_sparse or flat.shape[1] == 1 else flat.argmax(1)
        return codes.astype("int64"), {"task": "classification"}
    if head.kind == "labels":
        if flat.shape[1] > 1:
            return flat.astype("int64"), {"task": "multilabel"}
        return flat[:, 0], {"task": "classification"} if np.isin(flat, (0, 1)).all() else {}
    return (flat[:, 0] if flat.shape[1] == 1 else flat).astype("float64"), {"task": "regression"}


def _key(pipeline: Any) -> str:
    """What the model does, not what its layers happen to be called: Keras numbers names on as a process builds more."""
    digest = hashlib.sha256()
    for value in pipeline.first:
        digest.update(value.tobytes())
    for part in (pipeline.train, pipeline.held):
        for array in (*part.inputs, *part.targets):
            digest.update(np.ascontiguousarray(array).tobytes() if array.dtype.kind != "O" else repr(array).encode())
    few = pipeline.train.take(np.arange(min(KEYED, len(pipeline.train))))
    outputs = pipeline.outputs(few.x)
    for values in (*outputs, pipeline.losses(few, outputs)):
        digest.update(np.ascontiguousarray(values).tobytes())
    model, head = pipeline.model, pipeline.head
    words = (type(model.optimizer).__name__, _settings(model.optimizer), head.loss, head.from_logits, pipeline.batch,
             pipeline.class_weight, pipeline.is_shuffled, [_settings(layer) for layer in model.layers],
             type(model).train_step.__code__.co_code, pipeline.epochs, pipeline.n_examples, pipeline.draws,
             [_simple(callback) for callback in pipeline.callbacks])  # fmt: skip
    digest.update(repr(words).encode())
    return digest.hexdigest()[:16]


def _simple(callback: Any) -> tuple[str, list[tuple[str, object]]]:
    """A callback's kind and its settings that are plain values."""
    own = sorted(vars(callback).items())
    plain: list[tuple[str, object]] = [(name, value) for name, value in own if isinstance(value, (int, float, str))]
    codes = [(name, value.__code__) for name, value in own if hasattr(value, "__code__")]  # a schedule of the user's
    plain += [(name, (code.co_code, [one for one in code.co_consts if isinstance(one, (int, float, str))]))
              for name, code in codes]  # fmt: skip
    return type(callback).__name__, plain


def _settings(part: Any) -> str:
    """A layer's or optimiser's settings without names and places in memory."""
    try:
        config = part.get_config()
    except NotImplementedError:  # a class of the user's own: its outputs and weights speak for it
        config = {}
    return type(part).__name__ + NAMES.sub("", repr(config))


def brought(model: Any, dataset: Any, request: Request, seed: int) -> tuple[OwnPipeline, Dataset, str | None]:
    """The user's pipeline, its tensors as a data set, and what is to be done.

    Args:
        model: Of the user, or None with a call of fit that was caught.
        dataset: What the model is fitted to, or that call.
        request: What was said of the data.
        seed: Of the draw where no validation set is given.

    Raises:
        OptionError: For what does not apply to finished tensors.
    """
    if any(value is not None for value in (request.test, request.group, request.time, request.weight)):
        raise OptionError(
            "With model=, the data are finished tensors: test=, group=, time= and weight= do not apply. Leave them out."
        )
    own = of_captured(dataset, seed) if model is None else own_pipeline(
        model, dataset, request.validation, request.target, seed
    )  # fmt: skip
    task = request.task or own.options.get("task")
    try:
        return own, _opened(own.raw, own.validation, own.options, request, task), task
    except WizardError:  # its door refuses such tensors: all inputs side by side, as columns
        pipeline = own.pipeline
        held = None if own.validation is None else _columns(pipeline, pipeline.held)
        n = len(own.whole) - (0 if held is None else len(held))
        main = pipeline.train if own.given is None else own.whole.take(np.arange(n))
        return own, _opened(_columns(pipeline, main), held, {"target": "y"}, request, task), task


def _opened(raw: Any, held: Any, options: dict[str, Any], request: Request, task: str | None) -> Dataset:
    modality = request.modality or options.get("modality")
    target = options.get("target")
    return open_dataset(
        raw, replace(request, target=target, modality=modality, task=task, validation=held, ignore=())
    )  # fmt: skip


def _columns(pipeline: Any, tensors: Any) -> Any:
    """All inputs side by side, and the first target."""
    import pandas as pd

    from wizard.stages.experiments.classical import features

    flat, y = features(tensors), _labels(pipeline, tensors)[0]
    frame = pd.DataFrame(flat, columns=[f"x{i}" for i in range(flat.shape[1])])
    return frame.assign(y=y if y.ndim == 1 else y[:, 0])
