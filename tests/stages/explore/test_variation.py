import numpy as np
import pytest

from tests.stages.walk import journey_on, tumours, walk
from wizard.stages.explore.variation import intrinsic_dimension


def test_measured_on_clean_data(explored, kind):
    finding = explored[kind]["variation"]
    assert finding.status == "noted"
    assert finding.measured >= 1


@pytest.mark.parametrize("d", [1, 2, 5])
def test_the_dimension_of_a_surface_is_found(d):
    random = np.random.default_rng(0)
    surface = random.normal(size=(1000, d)) @ random.normal(size=(d, 20))
    assert intrinsic_dimension(surface) == pytest.approx(d, rel=0.15)


def test_copies_have_no_dimension():
    assert intrinsic_dimension(np.ones((50, 3))) is None


def test_columns_that_say_the_same_are_one_way_to_differ(tmp_path):
    frame = tumours(300)[["mean area", "diagnosis"]]
    frame = frame.assign(**{f"again {i}": frame["mean area"] * (i + 2) for i in range(5)})
    finding = walk(journey_on(frame, tmp_path, "diagnosis"), "explore", "imbalance", "variation")["variation"]
    assert finding.headline.startswith("Examples differ in about 1 independent way, told by 6 numbers each; ")
    assert finding.measured == pytest.approx(1, abs=0.1)


def test_the_pair_that_is_mistaken_most_is_named(tmp_path):
    random = np.random.default_rng(0)
    y = np.repeat(["near one", "near two", "far"], 100)
    x = random.normal(size=(300, 4))
    x[200:] += 8
    order = random.permutation(300)
    finding = walk(journey_on((x[order], y[order]), tmp_path, modality="table"), "explore", "imbalance", "variation")
    assert "hardest to tell: near one and near two." in finding["variation"].headline
