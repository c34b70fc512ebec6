import numpy as np
import pytest

from tests.small import dataset_of
from wizard.core.errors import DataError, OptionError

RANDOM = np.random.default_rng(0)
Y = np.resize(["up", "down"], 12)


def opened(x, y=Y, **options):
    return dataset_of((x, y), **options)


@pytest.mark.parametrize(
    ("x", "modality"),
    [
        (RANDOM.normal(size=(12, 30, 2)), "series"),  # negative: no brightness
        (RANDOM.uniform(size=(12, 30, 1)), "series"),  # one channel last
        (RANDOM.uniform(size=(12, 30, 3)), "series"),  # a strip three wide
        (RANDOM.integers(0, 256, (12, 40, 1)), "series"),
        (RANDOM.uniform(size=(12, 28, 28)), "image"),
        (RANDOM.integers(0, 17, (12, 8, 8)), "image"),
        (RANDOM.integers(0, 255, (12, 9, 8), dtype=np.uint8), "image"),
        (RANDOM.uniform(size=(12, 8, 8, 3)), "image"),
        (RANDOM.normal(size=(12, 30)), "table"),
        ([RANDOM.normal(size=5 + i) for i in range(12)], "series"),
        ([RANDOM.normal(size=(5 + i, 3)) for i in range(12)], "series"),
        ([list(range(3 + i)) for i in range(12)], "series"),
        ([RANDOM.integers(0, 255, (9 + i, 8), dtype=np.uint8) for i in range(12)], "image"),
        ([RANDOM.integers(0, 255, (9 + i, 8, 3), dtype=np.uint8) for i in range(12)], "image"),
    ],
)
def test_what_arrays_hold_is_seen(x, modality):
    assert opened(x).modality == modality


def test_a_modality_decides_where_both_would_do():
    x = RANDOM.uniform(size=(12, 30, 3))
    assert opened(x, modality="image").modality == "image"
    assert 'modality="image"' in opened(x).notes[0]
    assert opened(x, modality="series").notes == ()
    assert opened(RANDOM.uniform(size=(12, 28, 28)), modality="series").examples.values.shape == (12, 28, 28)
    assert opened(RANDOM.normal(size=(12, 30)), modality="series").examples.values.shape == (12, 30, 1)


def test_channels_first_is_remarked():
    assert "swapaxes" in opened(RANDOM.normal(size=(12, 6, 100))).notes[0]


def test_what_cannot_be_used_is_left_out_and_listed():
    x = RANDOM.normal(size=(12, 30, 2))
    x[3] = np.nan
    x[4, 5, 0] = np.inf
    dataset = opened(x)
    assert len(dataset) == 11
    assert [(gone.where, gone.why) for gone in dataset.left_out] == [("x[3]", "has no value at all")]
    assert dataset.notes == ("1 infinite value read as missing.",)
    ragged = opened([[], *(RANDOM.normal(size=5 + i) for i in range(11))])
    assert [gone.where for gone in ragged.left_out] == ["x[0]"]


def test_sets_of_the_users_own_stand_beside():
    x = RANDOM.normal(size=(12, 30, 2))
    dataset = opened(x, validation=(x[:4] + 1, Y[:4]), test=([one[:9] for one in x], Y), group=np.arange(28) // 2)
    assert np.bincount(dataset.part).tolist() == [12, 4, 12]
    assert dataset.where[-1] == "test x[11]"
    assert dataset.examples.lengths[-1] == 9
    with pytest.raises(DataError, match="same channels"):
        opened(x, test=(x[:, :, :1], Y))


@pytest.mark.parametrize(
    ("x", "options", "error", "message"),
    [
        (
            [RANDOM.normal(size=(5, 2)), *([RANDOM.normal(size=(4, 3))] * 11)],
            {"modality": "series"},
            DataError,
            r"x\[1\]",
        ),
        ([["a", "b"], *([[1.0]] * 11)], {}, DataError, "Series are"),
        ([[[1, 2], [3]], *([[1.0]] * 11)], {"modality": "series"}, DataError, "Series are|one length"),
        (RANDOM.normal(size=(12, 30, 2)), {"modality": "table"}, DataError, "reshape"),
        ([RANDOM.normal(size=5 + i) for i in range(12)], {"modality": "table"}, OptionError, "holds series"),
        (RANDOM.normal(size=(12, 4, 4, 2)), {"modality": "series"}, DataError, "Series are"),
    ],
)
def test_what_cannot_be_is_refused(x, options, error, message):
    with pytest.raises(error, match=message):
        opened(x, **options)
