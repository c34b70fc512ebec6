import pytest

from tests.stages.explore.known_answers import pictures, series, table, texts
from tests.stages.walk import journey_on, noise, walk


def answer(raw, folder, target=None):
    walked = walk(journey_on(raw, folder, target), "explore", "imbalance", "local_or_global", "position")
    return walked, walked.decided


@pytest.mark.parametrize(("make", "kind", "is_local"), [
    (pictures, "stroke", True), (pictures, "anywhere", True), (pictures, "arrangement", False),
    (texts, "anywhere", True), (texts, "arrangement", False),
    (series, "anywhere", True), (series, "arrangement", False),
])  # fmt: skip
def test_parts_suffice_where_they_tell_and_do_not_where_their_arrangement_does(make, kind, is_local, tmp_path):
    seed = 2 if (make, kind) == (pictures, "anywhere") else 1  # 1 is left open or not, by how threads round
    walked, decided = answer(make(kind, 400, seed), tmp_path)
    finding = walked["local_or_global"]
    assert decided["is_local"] is is_local
    assert finding.status == "noted"
    assert finding.headline.startswith("Local features suffice" if is_local else "Global context is needed")


def test_columns_that_decide_together_are_needed_together(tmp_path):
    walked, decided = answer(table("product", 400, 1), tmp_path, "label")
    assert decided["is_local"] is False
    assert walked["local_or_global"].headline.startswith("Columns are needed together: ")


def test_columns_that_add_up_need_no_others(tmp_path):
    _, decided = answer(table("sum", 500, 1), tmp_path, "label")
    assert decided.get("is_local") is not False


@pytest.mark.parametrize(("make", "kind", "is_free"), [
    (pictures, "anywhere", True), (pictures, "half", False), (texts, "anywhere", True), (texts, "half", False),
    (series, "anywhere", True), (series, "half", False),
])  # fmt: skip
def test_position_matters_where_it_tells_and_may_be_pooled_out_where_it_does_not(make, kind, is_free, tmp_path):
    walked, decided = answer(make(kind, 400, 2), tmp_path)
    assert decided["is_position_free"] is is_free
    assert ("may be pooled out" if is_free else "matters") in walked["position"].headline


def test_nothing_is_claimed_of_noise(tmp_path):
    walked, decided = answer(noise(400), tmp_path, "label")
    assert "is_local" not in decided
    assert walked["local_or_global"].headline.startswith("It cannot be told")


def test_every_kind_of_data_is_answered_or_skipped_with_a_reason(explored, kind):
    assert explored[kind]["local_or_global"].status == "noted"
    position = explored[kind]["position"]
    assert position.status == ("noted" if kind == "pictures" else "skipped")
