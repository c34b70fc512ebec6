import numpy as np
import pytest
import tensorflow as tf

from tests.data.sources.streams import X, Y, stream_of
from tests.small import fresh
from wizard.core.errors import ColumnError, DataError
from wizard.data.opening import Request, open_dataset


def opened(stream, **options):
    return open_dataset(stream, Request(**options))


def contents(dataset):
    """Pictures and labels, whatever their order."""
    return sorted((dataset.examples[i].tobytes(), str(dataset.labels[i])) for i in range(len(dataset)))


def in_order(dataset):
    return [(dataset.examples[i].tobytes(), str(dataset.labels[i])) for i in range(len(dataset))]


PLAIN = in_order(opened(stream_of()))


@pytest.mark.parametrize(
    "stream",
    [
        stream_of().batch(32),
        stream_of().batch(40, drop_remainder=True),
        stream_of().shuffle(200),
        stream_of().shuffle(200).batch(32),
        tf.data.Dataset.from_generator(
            lambda: zip(X, Y, strict=True), output_types=("uint8", "int64")
        ),  # nothing is known of its shapes
        tf.data.Dataset.from_generator(
            lambda: ((X[i : i + 32], Y[i : i + 32]) for i in range(0, 200, 32)), output_types=("uint8", "int64")
        ),
        stream_of(X, np.eye(10)[Y]).batch(32),
        stream_of(X[..., None], Y[:, None]).batch(32),
        stream_of().batch(64).map(lambda x, y: (tf.RaggedTensor.from_tensor(x), y)),
        stream_of().batch(64).map(lambda x, y: (x, y, tf.ones_like(y))),
        stream_of().map(lambda x, y: {"image": x, "label": y}),
    ],
)
def test_however_it_is_built_it_is_the_same_data(stream):
    is_dict = isinstance(stream.element_spec, dict)
    dataset = opened(stream, target="label" if is_dict else None)
    assert dataset.modality == "image"
    assert [(x, float(y)) for x, y in contents(dataset)] == [(x, float(y)) for x, y in sorted(PLAIN)]
    if dataset.weight is None:
        assert [x for x, _ in in_order(opened(stream, target=dataset.target))] == [x for x, _ in in_order(dataset)]


def test_the_order_of_a_shuffled_stream_is_that_of_its_content():
    plain, shuffled = opened(stream_of()), opened(stream_of().shuffle(200))
    assert plain.fingerprint == shuffled.fingerprint
    assert in_order(plain) == in_order(shuffled)
    assert "order" in shuffled.notes[0]
    assert not plain.notes
    position = int(str(plain.where[0]).removeprefix("element "))
    assert np.array_equal(plain.examples[0][..., 0], X[position])


@pytest.mark.slow
def test_a_new_process_finds_the_same_data_and_split():
    code = (
        "from tests.data.sources.streams import stream_of; from wizard.data.opening import Request, open_dataset\n"
        "print(open_dataset(stream_of().shuffle(200, reshuffle_each_iteration=False), Request()).fingerprint)"
    )
    assert {fresh(code), fresh(code)} == {opened(stream_of()).fingerprint}


def test_own_sets_may_be_streams_or_arrays():
    dataset = opened(stream_of(), validation=stream_of(X[:5], Y[:5]).batch(2), test=(X[:3], Y[:3]))
    assert np.bincount(dataset.part).tolist() == [200, 5, 3]
    assert str(dataset.where[200]).startswith("validation element ")
    assert dataset.where[207] == "test x[2]"


def test_vectors_and_columns_are_tables():
    vectors = opened(stream_of(X.reshape(200, -1).astype("float32"), Y).batch(16))
    assert (vectors.modality, vectors.columns[0].name) == ("table", "feature 2")  # the corner is always blank
    columns = {"age": np.arange(40.0), "city": np.resize(["Ulm", "Bonn"], 40), "y": np.resize([0, 1, 1], 40)}
    for stream in (tf.data.Dataset.from_tensor_slices(columns), tf.data.Dataset.from_tensor_slices(columns).batch(7)):
        dataset = opened(stream, target="y")
        assert [(c.name, c.kind) for c in dataset.columns] == [("age", "number"), ("city", "category")]
        row = dataset.examples[5]
        assert row["city"] == ("Ulm" if row["age"] % 2 == 0 else "Bonn")
        assert dataset.labels[5] == [0, 1, 1][int(row["age"]) % 3]


