"""What a network eats, whatever it was before."""

from __future__ import annotations

from typing import Literal

from wizard.core.values import Value

MEASURED = "share measured"  # the channel that tells what share of a step's values was measured


class ImageForm(Value):
    """Pictures of one size: tensor "image", (b, height, width, channels), 0–255."""

    kind: Literal["image"] = "image"
    height: int
    width: int
    channels: int

    def __str__(self) -> str:
        """In words, for logs and pages."""
        colours = {1: "grey", 3: "colour"}.get(self.channels, f"{self.channels} channels")
        return f"{self.height} × {self.width} picture, {colours}"


class FeaturesForm(Value):
    """Rows of a table: tensor "numeric", (b, d) of order 1, and tensor "categories", (b, m) of codes.

    Attributes:
        numeric: Names of the d numeric features, missing-value indicators among them.
        categories: Names of the m categorical features.
        cardinalities: Number of codes of each of them; code 0 is missing, 1 is unknown.
    """

    kind: Literal["features"] = "features"
    numeric: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    cardinalities: tuple[int, ...] = ()

    def __str__(self) -> str:
        """In words, for logs and pages."""
        parts = [f"{len(self.numeric)} numeric"] if self.numeric else []
        parts += [f"{len(self.categories)} categorical"] if self.categories else []
        return f"{' and '.join(parts)} features"


class TokensForm(Value):
    """Texts as codes of words: tensor "tokens", (b, t) int32.

    Attributes:
        length: t, tokens kept of a text; shorter ones end in code 0.
        vocabulary: Number of codes; code 0 is no token, 1 is a token that training texts do not have, the others follow
            by falling frequency.
    """

    kind: Literal["tokens"] = "tokens"
    length: int
    vocabulary: int

    def __str__(self) -> str:
        """In words, for logs and pages."""
        return f"text of up to {self.length:,} tokens"


class SeriesForm(Value):
    """Series of one length: tensor "series", (b, t, c) float32.

    Attributes:
        length: t, steps of a series.
        channels: Names of the c channels, in order; those that tell where something was measured are among them.
    """

    kind: Literal["series"] = "series"
    length: int
    channels: tuple[str, ...]

    @property
    def n_measured(self) -> int:
        """Channels that hold measurements; the one behind them, if any, tells where something was measured."""
        return len([name for name in self.channels if name != MEASURED])

    def __str__(self) -> str:
        """In words, for logs and pages."""
        n = len(self.channels)
        return f"series of {self.length:,} steps, {n} channel{'s' * (n > 1)}"


Form = ImageForm | FeaturesForm | TokensForm | SeriesForm
