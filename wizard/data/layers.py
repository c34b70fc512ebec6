"""Preprocessing as Keras layers: what runs before training and inside the exported predictor.

Loaded after Keras itself (`wizard.core.backend`), or by `import wizard` beside an imported Keras.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

PACKAGE = "wizard"
SECONDS_A_DAY = 86_400.0
DATE = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
MOMENT = rf"{DATE}(?:[T ]{TIME}(?::[0-5]\d(?:\.\d+)?)?(?:Z|\+00:?00)?)?"  # any other place's clock would be off
GRAIN = 1e-9  # of sines and cosines: Mondays differ by rounding, and quantiles would tear such equal values apart


@keras.saving.register_keras_serializable(package=PACKAGE)
class Resize(keras.layers.Layer):
    """Pictures of any size (b, h, w, c) to one size, antialiased; dtype kept, uint8 rounded.

    Args:
        height: Of the result, pixels.
        width: Of the result, pixels.
        pad: Keep the aspect ratio and pad with zeros, instead of stretching.
    """

    def __init__(self, height: int, width: int, pad: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.height, self.width, self.pad = int(height), int(width), bool(pad)
        self._convert_input_args = False  # uint8 stays uint8

    def call(self, pictures: Any) -> Any:
        """(b, h, w, c) -> (b, height, width, c)."""
        resize = tf.image.resize_with_pad if self.pad else _stretch
        resized = resize(tf.cast(pictures, "float32"), self.height, self.width, antialias=True)
        if pictures.dtype == tf.uint8:
            resized = tf.cast(tf.round(tf.clip_by_value(resized, 0.0, 255.0)), "uint8")
        return tf.ensure_shape(resized, (None, self.height, self.width, pictures.shape[-1]))

    def compute_output_spec(self, pictures: Any) -> keras.KerasTensor:
        """Shape and dtype of the result."""
        return keras.KerasTensor((pictures.shape[0], self.height, self.width, pictures.shape[-1]), pictures.dtype)

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "height": self.height, "width": self.width, "pad": self.pad}


def _stretch(pictures: Any, height: int, width: int, antialias: bool) -> Any:
    return tf.image.resize(pictures, (height, width), antialias=antialias)


@keras.saving.register_keras_serializable(package=PACKAGE)
class QuantileNormal(keras.layers.Layer):
    """Each column to a standard normal through its training quantiles; missing (NaN, infinite) to 0, the median.

    Args:
        knots: For every column its rising, distinct quantiles, in the column's unit.
        scores: For every column the normal scores of these quantiles.
        indicators: Numbers of the columns that get an indicator (1 where missing) at the end.
    """

    def __init__(
        self, knots: list[list[float]], scores: list[list[float]], indicators: list[int], **kwargs: Any
    ) -> None:
        super().__init__(**{**kwargs, "dtype": "float64"})
        self.knots, self.scores, self.indicators = knots, scores, list(indicators)
        longest = max((len(column) for column in knots), default=1) + 1
        self._knots = np.array([k + [np.inf] * (longest - len(k)) for k in knots], "float64")  # (d, q)
        self._scores = np.array([s + [s[-1]] * (longest - len(s)) for s in scores], "float64")  # (d, q)

    @classmethod
    def fitted(cls, columns: np.ndarray, **kwargs: Any) -> QuantileNormal:
        """Fits to training rows (n, d) float64 with NaN where missing."""
        from scipy.stats import norm

        knots, scores, indicators = [], [], []
        for number, column in enumerate(columns.T):
            values = column[np.isfinite(column)]
            if len(values) < len(column):
                indicators.append(number)
            if not len(values):
                values = np.zeros(1)
            n_quantiles = int(max(min(len(values) / 30, 1000), 10))  # as tabular benchmarks do
            shares = np.linspace(0, 1, n_quantiles)
            quantiles = np.quantile(values, shares)
            distinct, number_of = np.unique(quantiles, return_inverse=True)
            share = np.bincount(number_of, shares) / np.bincount(number_of)  # ties: the middle of their shares
            margin = 0.5 / (len(values) + 1)
            knots.append(distinct.tolist())
            scores.append((norm.ppf(np.clip(share, margin, 1 - margin)) if len(distinct) > 1 else share * 0).tolist())
        return cls(knots, scores, indicators, **kwargs)

    def call(self, columns: Any) -> Any:
        """(b, d) float64 -> (b, d + indicators) float32."""
        is_missing = tf.logical_not(tf.math.is_finite(columns))
        x = tf.transpose(tf.where(is_missing, tf.zeros_like(columns), columns))  # (d, b)
        knots, scores = tf.constant(self._knots), tf.constant(self._scores)
        above = tf.searchsorted(knots, x, side="right")
        low = tf.clip_by_value(above - 1, 0, knots.shape[1] - 2)
        k0, k1 = (tf.gather(knots, low + step, batch_dims=1) for step in (0, 1))
        s0, s1 = (tf.gather(scores, low + step, batch_dims=1) for step in (0, 1))
        share = tf.clip_by_value((x - k0) / (k1 - k0), 0.0, 1.0)
        normal = tf.transpose(s0 + share * (s1 - s0))  # (b, d)
        normal = tf.where(is_missing, tf.zeros_like(normal), normal)
        parts = [tf.cast(normal, "float32")]
        if self.indicators:
            parts.append(tf.cast(tf.gather(is_missing, self.indicators, axis=1), "float32"))
        return tf.concat(parts, axis=1)

    def compute_output_spec(self, columns: Any) -> keras.KerasTensor:
        """Shape and dtype of the result."""
        return keras.KerasTensor((columns.shape[0], len(self.knots) + len(self.indicators)), "float32")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {
            **super().get_config(),
            "knots": self.knots,
            "scores": self.scores,
            "indicators": self.indicators,
        }


@keras.saving.register_keras_serializable(package=PACKAGE)
class CategoryCodes(keras.layers.Layer):
    """Strings (b, m) to codes (b, m) int32: 0 where missing (""), 1 where unknown, then the vocabulary.

    Args:
        vocabularies: For every column its known values.
    """

    def __init__(self, vocabularies: list[list[str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.vocabularies = [list(vocabulary) for vocabulary in vocabularies]
        self.lookups = [
            keras.layers.StringLookup(vocabulary=vocabulary, mask_token="", num_oov_indices=1, name=f"lookup_{number}")
            if vocabulary
            else None
            for number, vocabulary in enumerate(self.vocabularies)
        ]
        self._convert_input_args = False

    def build(self, shape: Any) -> None:
        """The vocabularies are there from the start; Keras wants to hear it, or it warns when a file is loaded."""
        for lookup in filter(None, self.lookups):
            lookup.build(())

    def call(self, columns: Any) -> Any:
        """(b, m) strings -> (b, m) int32."""
        codes = []
        for number, lookup in enumerate(self.lookups):
            column = columns[:, number]
            code = lookup(column) if lookup is not None else tf.where(column == "", 0, 1)
            codes.append(tf.cast(code, "int32"))
        return tf.stack(codes, axis=1)

    def compute_output_spec(self, columns: Any) -> keras.KerasTensor:
        """Shape and dtype of the result."""
        return keras.KerasTensor((columns.shape[0], len(self.vocabularies)), "int32")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "vocabularies": self.vocabularies}


@keras.saving.register_keras_serializable(package=PACKAGE)
class DateParts(keras.layers.Layer):
    """ISO 8601 strings (b, q), "" where missing, to numbers (b, q × 8) float64, NaN where missing.

    The parts of one date, in order: seconds since 1970, hour, sine and cosine of the day in the year, of the weekday,
    and of the time of day. Strings read "2026-01-31", "2026-01-31T12:00" or "2026-01-31T12:00:00", in UTC; any other
    text counts as missing.
    """

    PARTS = ("moment", "hour", "season sin", "season cos", "weekday sin", "weekday cos", "clock sin", "clock cos")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float64"})
        self._convert_input_args = False

    def call(self, dates: Any) -> Any:
        """(b, q) strings -> (b, q × 8) float64."""
        is_missing = tf.logical_not(tf.strings.regex_full_match(dates, MOMENT))
        text = tf.where(is_missing, "1970-01-01", dates)
        text = tf.where(tf.strings.length(text) < 16, text + "T00:00", text)
        has_seconds = tf.strings.regex_full_match(text, r".{16}:\d\d.*")
        text = tf.where(has_seconds, text, tf.strings.substr(text, 0, 16) + ":00")

        def number(start: int, length: int) -> Any:
            return tf.strings.to_number(tf.strings.substr(text, start, length), "float64")

        year, month, day = number(0, 4), number(5, 2), number(8, 2)
        hour = number(11, 2) + number(14, 2) / 60 + number(17, 2) / 3600
        shifted = year - tf.cast(month <= 2, "float64")  # years that begin in March end with the leap day
        day_of_year = (
            tf.floor(
                (153 * (month + tf.where(month > 2, tf.constant(-3.0, "float64"), tf.constant(9.0, "float64"))) + 2) / 5
            )
            + day
            - 1
        )
        era = tf.floor(shifted / 400)
        year_of_era = shifted - era * 400
        day_of_era = year_of_era * 365 + tf.floor(year_of_era / 4) - tf.floor(year_of_era / 100) + day_of_year
        days = era * 146_097 + day_of_era - 719_468  # since 1970 (Hinnant, days_from_civil)
        season, weekday, clock = day_of_year / 365.25, (days + 3) / 7, hour / 24
        parts = [days * SECONDS_A_DAY + hour * 3600, hour]
        for turn in (season, weekday, clock):
            parts += [tf.round(wave(2 * np.pi * turn) / GRAIN) * GRAIN for wave in (tf.sin, tf.cos)]
        stacked = tf.stack(parts, axis=2)  # (b, q, 8)
        stacked = tf.where(is_missing[:, :, None], tf.constant(np.nan, "float64"), stacked)
        return tf.reshape(stacked, (-1, dates.shape[1] * len(self.PARTS)))

    def compute_output_spec(self, dates: Any) -> keras.KerasTensor:
        """Shape and dtype of the result."""
        return keras.KerasTensor((dates.shape[0], dates.shape[1] * len(self.PARTS)), "float64")


@keras.saving.register_keras_serializable(package=PACKAGE)
class Columns(keras.layers.Layer):
    """Columns, each (b,), side by side: (b, d), dtype kept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._convert_input_args = False

    def call(self, columns: list[Any]) -> Any:
        """D columns (b,) -> (b, d)."""
        return tf.stack(columns, axis=1)

    def compute_output_spec(self, columns: list[Any]) -> keras.KerasTensor:
        """Shape and dtype of the result."""
        return keras.KerasTensor((columns[0].shape[0], len(columns)), columns[0].dtype)


