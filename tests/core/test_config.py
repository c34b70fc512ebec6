import pydantic
import pytest

from wizard.core.config import TrainingConfig

FULL = TrainingConfig(
    family="mlp", hp={"width": 32, "norm": True, "scale": 1.0, "kind": "a"}, inputs={"height": 8}, dropout=0.1,
    patience=3, stop_after=2, fit_to=0.01, n_rows=5, fold=1, refit=True, seed=4, control="zeros", schedule="cosine",
)  # fmt: skip


def test_a_change_makes_a_new_configuration_and_leaves_the_old_one():
    calmer = FULL.but(dropout=0.2, seed=9)
    assert (calmer.dropout, calmer.seed, FULL.dropout, FULL.seed) == (0.2, 9, 0.1, 4)
    assert FULL.diff(calmer) == {"dropout": (0.1, 0.2), "seed": (4, 9)}
    assert FULL.diff(FULL) == {}


def test_json_gives_back_the_same_configuration_with_the_same_types():
    back = TrainingConfig.model_validate_json(FULL.model_dump_json())
    assert back == FULL
    assert [type(v) for v in back.hp.values()] == [int, bool, float, str]


@pytest.mark.parametrize(
    "change", [{"dropuot": 0.1}, {"schedule": "linear"}, {"control": None}, {"batch": "many"}], ids=str
)
def test_unknown_fields_and_wrong_values_are_refused(change):
    with pytest.raises(pydantic.ValidationError):
        FULL.but(**change)


def test_fields_cannot_be_assigned():
    with pytest.raises(pydantic.ValidationError):
        FULL.dropout = 0.5


def test_configurations_that_differ_in_numbers_only_share_a_structure():
    assert FULL.structure == FULL.but(dropout=0.5, learning_rate=1.0, batch=8, seed=1, fold=0, epochs=2).structure
    assert FULL.structure == FULL.but(hp=dict(reversed(FULL.hp.items()))).structure
    for other in ({"family": "linear"}, {"hp": {"width": 33}}, {"inputs": {"height": 9}}):
        assert FULL.structure != FULL.but(**other).structure
