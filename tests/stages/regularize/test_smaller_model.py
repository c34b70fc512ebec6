from tests.stages.regularize.started import MLP, is_a_sound_trial, tried
from wizard.stages.regularize.ladder import neighbours


def test_the_next_smaller_rung_is_tried(journeys):
    finding, _ = tried(journeys["classes"], "smaller_model", MLP.but(hp={"width": 128, "depth": 2}))
    assert is_a_sound_trial(finding)
    assert "width 32 · depth 1" in finding.headline


def test_the_smallest_has_none_below(journeys):
    assert tried(journeys["classes"], "smaller_model")[0].headline.startswith("The network is the smallest")


def test_a_size_between_rungs_has_neighbours_on_either_side(journeys):
    from tests.stages.walk import context_of

    context = context_of(journeys["classes"], "regularize")
    below, above = neighbours(context, MLP.but(hp={"width": 64, "depth": 1}))
    assert below == [{"width": 32, "depth": 1}]
    assert above[0] == {"width": 128, "depth": 2}
