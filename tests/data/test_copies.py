import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.datasets import load_wine

from tests.small import dataset_of, some_digits, some_rows
from wizard.data.copies import find_copies

N = 120


SIDE = 96  # pixels: one of them is a small shift; of pictures of 32 it is not


def photos(n: int) -> np.ndarray:
    """(n, h, w, 3) smooth colour pictures, no two alike."""
    random = np.random.default_rng(0)
    coarse = random.integers(0, 255, (n, 4, 4, 3), dtype=np.uint8)
    return np.stack([np.asarray(Image.fromarray(one).resize((SIDE, SIDE), Image.Resampling.BICUBIC)) for one in coarse])


def shifted(picture):
    return np.roll(picture, 1, axis=1)


def noisy(picture):
    noise = np.random.default_rng(1).normal(0, 6, picture.shape)
    return np.clip(picture + noise, 0, 255).astype("uint8")


def reencoded(picture):
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=60)
    return np.asarray(Image.open(buffer))


def copies_of(x, **options):
    return find_copies(dataset_of((x, np.resize(["a", "b"], len(x))), **options), 0)


@pytest.mark.parametrize("change", [shifted, noisy, reencoded], ids=lambda change: change.__name__)
def test_changed_pictures_are_found_as_near_copies(change):
    pictures = photos(N)
    pictures[100:110] = np.stack([change(picture) for picture in pictures[:10]])
    copies = copies_of(pictures)
    found = {tuple(pair) for pair in copies.near.tolist()}
    assert len(found & {(i, 100 + i) for i in range(10)}) >= 9
    assert len(found) <= 12
    assert sum(copies.sets[i] == copies.sets[100 + i] for i in range(10)) >= 9


def test_equal_pictures_are_one_set_and_others_are_not():
    pictures = photos(N)
    pictures[7] = pictures[3]
    copies = copies_of(pictures)
    assert copies.exact[7] == copies.exact[3]
    assert len(np.unique(copies.exact)) == N - 1
    assert len(copies.near) == 0


def test_handwritten_digits_have_no_copies():
    copies = copies_of(some_digits(400)[0])
    assert len(np.unique(copies.sets)) >= 396
    assert len(copies.near) <= 4


def test_blank_pictures_resemble_nothing():
    pictures = photos(40)
    for i in range(5):
        pictures[i] = 10 * i
    assert len(copies_of(pictures).near) == 0


def test_equal_rows_are_one_set_whatever_their_labels():
    frame = some_rows(100)
    frame.loc[9] = frame.loc[4]
    frame.loc[9, "bought"] = "yes" if frame.loc[4, "bought"] == "no" else "no"
    copies = find_copies(dataset_of(frame, "bought"), 0)
    assert copies.sets[9] == copies.sets[4]
    assert len(np.unique(copies.sets)) == 99


def test_rows_that_differ_in_the_last_digit_are_near_copies():
    x = np.random.default_rng(0).normal(size=(200, 6))
    x[150:160] = x[:10] + 1e-5
    copies = copies_of(x)
    assert sum(copies.sets[i] == copies.sets[150 + i] for i in range(10)) >= 8


def test_rows_with_a_little_noise_are_near_copies_in_coarse_columns_too():
    table = load_wine(as_frame=True).data  # magnesium and four others have few different values
    assert table.nunique().min() < 60
    noise = 0.01 * table.std().to_numpy() * np.random.default_rng(0).normal(size=(9, table.shape[1]))
    frame = pd.concat([table, table.iloc[:9] + noise], ignore_index=True).assign(label=np.resize(["a", "b"], 187))
    pairs = find_copies(dataset_of(frame, "label"), 0).near
    assert [list(pair) for pair in pairs] == [[row, 178 + row] for row in range(9)]
    assert not len(find_copies(dataset_of(frame.iloc[:178], "label"), 0).near)


def test_rows_finer_than_the_scale_they_were_measured_in_are_near_copies():
    random = np.random.default_rng(0)
    grid = random.normal(5, 1, (60, 4)).round(1)
    noisy = grid[:4] + random.normal(0, 0.01, (4, 4))
    found = copies_of(np.concatenate([grid, noisy]))
    assert {tuple(sorted(pair)) for pair in found.near.tolist()} >= {(row, 60 + row) for row in range(4)}
    assert len(copies_of(grid).near) == 0, "on a grid of tenths, rows are near by chance"


def test_a_random_table_has_no_copies():
    copies = copies_of(np.random.default_rng(0).normal(size=(500, 3)))
    assert len(np.unique(copies.sets)) == 500


def test_rows_that_agree_by_chance_are_no_near_copies():
    random = np.random.default_rng(0)
    frame = pd.DataFrame({
        "amount": random.integers(0, 300, 2000).astype(float),
        "colour": random.choice(["red", "blue"], 2000),
        "y": random.choice(["a", "b"], 2000),
    })  # fmt: skip
    assert len(find_copies(dataset_of(frame, "y"), 0).near) == 0


def test_numbers_do_not_depend_on_labels():
    pictures = photos(40)
    pictures[7] = pictures[3]
    labels = np.resize(["a", "b"], 40)
    one = find_copies(dataset_of((pictures, labels)), 0)
    two = find_copies(dataset_of((pictures, labels[::-1])), 0)
    assert one.sets.tolist() == two.sets.tolist()
