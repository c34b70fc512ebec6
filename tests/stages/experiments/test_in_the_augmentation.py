import numpy as np
import pytest

from tests.drills.net_faults import bold, bright, grain, mild, mirrored
from tests.drills.networks import flat, pipeline, tumours
from wizard.core.backend import keras
from wizard.stages.experiments.at_the_door import scaled_apart
from wizard.stages.experiments.augmented import augmentation, most_taken
from wizard.stages.experiments.evidence import Evidence
from wizard.stages.experiments.in_the_augmentation import label_changed, out_of_range, same_every_pass, too_strong
from wizard.training.pipeline import Pipeline, Tensors

RULES = (label_changed, out_of_range, too_strong, same_every_pass)


def varied(vary, parts=None):
    return Evidence(pipeline((parts or tumours()).but(vary=vary), 0))


def said(evidence):
    return [one.fault for rule in RULES if (one := rule(evidence)) is not None]


@pytest.mark.parametrize("vary", [mild, bold])
def test_augmentation_that_leaves_the_label_alone_is_no_alarm(vary):
    assert said(varied(vary)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("vary", "fault"), [(mirrored, "A01"), pytest.param(bright, "A03", marks=pytest.mark.long)]
)  # fmt: skip
def test_what_changes_the_label_or_the_scale_is_named(vary, fault):
    assert fault in said(varied(vary))


@pytest.mark.long
def test_augmentation_that_leaves_little_to_learn_from_is_named():
    found = too_strong(varied(grain(2.0), flat()))
    assert found is not None
    assert "a classical probe explains" in found.sentence


def test_noise_that_makes_training_inputs_wider_is_augmentation_and_no_other_scaler():
    found = scaled_apart(varied(grain(2.0)))
    assert (found.fault, "times as wide" in found.sentence) == ("A04", True)
    parts = tumours()
    found = scaled_apart(varied(mild, parts.but(x_held=parts.x_held / 3)))
    assert found.fault == "P03"


def test_the_same_examples_at_every_pass_are_named_only_where_numbers_are_drawn():
    def again(x, random):
        return mild(x, np.random.default_rng(7))

    evidence = varied(again)
    assert said(evidence) == ["A05"]
    evidence.pipeline.draws = ""  # examples that nobody varies
    assert same_every_pass(evidence) is None


def test_layers_of_the_model_that_augment_are_looked_at():
    parts = tumours()
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((30,)), keras.layers.GaussianNoise(1.0, name="noise"),
                              keras.layers.Dense(1, "sigmoid")])  # fmt: skip
    model.compile("adam", "binary_crossentropy")
    narrow = Tensors(parts.x / 50, parts.y)  # the noise is fifty times as wide
    found = augmentation(Pipeline(model, narrow), False, False)
    assert (found.where, found.layers) == ("layer `noise`", ("noise",))
    assert found.known < 0.5 * found.known_before
    assert found.outside > 0.1


def test_a_class_among_another_is_told_from_one_that_is_only_shifted():
    random = np.random.default_rng(0)
    x, codes = random.normal(size=(400, 3)), np.repeat([0, 1], 200)
    x[codes == 1] += 8
    shifted, swapped = x + np.array([0, 0, 30]), np.where((codes == 0)[:, None], x + 8, x)
    assert most_taken(x, codes, shifted, codes).share == 0
    taken = most_taken(x, codes, swapped, codes)
    assert (taken.of, taken.among) == (0, 1)
    assert taken.excess > 0.7
