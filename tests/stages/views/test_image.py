"""Pictures made smaller for probes."""

import numpy as np
import pytest
from PIL import Image

from wizard.stages.views import image
from wizard.stages.views.image import area_resized, resized


def by_pillow(picture, height, width):
    planes = [Image.fromarray(plane.astype("float32")) for plane in np.moveaxis(picture, -1, 0)]
    return np.stack([np.asarray(one.resize((width, height), Image.Resampling.BOX)) for one in planes], axis=-1)


@pytest.mark.parametrize("at_once", [2**22, 1])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("size", "to"), [((28, 28), (16, 16)), ((50, 33), (16, 11)), ((8, 8), (12, 10)), ((5, 7), (3, 7))]
)
def test_they_are_as_pillow_makes_them_however_many_at_a_time(monkeypatch, size, to, channels, at_once):
    pictures = np.random.default_rng(0).integers(0, 256, (5, *size, channels), "uint8")
    together = area_resized(pictures, *to)
    assert np.allclose(together, [by_pillow(one, *to) for one in pictures], atol=1e-3)
    monkeypatch.setattr(image, "AT_ONCE", at_once)
    assert np.array_equal(area_resized(pictures, *to), together)
    assert np.array_equal(resized(list(pictures), np.array([3, 0, 4]), *to), together[[3, 0, 4]] / 255)


def test_pictures_of_several_sizes_come_to_one():
    random = np.random.default_rng(0)
    pictures = [random.integers(0, 256, (side, side + 3, 3), "uint8") for side in (20, 31, 20, 12)]
    small = resized(pictures, np.arange(4), 8, 9)
    assert np.allclose(small * 255, [by_pillow(one, 8, 9) for one in pictures], atol=1e-3)
