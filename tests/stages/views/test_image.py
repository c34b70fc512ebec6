"""Pictures made smaller for probes."""

import numpy as np
import pytest
from PIL import Image

from wizard.stages.views.image import area_resized


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("size", "to"), [((28, 28), (16, 16)), ((50, 33), (16, 11)), ((8, 8), (12, 10)), ((5, 7), (3, 7))]
)
def test_they_are_as_pillow_makes_them_and_alike_however_many_at_a_time(size, to, channels):
    pictures = np.random.default_rng(0).integers(0, 256, (5, *size, channels), "uint8")
    smaller = area_resized(pictures, *to)
    for one, found in zip(pictures, smaller, strict=True):
        for c in range(channels):
            plain = Image.fromarray(one[..., c].astype("float32")).resize(to[::-1], Image.Resampling.BOX)
            assert np.allclose(found[..., c], np.asarray(plain), atol=1e-3)
        assert np.array_equal(area_resized(one[None], *to)[0], found)