# Writing that needs a space between tokens, in RE2's syntax. The scripts are those that put none between words.
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}\x{30FC}\x{FF70}"
LETTER = rf"(?:[^\P{{L}}{UNSPACED}]|\p{{M}}|\p{{N}}|[_\x{{200C}}\x{{200D}}])"
PICTOGRAPH = r"\p{So}[\x{1F3FB}-\x{1F3FF}]?"
TOKENS = "|".join((
    rf"{LETTER}+(?:'{LETTER}+)*",  # words, "don't" in one piece
    r"[\x{1F1E6}-\x{1F1FF}]{2}",  # flags
    rf"{PICTOGRAPH}(?:\x{{200D}}{PICTOGRAPH})*",  # emoji with their skin and company
    rf"[{UNSPACED}]\p{{M}}*",  # characters of scripts without spaces, with what stands above and below them
    r"-+|=+|\*+|\.+|!+|\?+|~+|#+",  # rules and emphasis in one piece
    r"[^\s\p{Z}\p{C}]",  # any other sign
))  # fmt: skip
REWRITES = (  # in this order
    (r"(?is)<(?:script|style)\b.*?</(?:script|style)\s*>|<!--.*?-->", " "),
    (r"(?is)</?[a-z][a-z0-9-]*(?:\s[^<>]*)?/?>|<!doctype[^<>]*>", " "),
    (r"(?i)&(?:nbsp|#160|#xa0);", " "),
    (r"(?i)&(?:lt|#60|#x3c);", "<"),
    (r"(?i)&(?:gt|#62|#x3e);", ">"),
    (r"(?i)&(?:quot|#34|#x22);", '"'),
    (r"(?i)&(?:apos|#39|#x27|rsquo|lsquo);|[\x{2018}\x{2019}\x{02BC}]", "'"),
    (r"(?i)&(?:amp|#38|#x26);", "&"),
    (r"[\x{00AD}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{FE0E}\x{FE0F}\x{FEFF}]", ""),
    (r"[\p{Z}\p{Cc}\x{200B}]+", " "),
)
LONGEST_TEXT = 20_000  # characters of a text that are looked at: some 3,000 words, ten times what networks here read


