import numpy as np
import pytest

from tests.small import as_rows, some_series
from tests.stages.walk import journey_on, walk
from wizard.data.series import SeriesExamples
from wizard.stages.looks.series import CHANNELS, POINTS, mean_spectra

SERIES, LABELS = some_series(80)


def explored(raw, folder, target=None, **options):
    return walk(journey_on(raw, folder, target, **options), "explore")


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    return explored((SERIES, LABELS), tmp_path_factory.mktemp("series"))


def test_silent_on_clean_series(clean):
    assert {clean[name].status for name in ("readable", "distributions", "imbalance", "duplicates")} == {"passed"}
    assert clean["distributions"].headline.startswith("2 channels, 24 to 32 steps, none with an odd spike; ")


def test_a_card_is_a_curve_a_channel_in_one_frame_for_all(clean):
    items = clean["examples"].blocks[0].items
    assert {len(item.curves) for item in items} == {2}
    assert len({(item.curves[0].low, item.curves[0].high) for item in items}) == 1
    assert max(item.curves[0].share for item in items) == 1
    assert {"steps", "missing", "level of channel 1", "spread of channel 2"} <= set(items[0].attributes)
    assert any(None in item.curves[0].y for item in items)


def test_long_series_of_many_channels_are_cut_down(tmp_path):
    x = np.random.default_rng(0).normal(size=(30, 700, 9))
    items = explored((x, np.resize(["a", "b"], 30)), tmp_path)["examples"].blocks[0].items
    assert {len(item.curves) for item in items} == {CHANNELS}
    assert {len(curve.y) for item in items for curve in item.curves} == {POINTS // CHANNELS}


def test_the_table_knows_channels_and_gaps(clean):
    rows = {row[0]: row for row in clean["distributions"].blocks[1].rows}
    assert set(rows) == {"channel 1", "channel 2"}
    assert 0 < rows["channel 1"][1] < 0.1
    assert rows["channel 1"][2] == 1
    assert rows["channel 2"][1] == 0


def test_the_spectrum_finds_the_frequency():
    t = np.arange(64)
    waves = np.sin(2 * np.pi * 0.125 * t + np.arange(20)[:, None])[..., None]
    spectrum = mean_spectra(SeriesExamples(waves.astype("float32"), ("x",)))[0]
    assert np.linspace(0, 0.5, len(spectrum))[spectrum.argmax()] == pytest.approx(0.125)
    assert len(mean_spectra(SeriesExamples(waves[:, :5].astype("float32"), ("x",)))) == 0


def test_a_code_for_missing_is_named(tmp_path):
    coded = [np.where(np.isnan(one), -999, one) for one in SERIES]
    finding = explored((coded, LABELS), tmp_path)["distributions"]
    assert finding.status == "warned"
    assert "'channel 1'" in finding.headline
    assert "-999" in finding.headline


def test_a_stuck_sensor_and_lost_series_are_named(tmp_path):
    series = [one.copy() for one in SERIES]
    for one in series[:20]:
        one[2:20, 1] = 0.25
    for one in series[60:63]:
        one[:] = np.nan
    finding = explored((series, LABELS), tmp_path)["readable"]
    assert finding.status == "warned"
    assert "stands still" in finding.headline
    assert "77 of 80 examples" in finding.headline
    assert "has no value at all" in finding.model_dump_json()


def test_a_copied_series_is_shown_as_the_same_curve(tmp_path):
    both = [*SERIES, SERIES[0] + np.float32(0.001)]
    finding = explored((both, [*LABELS, LABELS[0]]), tmp_path)["duplicates"]
    assert finding.status == "noted"
    assert "the same curve" in finding.blocks[-1].caption
    assert len(finding.blocks[-1].items) == 2


def test_a_table_tells_how_it_was_read(tmp_path):
    table = as_rows(SERIES, LABELS)
    found = explored(table, tmp_path, "label", modality="series", group="run", time="ms")
    assert "filled in as gaps" in found["readable"].model_dump_json()
    assert found["examples"].blocks[0].items[0].caption.startswith("run 'r")
