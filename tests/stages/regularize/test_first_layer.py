import numpy as np
import pytest

from tests.small import some_series, some_texts
from tests.stages.regularize.started import MLP, tried
from tests.stages.walk import context_of, journey_on
from wizard.stages.regularize.first_layer import _filters


@pytest.mark.slow
def test_filters_of_pictures_are_shown(journeys):
    finding, _ = tried(journeys["pictures"], "first_layer", MLP.but(epochs=12))
    assert len(finding.blocks[0].items) == 32
    assert finding.unit == "mean correlation of neighbouring weights"
    config = MLP.but(family="resnet", hp={"width": 8, "stages": 1, "blocks": 1}, epochs=1)
    assert len(tried(journeys["pictures"], "first_layer", config)[0].blocks[0].items) == 8


def test_edges_are_told_from_noise(journeys):
    context = context_of(journeys["pictures"], "regularize")
    noise = np.random.default_rng(0).normal(size=(5, 5, 1, 16))
    edge = np.sign(np.arange(5) - 1.5)[:, None, None, None] + 0.3 * noise
    for weights, is_edge in ((noise, False), (edge, True)):
        look = _filters(context, weights)
        assert (look.value > look.random.mean() + 4 * look.random.std()) == is_edge


def test_weights_of_features_are_shown(journeys):
    finding, _ = tried(journeys["classes"], "first_layer")
    assert len(finding.blocks[0].labels) == 10


def test_of_numbers_seen_through_quantiles_those_that_bend_most_are_shown(journeys):
    config = MLP.but(family="tabm", hp={"members": 2, "width": 64, "depth": 1, "bins": 8}, epochs=4)
    finding, _ = tried(journeys["classes"], "first_layer", config)
    assert len(finding.blocks[0].labels) == 10
    assert finding.status == "passed"  # all bends start at none: some grew more than random ones differ


def test_words_lie_near_words_of_their_kind(tmp_path):
    config = MLP.but(family="linear", hp={}, learning_rate=3e-2, epochs=20)
    finding, _ = tried(journey_on(some_texts(200), tmp_path), "first_layer", config)
    assert finding.status == "passed"
    nearest = {row[0]: row[1].split(", ") for row in finding.blocks[0].rows}
    food = {"soup", "bread", "cheese", "apple", "dinner", "oven", "spice"}
    assert food & set(nearest["soup"]) if "soup" in nearest else True


def test_filters_of_series_are_curves(tmp_path):
    config = MLP.but(family="convnet_1d", hp={"width": 8, "blocks": 2}, epochs=2)
    finding, _ = tried(journey_on(some_series(80), tmp_path), "first_layer", config)
    assert len(finding.blocks[0].items[0].curves) >= 2


def test_of_fixed_kernels_those_that_matter_are_shown(tmp_path):
    config = MLP.but(family="minirocket", hp={"features": 1000}, epochs=2)
    finding, _ = tried(journey_on(some_series(80), tmp_path), "first_layer", config)
    assert finding.status in ("passed", "noted")
    bars, kernels = finding.blocks
    assert list(bars.values) == sorted(bars.values, reverse=True)
    assert all(sorted(item.curves[0].y) == [-1] * 6 + [2] * 3 for item in kernels.items)
