import math

import pytest

from wizard.core.blocks import Column
from wizard.report.words import clean, column, duration, interval, number, quantity, share, shortened


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "–"),
        (True, "yes"),
        (0, "0"),
        (1797, "1,797"),
        (0.97222, "0.972"),
        (2.302585, "2.303"),
        (1234.567, "1,235"),
        (3e-4, "0.0003"),
        (2.34e-5, "2.34 × 10⁻⁵"),
        (1e-6, "10⁻⁶"),
        (1e300, "10³⁰⁰"),
        (-0.5, "−0.5"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "not a number"),
        (12.0, "12"),
        ("a\nb\x00", "a b\ufffd"),
    ],
)
def test_a_number_reads_as_people_write_it(value, written):
    assert number(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0%"),
        (1, "100%"),
        (0.9722, "97.2%"),
        (0.0005, "0.05%"),
        (0.9996, "99.96%"),
        (1e-6, "under 0.01%"),
        (math.nan, "not a number"),
    ],
)
def test_a_share_is_a_percentage_that_never_rounds_to_all_or_nothing(value, written):
    assert share(value) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.034, "34 ms"),
        (0.9996, "1.0 s"),
        (4.2, "4.2 s"),
        (9.99, "10 s"),
        (59.7, "1 min"),
        (72, "1 min 12 s"),
        (7500, "2 h 5 min"),
    ],
)
def test_a_duration_is_said_as_people_say_it(seconds, written):
    assert duration(seconds) == written


def test_a_quantity_carries_its_unit():
    assert quantity(2.914, "nats") == "2.914 nats"
    assert quantity(0.011, "share of labels") == "1.1% of labels"
    assert quantity(72.0, "seconds") == "1 min 12 s"
    assert interval(0.005, 0.021, "share") == "0.5% to 2.1%"


def test_a_column_has_one_number_of_decimals():
    assert column((0.1037, 0.0985, None, 0.9815), Column(name="x")) == ["0.104", "0.099", "–", "0.982"]
    assert column((0.5, math.inf), Column(name="x", format="share")) == ["50%", "∞"]
    assert column((1257.0, "many"), Column(name="x", format="count")) == ["1,257", "many"]


def test_text_from_data_is_one_line_without_control_characters():
    assert clean(" a\r\nb\x07\ud800 ") == "a b\ufffd\ufffd"
    assert shortened("abcdef", 4) == "abc…"
