import numpy as np
import pytest
from PIL import Image

from wizard.data import picture_sets
from wizard.data.picture_sets import read_pictures


@pytest.fixture
def files(tmp_path, random):
    paths = [tmp_path / f"{i}.png" for i in range(3)]
    for path, width in zip(paths, (4, 5, 4), strict=True):
        Image.fromarray(random.integers(0, 255, (4, width, 3), dtype=np.uint8)).save(path)
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(paths[2])
    return paths


def test_one_colour_picture_makes_all_of_them_colour(files):
    examples, _, _ = read_pictures([files])
    assert [examples[i].shape for i in range(3)] == [(4, 4, 3), (4, 5, 3), (4, 4, 3)]
    assert examples.sizes.tolist() == [[4, 4], [4, 5], [4, 4]]
    assert examples.file_facts[2].mode == "L"
    assert examples.file_facts[2].size_bytes == files[2].stat().st_size


def test_pictures_beyond_memory_are_decoded_again(files, monkeypatch):
    kept, _, _ = read_pictures([files])
    monkeypatch.setattr(picture_sets, "KEEP_BYTES", 100)
    again, _, notes = read_pictures([files])
    assert again.pixels == files
    assert "decoded again" in notes[0]
    assert again.hashes() == kept.hashes()
    np.testing.assert_array_equal(again[1], kept[1])


def test_hashes_follow_the_pixels_not_the_file(files, tmp_path):
    Image.open(files[0]).save(tmp_path / "copy.bmp")
    examples, _, _ = read_pictures([[files[0], tmp_path / "copy.bmp", files[1]]])
    hashes = examples.hashes()
    assert hashes[0] == hashes[1] != hashes[2]
    assert read_pictures([np.stack([examples[0]])])[0].hashes()[0] == hashes[0]


def test_take_keeps_order_and_facts(files):
    examples, _, _ = read_pictures([files])
    taken = examples.take(np.array([2, 0]))
    np.testing.assert_array_equal(taken[1], examples[0])
    assert taken.hashes() == (examples.hashes()[2], examples.hashes()[0])
    assert taken.file_facts[0] == examples.file_facts[2]
    assert taken.sizes.tolist() == [[4, 4], [4, 4]]
