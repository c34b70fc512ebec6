import pytest

from tests.small import some_texts
from tests.stages.walk import journey_on, walk


@pytest.mark.parametrize(("which", "family"), [("pictures", "Residual network"), ("classes", "Multilayer perceptron")])
def test_the_plainest_family_for_the_form(journeys, which, family):
    finding = walk(journeys[which], "overfit", "pick_model")["pick_model"]
    assert finding.status == "noted"
    assert finding.headline.startswith(family)


def test_bags_of_words_for_texts(tmp_path):
    finding = walk(journey_on(some_texts(60), tmp_path), "overfit", "pick_model")["pick_model"]
    assert finding.headline.startswith("Bag of words and pairs, the plainest for text")


def test_a_family_that_was_asked_for(journeys):
    finding = walk(journeys["classes"], "overfit", "pick_model", family="linear")["pick_model"]
    assert finding.headline.startswith("Linear model, as you asked;")


def test_rungs_grow(journeys):
    table = walk(journeys["classes"], "overfit", "pick_model")["pick_model"].blocks[0]
    parameters = [row[2] for row in table.rows]
    assert parameters == sorted(parameters)
    assert len(set(parameters)) == len(parameters) > 1