@keras.saving.register_keras_serializable(package=PACKAGE)
def words_apart(texts: Any) -> Any:
    """Texts (b,) to tokens with a space between, in lower case: words, numbers, signs, emoji.

    Markup goes, entities become what they stand for. Chinese, Japanese, Thai and their like, which put no space
    between words, are taken character by character.
    """
    x = tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8", errors="replace")
    x = tf.strings.substr(x, 0, LONGEST_TEXT, unit="UTF8_CHAR")
    for pattern, written in REWRITES:
        x = tf.strings.regex_replace(x, pattern, written)
    return tf.strings.regex_replace(tf.strings.lower(x, encoding="utf-8"), f"({TOKENS})", r" \1 ")


@keras.saving.register_keras_serializable(package=PACKAGE)
class TokenCodes(keras.layers.Layer):
    """Texts (b,) to codes of their tokens (b, t) int32: 0 after the last, 1 where unknown, then the vocabulary.

    Args:
        tokens: The vocabulary, without a token for none or unknown.
        length: t, tokens kept of a text.
    """

    def __init__(self, tokens: list[str], length: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tokens, self.length = list(tokens), int(length)
        self._vectorization = keras.layers.TextVectorization(
            standardize=words_apart, split="whitespace", output_sequence_length=self.length, vocabulary=self.tokens
        )

    def build(self, shape: Any) -> None:
        """The table of tokens is there from the start."""
        self.built = True

    def call(self, texts: Any) -> Any:
        """(b,) strings -> (b, t) int32."""
        return tf.cast(self._vectorization(texts), "int32")

    def compute_output_spec(self, texts: Any) -> keras.KerasTensor:
        """Shape and dtype of the result."""
        return keras.KerasTensor((texts.shape[0], self.length), "int32")

    def get_config(self) -> dict[str, Any]:
        """For saving."""
        return {**super().get_config(), "tokens": self.tokens, "length": self.length}
