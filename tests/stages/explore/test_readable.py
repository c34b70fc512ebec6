import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.small import some_series
from tests.stages.walk import digits, journey_on, tumours, walk


def test_silent_on_clean_data(explored, kind):
    assert explored[kind]["readable"].status == "passed"
    assert explored[kind]["readable"].measured == 0


@pytest.fixture
def folder(tmp_path):
    """Twenty pictures a class."""
    x, _ = digits(40)
    for i, picture in enumerate(x):
        place = tmp_path / "pictures" / "ab"[i % 2]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(place / f"{i:02}.png")
    return tmp_path / "pictures"


def truncate(folder, n):
    for path in sorted(folder.glob("a/*.png"))[:n]:
        path.write_bytes(path.read_bytes()[:40])


def test_a_truncated_file_is_named(folder, tmp_path):
    truncate(folder, 1)
    finding = walk(journey_on(folder, tmp_path / "run"), "explore", "readable")["readable"]
    assert finding.status == "noted"
    assert finding.headline == "39 of 40 examples can be used; what is left out is listed."
    assert "a/00.png" in finding.model_dump_json()


def test_many_truncated_files_fail(folder, tmp_path):
    truncate(folder, 5)
    finding = walk(journey_on(folder, tmp_path / "run"), "explore", "readable")["readable"]
    assert finding.status == "failed"
    assert finding.measured == 5
    assert finding.headline.startswith("12% of the examples cannot be used (")


def test_a_column_that_is_mostly_missing_stands_out(tmp_path):
    frame = tumours()
    frame.loc[frame.index % 4 != 0, "mean area"] = None
    finding = walk(journey_on(frame, tmp_path, "diagnosis"), "explore", "readable")["readable"]
    assert finding.status == "warned"
    assert re.search(r"column 'mean area' \(missing in 7\d% of the rows\)", finding.headline)


@pytest.mark.parametrize(("flat", "words"), [(0, "one single colour"), (1, "next to no contrast")])
def test_blank_pictures_stand_out(tmp_path, flat, words):
    x, y = digits(200)
    for i in range(0, 200, 20):
        x[i] = 100
        x[i, 0, 0] += flat
    finding = walk(journey_on((x, y), tmp_path), "explore", "readable")["readable"]
    assert finding.status == "warned"
    assert words in finding.headline


def test_a_faint_picture_is_not_blank(tmp_path):
    x, y = digits(200)
    x[::20] = (x[::20] * 0.3).astype("uint8")
    assert walk(journey_on((x, y), tmp_path), "explore", "readable")["readable"].status == "passed"


def test_rows_without_a_label_are_left_out_with_their_place(tmp_path):
    frame = tumours(200)
    frame.loc[7, "diagnosis"] = np.nan
    finding = walk(journey_on(frame, tmp_path, "diagnosis"), "explore", "readable")["readable"]
    assert finding.status == "noted"
    assert finding.blocks[0].rows == (("row 7", "no label"),)


def readable_of(raw, folder, target=None):
    return walk(journey_on(raw, folder, target), "explore", "readable")["readable"]


def test_the_same_picture_over_and_over_is_named(tmp_path):
    x, y = digits(300)
    x[::30] = np.random.default_rng(0).integers(0, 256, x[0].shape, dtype="uint8")
    finding = readable_of((x, y), tmp_path)
    assert (finding.status, finding.causes[0].fault) == ("warned", "D08")
    assert "the very same content as" in finding.headline


def test_pictures_that_are_mostly_black_are_no_blanks(tmp_path):
    x, y = digits(300)
    sparse = np.where(x > 200, x, 0)
    assert readable_of((sparse, y), tmp_path).status == "passed"


def test_rows_of_nothing_but_zeros_are_named(tmp_path):
    frame = tumours()
    frame.iloc[::33, :-1] = 0.0
    finding = readable_of(frame, tmp_path, "diagnosis")
    assert (finding.status, finding.causes[0].fault) == ("warned", "D08")
    assert "0 in every column of numbers" in finding.headline


def test_rows_of_counts_may_be_all_zeros(tmp_path):
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.poisson(0.2, (400, 8)).astype(float), columns=list("abcdefgh"))
    frame["y"] = random.choice(["no", "yes"], 400)
    assert readable_of(frame, tmp_path, "y").status == "passed"


def test_infinite_cells_are_named(tmp_path):
    frame = tumours()
    frame.loc[5, "mean area"] = np.inf
    finding = readable_of(frame, tmp_path, "diagnosis")
    assert (finding.status, finding.causes[0].fault) == ("warned", "D03")
    assert "'mean area'" in finding.headline


def test_many_pictures_with_nan_are_warned_of(tmp_path):
    x, y = digits(300)
    x = x.astype("float32") / 255
    x[::50, 0, 0] = np.nan
    finding = readable_of((x, y), tmp_path)
    assert (finding.status, finding.causes[0].fault) == ("warned", "D03")


def test_series_of_nothing_but_zeros_are_named(tmp_path):
    series, labels = some_series(120)
    for one in series[::30]:
        one[:] = 0
    finding = readable_of((series, labels), tmp_path)
    assert (finding.status, finding.causes[0].fault) == ("warned", "D08")
