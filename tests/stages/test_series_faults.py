import numpy as np

from tests.small import some_series
from wizard.data.series import SeriesExamples
from wizard.stages.series_faults import longest_run, odd_channels, odd_series

CLEAN, _ = some_series(60)


def examples(change=None):
    series = [one.copy() for one in CLEAN]
    if change is not None:
        change(series)
    return SeriesExamples(series, ("x", "y"))


def test_silent_on_clean_series():
    assert odd_channels(examples()) == []
    assert odd_series(examples()) == []
    coarse = SeriesExamples([np.round(one) for one in CLEAN], ("x", "y"))  # steps of whole units stand still by nature
    assert odd_series(coarse) == []
    assert odd_channels(coarse) == []


def test_a_constant_and_a_stuck_series_are_named():
    def change(series):
        series[3][:] = 7
        series[5][4:20, 1] = 0.5

    assert odd_series(examples(change)) == [
        (3, "the same value in every step"),
        (5, f"y stands still for 16 steps of {len(CLEAN[5])}"),
    ]


def test_a_dead_a_missing_and_a_clipped_channel_are_named():
    def dead(series):
        for one in series:
            one[:, 1] = 4

    def missing(series):
        for one in series[:40]:
            one[:, 1] = np.nan

    def clipped(series):
        for one in series:
            one[:, 0] = np.minimum(one[:, 0], 5.5)

    assert odd_channels(examples(dead)) == [(1, "the same value in every step of every series")]
    ((number, what),) = odd_channels(examples(missing))
    assert (number, what[:10]) == (1, "missing in")
    ((number, what),) = odd_channels(examples(clipped))
    assert number == 0
    assert what.endswith("stand at its end, 5.5")


def test_the_longest_run():
    assert longest_run(np.array([True, False, True, True, False])) == 2
    assert longest_run(np.zeros(3, bool)) == 0
