"""What is advised after a search can be called, and is the call that was made with more in it."""

import ast
from types import SimpleNamespace

import pytest

from tests.stages.tune.started import MLP
from tests.stages.walk import context_of
from wizard.stages.tune.further import call, ends, limits, widened
from wizard.stages.tune.sensitivity import _edge
from wizard.training.own_space import as_python, read_space
from wizard.training.space import Dimension


def linear(name, low, high, **more):
    return Dimension(name=name, kind="linear", low=low, high=high, now=low, **more)


def log(name, low, high, **more):
    return Dimension(name=name, kind="log", low=low, high=high, now=low, **more)


def choice(name, *options):
    return Dimension(name=name, kind="choice", options=options, now=options[0])


WIDER = [
    (log("learning_rate", 1e-4, 1e-2), -1, '(1e-06, 0.01, "log")'),
    (log("learning_rate", 1e-4, 1.0), 1, '(0.0001, 10, "log")'),
    (linear("dropout", 0, 0.5), 1, "(0, 0.99)"),
    (choice("dropout", 0.1, 0.3, 0.6), 1, "[0.1, 0.3, 0.6, 0.99]"),
    (choice("dropout", 0.1, 0.3), -1, "[0.05, 0.1, 0.3]"),
    (log("weight_decay", 1e-2, 100), 1, '(0.01, 1000, "log")'),
    (linear("beta_2", 0.9, 0.999), 1, "(0.9, 0.999999)"),
    (linear("beta_2", 0.9, 0.9996), -1, "(0.8, 0.9996)"),
    (linear("clip", 0.1, 5), -1, "(1e-09, 5)"),
    (choice("batch", 16, 32, 64), 1, "[16, 32, 64, 128]"),
    (choice("batch", 12, 32), -1, "[8, 12, 32]"),
    (linear("hp.width", 8, 24, is_whole=True), 1, "(8, 40)"),
    (linear("hp.width", 8, 24, is_whole=True), -1, "(1, 24)"),
    (log("hp.width", 4, 256, is_whole=True), -1, '(1, 256, "log")'),
    (choice("hp.width", 3, 6), -1, "[1, 3, 6]"),
    (choice("hp.width", -1.0, 2.0), -1, "[-4, -1, 2]"),
    (linear("hp.drop_rate", 0.1, 0.6), 1, "(0.1, 0.99)"),
    (linear("hp.l1", 0.2, 0.6), -1, "(0, 0.6)"),
]


@pytest.mark.parametrize(("dimension", "end", "says"), WIDER)
def test_a_wider_range_is_python_that_the_door_takes(dimension, end, says):
    assert widened(dimension, end) == says
    (read,) = read_space({dimension.label: ast.literal_eval(says)}, {"width", "drop_rate", "l1"}).values()
    reached = ends(Dimension.model_validate({**read, "now": None}))
    assert reached[end > 0] != ends(dimension)[end > 0], "it must lie further out"


@pytest.mark.parametrize(
    ("dimension", "end"),
    [
        (linear("dropout", 0, 0.5), -1), (linear("dropout", 0, 0.99), 1), (choice("batch", 8, 16), -1),
        (linear("hp.depth", 1, 4, is_whole=True), -1), (choice("hp.depth", 1, 2), -1), (linear("hp.drop", 0, 0.5), -1),
    ],
)  # fmt: skip
def test_some_ends_are_ends_by_nature(dimension, end):
    assert ends(dimension)[end > 0] == limits(dimension)[end > 0]
    assert edge(dimension, end) == 0


@pytest.mark.parametrize("dimension", [log("hp.lr", 1e-4, 1e-2), log("hp.l2", 1e-5, 1e-1), linear("hp.width", 8, 24)])
@pytest.mark.parametrize("end", [-1, 1])
def test_a_builds_numbers_may_lie_further_out_on_both_sides(dimension, end):
    assert edge(dimension, end) == end


def edge(dimension, end):
    """What is found where the best trial and the effect lie at an end."""
    race = SimpleNamespace(complete=[SimpleNamespace(values={dimension.name: ends(dimension)[end > 0]})])
    return _edge(race, dimension, SimpleNamespace(effect=tuple(end * place for place in range(8))))


SPACES = [
    {"dropout": (0.1, 0.2), "batch": None, "schedule": ["cosine", "constant"], "width": (8, 64, "log")},
    {"learning_rate": (1.25e-4, 1 / 3, "log"), "fade": [False, True], "weight_decay": [0, 0.01]},
]


@pytest.mark.parametrize("space", SPACES)
def test_what_was_given_is_written_as_it_was_read(space):
    read = read_space(space, MLP.hp)
    written = {name.removeprefix("hp."): ast.literal_eval(as_python(one)) for name, one in read.items()}
    assert read_space(written, MLP.hp) == read


def test_the_call_repeats_what_was_asked_for(journeys):
    def said(*args, **options):
        given = options.pop("wider", None)
        return call(context_of(journeys["classes"], "tune", **options), *args, wider=given)

    space = read_space(SPACES[0], MLP.hp)
    assert said(30, 2, tuner="bayesian", trials=30) == 'tune(trials=60, tuner="bayesian")'
    assert said(12, 2, 20) == "tune(trials=24)"
    assert said(4, 2, 20) == "tune(trials=20)"
    assert said(200, 2, tuner="hyperband", trials=30) == 'tune(trials=60, tuner="hyperband")'
    assert said(9, tuner="mine.Oracle 3f", trials=9) == "tune(trials=9, tuner=…)"
    assert said(9, space=space, wider={"dropout": "(0.1, 0.3)"}) == (
        'tune(trials=9, space={"dropout": (0.1, 0.3), "batch": None, "schedule": ["cosine", "constant"], '
        '"width": (8, 64, "log")})'
    )
