from types import SimpleNamespace

import pytest

from wizard.core.errors import OptionError
from wizard.data.task import Task
from wizard.training.chief import Chief
from wizard.training.own_space import idle_fields, read_space
from wizard.training.search import search
from wizard.training.space import Dimension


def test_a_range_a_list_and_nothing():
    read = read_space({"learning_rate": (1e-4, 1e-2, "log"), "batch": [16, 64], "dropout": None, "width": (8, 64)},
                      {"width"})  # fmt: skip
    assert read["learning_rate"] == {"name": "learning_rate", "kind": "log", "low": 1e-4, "high": 1e-2,
                                     "is_whole": False}  # fmt: skip
    assert read["batch"]["options"] == (16, 64)
    assert read["dropout"] is None
    assert read["hp.width"]["is_whole"]


def test_a_function_in_kerastuners_language_says_the_same():
    def space(hp):
        hp.Float("learning_rate", 1e-4, 1e-2, sampling="log")
        hp.Choice("batch", [16, 64])
        hp.Int("width", 8, 64)
        hp.Int("depth", 1, 5, step=2)
        hp.Boolean("fade")

    given = {"learning_rate": (1e-4, 1e-2, "log"), "batch": [16, 64], "width": (8, 64), "depth": [1, 3, 5],
             "fade": [False, True]}  # fmt: skip
    names = {"width", "depth"}
    assert read_space(space, names) == read_space(given, names)


@pytest.mark.parametrize(
    ("name", "given", "options"),
    [
        ("dropout", [0, 0.1, 0.3], (0.0, 0.1, 0.3)),
        ("learning_rate", [1e-3, 1], (0.001, 1.0)),
        ("batch", [16, 32.0], (16, 32)),
        ("class_weights", [0, 1], (False, True)),
        ("width", [1, 2.5], (1.0, 2.5)),
        ("width", [8, 16], (8, 16)),
        ("width", [False, True], (False, True)),
    ],
)
def test_options_are_of_one_kind_and_kerastuner_takes_them(name, given, options):
    (read,) = read_space({name: given}, {"width"}).values()
    assert [(type(one), one) for one in read["options"]] == [(type(one), one) for one in options]
    dimension = Dimension.model_validate({**read, "now": options[0]})
    found = search([dimension], lambda number, values, looks: 0.0, is_higher_better=True, trials=len(options),
                   goes_on=lambda number: True, seed=0)  # fmt: skip
    for trial in found:
        (value,) = trial.values.values()
        assert (type(value), value) in [(type(one), one) for one in options], "not KerasTuner's 0 for False"


NUMBERS = Task(kind="regression", target="y")
KINDS = Task(kind="binary", target="y", classes=("a", "b"))
LABELS = Task(kind="multilabel", target="y", classes=("a", "b"))


@pytest.mark.parametrize(
    ("name", "task", "modality", "has_own_step", "says"),
    [
        ("label_smoothing", NUMBERS, "image", False, "a number is not spread over classes"),
        ("class_weights", NUMBERS, "image", False, "a number has no classes to weigh"),
        ("class_weights", LABELS, "image", False, "no class of their own"),
        ("class_weights", KINDS, "image", True, "your train_step"),
        ("augment", KINDS, "table", False, "rows of a table"),
    ],
)
def test_what_would_change_nothing_is_said_at_the_door(name, task, modality, has_own_step, says):
    idle = idle_fields(task, modality, has_own_step)
    with pytest.raises(OptionError, match=says):
        read_space({name: [0, 1] if name == "class_weights" else (0, 0.5)}, (), idle=idle)
    assert read_space({name: None}, (), idle=idle) == {name: None}
    useful = idle_fields(KINDS, "image")
    assert read_space({name: [0, 1] if name == "class_weights" else (0, 0.5)}, (), idle=useful)


def test_a_chief_hands_options_out_as_they_were_given():
    weighed = Dimension(name="class_weights", kind="choice", options=(False, True), now=False)
    chief = Chief(None, [weighed], 1, 2, *[lambda *_: True] * 3, usual=lambda: 1.0)
    proposed = SimpleNamespace(hyperparameters=SimpleNamespace(values={"class_weights": 0}))
    assert chief._values(proposed)["class_weights"] is False


def conditional(hp):
    hp.Choice("schedule", ["constant", "cosine"])
    with hp.conditional_scope("schedule", ["cosine"]):
        hp.Float("dropout", 0, 0.5)


def broken(hp):
    hp.Float("dropout")


@pytest.mark.parametrize(
    ("space", "says"),
    [
        ({"learnign_rate": (1, 2)}, "Did you mean 'learning_rate'"),
        ({"depth": [1]}, "must name hyperparameters"),
        ({}, "must name hyperparameters"),
        (3, "must name hyperparameters"),
        ({"dropout": 0.3}, "must be a list or a tuple"),
        ({"dropout": []}, "a value at least"),
        ({"dropout": (0.5, 0.1)}, "low below high"),
        ({"weight_decay": (0, 1, "log")}, "above 0"),
        ({"dropout": (0.1, 1.5)}, "from 0 to 0.99"),
        ({"hp.width": [True, 32]}, "of one kind"),
        ({"hp.width": ["wide", 32]}, "of one kind"),
        ({"batch": (0.5, 3)}, "whole numbers"),
        ({"schedule": ["cosnie"]}, "Did you mean 'cosine'"),
        (lambda hp: None, "Received: none"),
        (broken, "TypeError"),
        (conditional, "condition"),
    ],
)
def test_what_cannot_be_is_said_at_the_door(space, says):
    with pytest.raises(OptionError, match=says):
        read_space(space, ("width",))
