import io

import numpy as np
from PIL import Image

from tests.report.example_blocks import picture
from wizard.report.pictures import BUDGET, embedded


def noise(name: str) -> bytes:
    target = io.BytesIO()
    pixels = np.random.default_rng(int(name)).integers(0, 255, (256, 256, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(target, "PNG")
    return target.getvalue()


def test_a_small_picture_is_embedded_as_it_is():
    found = embedded(["digit-3.png", "digit-3.png"], picture)["digit-3.png"]
    assert found.address.startswith("data:image/png;base64,iVBOR")
    assert (found.width, found.height, found.is_small) == (8, 8, True)


def test_pictures_that_are_gone_or_broken_are_left_out():
    assert embedded(["nothing.png"], picture) == {}
    assert (
        embedded(["a.png", "b.png"], {"a.png": b"\x89PNG broken", "b.png": b"<svg onload=alert(1)>"}.__getitem__) == {}
    )


def test_heavy_pictures_are_made_smaller_until_they_fit():
    found = embedded([str(i) for i in range(30)], noise)  # about 8 MB as base64
    assert len(found) == 30
    assert sum(len(ready.address) for ready in found.values()) < BUDGET * 1.02
    assert {ready.width for ready in found.values()} < {256, 192, 128, 96, 64, 48, 32}