def test_roles_come_from_keys_from_the_third_part_or_from_arrays():
    columns = {"a": np.arange(30.0), "b": np.arange(30.0) % 7, "w": np.arange(30.0) + 1, "who": np.arange(30) // 3}
    stream = tf.data.Dataset.from_tensor_slices(columns | {"y": np.resize([0, 1], 30)})
    by_key = opened(stream.shuffle(30), target="y", weight="w", group="who", ignore=("b",))
    assert [c.name for c in by_key.columns] == ["a"]
    rows = by_key.examples.frame["a"].to_numpy()
    assert np.array_equal(by_key.weight, rows + 1)
    assert np.array_equal(by_key.group, (rows // 3).astype(int).astype(str))
    third = opened(stream.map(lambda e: ({"a": e["a"], "b": e["b"]}, e["y"], e["w"])).batch(4))
    assert np.array_equal(third.weight, third.examples.frame["a"].to_numpy() + 1)
    given = opened(stream_of(), group=np.arange(200) // 2)
    assert given.group[0] == str(int(str(given.where[0]).split()[1]) // 2)
    with pytest.raises(DataError, match="fixed order"):
        opened(stream_of().shuffle(200), group=np.arange(200))


def test_pictures_of_several_sizes_are_ragged(random):
    pictures = [random.integers(0, 255, (4 + i % 3, 5, 3), dtype=np.uint8) for i in range(12)]
    stream = tf.data.Dataset.from_generator(
        lambda: zip(pictures, np.resize([0, 1], 12), strict=True),
        output_signature=(tf.TensorSpec((None, 5, 3), "uint8"), tf.TensorSpec((), "int64")),
    )
    for one in (stream, stream.ragged_batch(5)):
        dataset = opened(one)
        assert sorted(map(bytes, pictures)) == sorted(dataset.examples[i].tobytes() for i in range(12))


def test_sparse_vectors_become_dense():
    dense = np.where(np.arange(60).reshape(20, 3) % 4 == 0, 1.0, 0.0) + np.eye(20, 3)
    stream = stream_of(dense, np.resize([0, 1], 20)).batch(6).map(lambda x, y: (tf.sparse.from_dense(x), y))
    dataset = opened(stream)
    assert np.allclose(sorted(dataset.examples.frame.sum(axis=1)), sorted(dense.sum(1)))


def test_one_hot_labels_are_classes_and_say_so():
    dataset = opened(stream_of(X, np.eye(10)[Y]))
    assert set(dataset.labels) == set(range(10))
    assert any("single 1" in note for note in dataset.notes)


def test_an_endless_stream_needs_a_validation_set(monkeypatch):
    monkeypatch.setattr("wizard.data.gathering.ENDLESS_EXAMPLES", 450)
    with pytest.raises(DataError, match=r"without an end needs `validation`.*\.take\(n\)"):
        opened(stream_of().repeat())
    dataset = opened(stream_of().repeat(), validation=(X[:20], Y[:20]))
    assert np.bincount(dataset.part).tolist() == [200, 20]  # each example once
    assert any("no end" in note and "450" in note and "250 were exact copies" in note for note in dataset.notes)


def test_a_stream_that_does_not_end_where_it_should_is_endless(monkeypatch):
    monkeypatch.setattr("wizard.data.gathering.LONGEST", 300)
    stream = tf.data.Dataset.from_generator(
        lambda: iter(lambda: (X[0], 1), None), output_signature=(tf.TensorSpec((8, 8)), tf.TensorSpec(()))
    )
    with pytest.raises(DataError, match="without an end"):
        opened(stream)


NOISY = stream_of().map(  # made while no seed is set for all, which would give each pass the same
    lambda x, y: (tf.cast(x, "float32") / 300 + tf.random.uniform((8, 8)) / 100, y)
)


def test_a_random_stream_is_told_from_a_shuffled_one():
    assert "other examples each time" in opened(NOISY).notes[0]


def test_pictures_that_are_too_many_stay_on_disk(monkeypatch):
    plain = opened(stream_of())
    monkeypatch.setattr("wizard.data.pictures.KEEP_BYTES", 1000)
    dataset = opened(stream_of().shuffle(200).batch(16), validation=(X[:4], Y[:4]), test=stream_of(X[:2], Y[:2]))
    assert not isinstance(dataset.examples.pixels, np.ndarray | list)
    assert in_order(dataset)[:200] == in_order(plain)
    assert dataset.examples.hashes()[:200] == plain.examples.hashes()
    assert np.array_equal(dataset.examples.take(np.array([3, 202]))[1][..., 0], X[202 - 200])
    shares = opened(stream_of(X / np.float32(255), Y))
    assert (shares.examples.white, shares.examples[0].dtype) == (1.0, np.float32)


@pytest.mark.parametrize(
    ("stream", "options", "says"),
    [
        (tf.data.Dataset.from_tensor_slices(X), {}, "map the elements"),
        (stream_of().take(0), {}, "without any"),
        (stream_of().map(lambda x, y: ((x, x), y)), {}, "tuple of 2"),
        (stream_of().map(lambda x, y: (x, y, y, y)), {}, "4 parts"),
        (stream_of().map(lambda x, y: {"i": x, "l": y}), {}, "target='l'"),
        (stream_of().map(lambda x, y: {"i": x, "l": y}), {"target": "ll"}, "Did you mean 'l'"),
        (stream_of().map(lambda x, y: {"i": x, "n": y, "l": y}), {"target": "l"}, "ignore="),
        (stream_of().map(lambda x, y: {"i": x, "l": y}), {"target": "l", "group": "who"}, "`group` must be a key"),
        (stream_of().map(lambda x, y: (tf.range(y), y)), {}, "one length"),
        (stream_of().map(lambda x, y: (tf.debugging.check_numerics(1 / x, "odd"), y)), {}, "without an error"),
        (stream_of(), {"validation": 3}, "beside a stream"),
        (stream_of(), {"weight": "w"}, "dicts"),
    ],
)
def test_what_cannot_be_is_refused(stream, options, says):
    with pytest.raises((DataError, ColumnError), match=says):
        opened(stream, **options)


def test_vectors_of_labels_are_several_labels_or_targets():
    labels = (np.arange(600).reshape(200, 3) % 2).astype("float32")
    dataset = opened(stream_of(X, labels))
    assert dataset.labels.shape == (200, 3)
    assert sorted(map(tuple, dataset.labels.tolist())) == sorted(map(tuple, labels.tolist()))
    one_hot = np.eye(3, dtype="float32")[np.arange(200) % 3]
    assert opened(stream_of(X, one_hot)).labels.ndim == 1
    assert opened(stream_of(X, one_hot), task="multilabel").labels.shape == (200, 3)
