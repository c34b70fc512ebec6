import pytest

from tests.small import some_series, some_texts
from tests.stages.walk import context_of, journey_on, walk
from wizard.core.decisions import Decisions
from wizard.models.family import family, names
from wizard.stages.overfit import choice as choosing
from wizard.stages.overfit.choice import choice, sizes

MODULE = "wizard.stages.overfit.pick_model"


@pytest.fixture(autouse=True)
def _unmeasured(monkeypatch):
    """What an epoch takes is measured in the walk of all steps only."""
    monkeypatch.setattr(f"{MODULE}.seconds_an_epoch", lambda *_: 1.0)


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    return journey_on(some_texts(60), tmp_path_factory.mktemp("texts"))


def chosen(journey, **decisions):
    context = context_of(journey, "overfit")
    context.decisions = Decisions(**decisions)
    return choice(context, context.form())


@pytest.mark.parametrize(("which", "family"), [("pictures", "Residual network"), ("classes", "Multilayer perceptron")])
def test_the_plainest_family_for_the_form(journeys, which, family):
    finding = walk(journeys[which], "overfit", "pick_model")["pick_model"]
    assert finding.status == "noted"
    assert finding.headline.startswith(family)


def test_bags_of_words_for_few_texts(texts):
    finding = walk(texts, "overfit", "pick_model")["pick_model"]
    assert finding.headline.startswith("Bag of words and pairs, the plainest for text")


def test_many_short_texts_are_read_in_order_unless_words_alone_suffice(texts, monkeypatch):
    monkeypatch.setattr(choosing, "MANY_SHORT_TEXTS", 1)
    assert chosen(texts, is_local=False).name in ("transformer", "text_cnn")
    assert chosen(texts, is_local=True).name == "bag_of_ngrams"


def test_few_series_take_random_filters_where_there_are_any(tmp_path, monkeypatch):
    journey = journey_on(some_series(60), tmp_path)
    monkeypatch.setattr(choosing, "names", lambda: ("convnet_1d", "mlp"))
    assert chosen(journey).name == "convnet_1d"
    monkeypatch.setattr(choosing, "names", lambda: ("convnet_1d", "minirocket", "mlp"))
    assert chosen(journey).name == "minirocket"
    monkeypatch.setattr(choosing, "FEW_SERIES", 10)
    assert chosen(journey).name == "convnet_1d"


def test_many_rows_with_numbers_take_members_that_see_them_through_their_quantiles(journeys, monkeypatch):
    assert chosen(journeys["classes"]).name == "mlp"
    monkeypatch.setattr(choosing, "MANY_ROWS", 100)
    found = chosen(journeys["classes"], is_local=True)
    assert (found.name, found.next_to_try[-1]) == ("tabm", "linear")
    assert "through its quantiles" in found.reasons[0]
    monkeypatch.setattr(choosing, "MOST_NUMBERS", 2)
    assert chosen(journeys["classes"]).name == "mlp"


@pytest.mark.parametrize("which", ["pictures", "classes"])
@pytest.mark.parametrize("is_local", [None, True, False])
def test_only_families_that_there_are_come_into_question(journeys, which, is_local):
    found = chosen(journeys[which], is_local=is_local)
    assert {found.name, *found.next_to_try} <= set(names())
    assert found.name not in found.next_to_try


def test_what_explore_found_stands_among_the_reasons(journeys):
    reasons = " ".join(chosen(journeys["classes"], is_local=True, label_noise=0.07, is_learnable=False).reasons)
    assert "one by one" in reasons
    assert "7.0% of the labels are wrong" in reasons
    assert "no family will do wonders" in reasons


@pytest.mark.parametrize(("is_free", "grids"), [(False, {4}), (True, {None}), (None, {None})])
def test_where_position_matters_the_head_tells_places_apart(journeys, is_free, grids):
    context = context_of(journeys["pictures"], "overfit")
    context.decisions = Decisions(is_position_free=is_free)
    assert {size.get("grid") for size in sizes(context, family("resnet"), context.form())} == grids


def test_of_rows_of_a_table_no_place_is_told_apart(journeys):
    context = context_of(journeys["classes"], "overfit")
    context.decisions = Decisions(is_position_free=False)
    assert sizes(context, family("mlp"), context.form()) == family("mlp").ladder(context.form())


def test_a_family_that_was_asked_for(journeys):
    finding = walk(journeys["classes"], "overfit", "pick_model", family="linear")["pick_model"]
    assert finding.headline.startswith("Linear model, as you asked;")


def test_rungs_grow(journeys):
    table = walk(journeys["classes"], "overfit", "pick_model")["pick_model"].blocks[0]
    parameters = [row[2] for row in table.rows]
    assert parameters == sorted(parameters)
    assert len(set(parameters)) == len(parameters) > 1


def test_what_an_epoch_takes_is_measured_before_training(overfitted):
    table = overfitted["pick_model"].blocks[-1]
    place = [column.unit for column in table.columns].index("seconds")
    assert all(row[place] > 0 for row in table.rows)


def test_what_an_epoch_takes_decides_nothing(journeys, monkeypatch):
    said = []
    for seconds in (1e-6, 1e6):
        monkeypatch.setattr(f"{MODULE}.seconds_an_epoch", lambda *_, seconds=seconds: seconds)
        finding = walk(journeys["classes"], "overfit", "pick_model")["pick_model"]
        said.append((finding.headline, finding.advice, finding.blocks[:-1]))
    assert said[0] == said[1]
