"""The card says what the results say."""

import re

import pytest

from tests.small import short_recipe, some_rows
from wizard import Wizard
from wizard.core.config import TrainingConfig

pytestmark = pytest.mark.slow  # a journey


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        config = TrainingConfig(family="linear", epochs=2, learning_rate=1e-2)
        patch.setattr("wizard.stages.stage.steps_of", short_recipe(config))
        return Wizard(some_rows(160), "bought", budget="quick", out=tmp_path_factory.mktemp("card")).run()


@pytest.fixture(scope="module")
def card(walked):
    return (walked.report.parent / "predictor" / "model_card.md").read_text()


def test_every_section_has_its_numbers(walked, card):
    assert re.findall(r"^## (.*)$", card, re.M) == [
        "What it is for", "What goes in", "Data", "How good it is", "Limits", "The files", "How it was made",
    ]  # fmt: skip
    data = walked.results["ensemble"].dataset
    assert f"`{data.fingerprint}`" in card
    assert f"| to train and to decide on by turns, in 3 folds | {data.n_train + data.n_validation:,} |" in card
    assert f"| rows that they were trained on | {data.n_train + data.n_validation:,} |" in card
    assert "broke" not in card
    for column, kind in (("age", "number"), ("city", "category"), ("since", "date")):
        assert f"| {column} | {kind} |" in card
    assert "to be chosen by the owner" in card
    assert "tensorflow 2" in card


def test_what_asked_for_attention_is_named_and_nothing_is_invented(walked, card):
    asked = [finding for finding in walked.findings if finding.status in ("warned", "failed", "crashed")]
    assert card.count("- **") == len(asked)
    for finding in asked:
        assert finding.step.replace("_", " ") in card


def test_the_card_follows_the_results_alone(walked, card):
    from wizard.pages import rebuild_pages

    path = walked.report.parent / "predictor" / "model_card.md"
    path.write_text("an old one")
    rebuild_pages(walked.report.parent)
    assert path.read_text() == card
