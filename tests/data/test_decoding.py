import numpy as np
import pytest
from PIL import Image

from wizard.core.errors import DataError
from wizard.data.decoding import decode

RED = np.zeros((4, 3, 3), np.uint8) + np.array([200, 10, 30], np.uint8)
GREY = np.arange(12, dtype=np.uint8).reshape(4, 3)


def saved(tmp_path, image, name="a.png", **options):
    image.save(tmp_path / name, **options)
    return decode(tmp_path / name)


def test_colour_and_grey_come_back_as_stored(tmp_path):
    np.testing.assert_array_equal(saved(tmp_path, Image.fromarray(RED)).pixels, RED)
    np.testing.assert_array_equal(saved(tmp_path, Image.fromarray(GREY)).pixels[..., 0], GREY)


def test_grey_stored_as_colour_is_grey(tmp_path):
    picture = saved(tmp_path, Image.fromarray(np.repeat(GREY[..., None], 3, axis=2)))
    np.testing.assert_array_equal(picture.pixels[..., 0], GREY)
    assert picture.pixels.shape == (4, 3, 1)


def test_transparent_parts_are_laid_on_white(tmp_path):
    rgba = np.concatenate([RED, np.full((4, 3, 1), 255, np.uint8)], axis=2)
    assert saved(tmp_path, Image.fromarray(rgba)).remarks == ()
    rgba[0, 0, 3] = 0
    picture = saved(tmp_path, Image.fromarray(rgba))
    assert picture.pixels[0, 0].tolist() == [255, 255, 255]
    assert picture.pixels[1, 1].tolist() == [200, 10, 30]
    assert picture.remarks == ("alpha",)


@pytest.mark.parametrize("mode", ["P", "1", "LA", "CMYK", "YCbCr"])
def test_every_mode_is_read(tmp_path, mode):
    Image.fromarray(RED).convert(mode).save(tmp_path / "probe.tif")
    try:
        with Image.open(tmp_path / "probe.tif") as probe:
            probe.load()
    except OSError:
        pytest.skip(f"This Pillow cannot read the {mode} TIFF that it wrote.")
    picture = saved(tmp_path, Image.fromarray(RED).convert(mode), "a.tif")
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.shape[:2] == (4, 3)
    assert picture.mode == mode


def test_a_palette_with_transparency_is_laid_on_white(tmp_path):
    picture = saved(tmp_path, Image.fromarray(RED).convert("P"), transparency=bytes([0] * 256))
    assert picture.pixels.tolist() == np.full((4, 3, 1), 255).tolist()


def test_sixteen_bits_are_scaled(tmp_path):
    picture = saved(tmp_path, Image.fromarray(np.array([[0, 65535], [257, 514]], np.uint16)))
    assert picture.pixels[..., 0].tolist() == [[0, 255], [1, 2]]
    assert picture.pixels.dtype == np.float32
    assert picture.remarks == ("16 bit",)


def test_a_turned_photograph_is_set_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = saved(tmp_path, Image.fromarray(RED), "a.jpg", exif=exif)
    assert picture.pixels.shape == (3, 4, 3)
    assert "turned" in picture.remarks


def test_of_a_moving_picture_the_first_frame_is_used(tmp_path):
    frames = [Image.fromarray(np.full((4, 3), v, np.uint8)) for v in (0, 255)]
    picture = saved(tmp_path, frames[0], "a.gif", save_all=True, append_images=frames[1:])
    assert picture.pixels.max() == 0
    assert "animated" in picture.remarks


def test_a_broken_file_is_named(tmp_path):
    path = tmp_path / "broken.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (50, 50, 3), dtype=np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(DataError, match=r"broken\.png"):
        decode(path)
    path.write_bytes(b"hello")
    with pytest.raises(DataError, match="no picture"):
        decode(path)
