"""Pictures as examples, kept decoded while memory allows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wizard.data.decoding import decode, grey_or_colour, luminance

if TYPE_CHECKING:
    from wizard.data.dataset import Examples

KEEP_BYTES = 2**30  # decoded pixels beyond a GiB stay in their files: Colab has 12 GiB, and training needs most of it


@dataclass(frozen=True)
class FileFact:
    """What is known of a picture's file: `size_bytes`, and `mode`, Pillow's name of how it stores pixels."""

    size_bytes: int
    mode: str


class ImageExamples:
    """Pictures, possibly of different sizes; an example is an (h, w, c) array.

    Attributes:
        pixels: (n, h, w, c) array where all have one size, else a list of (h, w, c) arrays, or of paths or contents of
            files; LazyPictures where they stay on disk.
        channels: c of every picture: 1 where all are grey, else 3.
        sizes: (n, 2) height and width in pixels.
        white: The value of white: 255.0, 1.0, or None where values follow no such scale.
        file_facts: A FileFact for each, or None where it came from no file.
    """

    def __init__(
        self,
        pixels: np.ndarray | Sequence[np.ndarray | Path | bytes],
        channels: int,
        sizes: np.ndarray,
        white: float | None = 255.0,
        hashes: tuple[str, ...] | None = None,
        file_facts: Sequence[FileFact | None] | None = None,
    ) -> None:
        self.pixels: Any = pixels
        self.channels = channels
        self.sizes = sizes
        self.white = white
        self.file_facts = tuple(file_facts) if file_facts is not None else (None,) * len(pixels)
        self._hashes = hashes

    @staticmethod
    def of(examples: Examples) -> ImageExamples:
        """The examples of a data set that is known to hold pictures."""
        assert isinstance(examples, ImageExamples)
        return examples

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, index: int) -> np.ndarray:
        pixels = self.pixels[index]
        pixels = decode(pixels).pixels if isinstance(pixels, Path | bytes) else pixels
        return with_channels(pixels, self.channels)

    def take(self, indices: np.ndarray) -> ImageExamples:
        """Returns the pictures at `indices`, in that order."""
        indices = np.asarray(indices)
        indices = np.flatnonzero(indices) if indices.dtype == bool else indices.astype(np.intp)
        is_stack = isinstance(self.pixels, np.ndarray)  # (n, h, w, c)
        return ImageExamples(
            self.pixels[indices] if is_stack else taken(self.pixels, indices),
            self.channels,
            self.sizes[indices],
            self.white,
            None if self._hashes is None else tuple(self._hashes[i] for i in indices),
            [self.file_facts[i] for i in indices],
        )

    def hashes(self) -> tuple[str, ...]:
        """Returns a hash of every picture's pixels and size; a grey picture stored in colour has the grey one's."""
        if self._hashes is None:
            self._hashes = tuple(hash_of(self[i]) for i in range(len(self)))
        return self._hashes


def taken(pixels: Any, indices: np.ndarray) -> Any:
    """A list's entries, or, of pictures on disk, where they stand."""
    return [pixels[i] for i in indices] if isinstance(pixels, list) else pixels.take(indices)


def hash_of(pixels: np.ndarray) -> str:
    """Hashes (h, w, c) pixels and their size."""
    grey = np.ascontiguousarray(grey_or_colour(pixels))
    digest = hashlib.blake2b(repr((grey.shape, grey.dtype.kind)).encode(), digest_size=16)
    digest.update(grey.data if grey.size else b"")
    return digest.hexdigest()


def with_channels(pixels: np.ndarray, channels: int) -> np.ndarray:
    """Returns (…, 1 or 3) pixels with `channels` channels: grey repeated, colour turned into its luminance."""
    if pixels.shape[-1] == channels:
        return pixels
    return np.repeat(pixels, 3, axis=-1) if channels == 3 else luminance(pixels)
