"""Models with several outputs and several inputs."""

import numpy as np
import pytest

from tests.drills.networks import tumours
from wizard.core.backend import keras
from wizard.stages.experiments.diagnosis import diagnose, said_of
from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.in_the_wiring import input_unread, logits_as_probabilities
from wizard.training.pipeline import Pipeline, Tensors


def two_of_each(kind_ends_in="sigmoid", reads=1.0):
    """A model of two inputs and two outputs: a class and an amount."""
    parts = tumours()
    keras.utils.set_random_seed(0)
    left, right = keras.Input((15,), name="shape"), keras.Input((15,), name="texture")
    x = keras.layers.Concatenate()([left, right * reads])
    x = keras.layers.Dense(64, "relu")(x)
    size = keras.layers.Dense(1, name="size")(x)
    kind = keras.layers.Dense(1, kind_ends_in, name="kind")(x)
    model = keras.Model([left, right], [size, kind])
    model.compile("adam", ["mse", "binary_crossentropy"])

    def tensors(x, y):
        return Tensors((x[:, :15], x[:, 15:]), (x[:, :1] + x[:, 20:21], y))

    return Evidence(Pipeline(model, tensors(parts.x, parts.y), tensors(parts.x_held, parts.y_held)))


def test_the_first_loss_of_each_output_is_its_own():
    evidence = two_of_each()
    size, kind = evidence, evidence.others[0]
    assert [one.pipeline.head.name for one in (size, kind)] == ["size", "kind"]
    assert kind.first.expected < 0.7 < size.first.expected  # label entropy, and the variance of a sum
    assert np.isclose(kind.first.reported, kind.first.own, rtol=1e-4)
    assert np.isclose(size.first.reported, size.first.own, rtol=1e-4)


@pytest.mark.slow
def test_the_second_output_is_judged_by_its_own_loss():
    broken = two_of_each(kind_ends_in=None).others[0]
    found = said_of(logits_as_probabilities, broken)
    assert (found.fault, found.output) == ("M01", "kind")
    assert found.words.startswith("Output 'kind': The loss binary_crossentropy takes")
    assert said_of(logits_as_probabilities, two_of_each().others[0]) is None


def test_an_input_that_moves_no_output_is_named():
    evidence = two_of_each(reads=0.0)
    assert evidence.pipeline.input_names == ("input 'shape'", "input 'texture'")
    assert evidence.links_drawn.unused == ("input 'texture'",)
    assert input_unread(evidence).sentence.startswith("Input 'texture' moves no output")
    assert input_unread(two_of_each()) is None


@pytest.mark.long
def test_sound_outputs_are_no_alarm_and_a_broken_one_comes_first():
    assert [one.words for one in diagnose(two_of_each()) if one.level != "noted"] == []
    found = [one for one in diagnose(two_of_each(kind_ends_in=None)) if one.level != "noted"]
    assert (found[0].fault, found[0].output) == ("M01", "kind")
