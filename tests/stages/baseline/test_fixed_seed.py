from dataclasses import replace

import numpy as np

from tests.stages.walk import journey_on, tumours, walk
from wizard.models.families import mlp


def seeded(folder, **options):
    return walk(journey_on(tumours(200), folder, "diagnosis", **options), "baseline", "fixed_seed")["fixed_seed"]


def test_silent_on_clean_data(based, kind):
    assert based[kind]["fixed_seed"].status == "passed"


def with_build(build):
    return replace(mlp.FAMILY, build=build)


def test_a_weight_drawn_without_the_seed_fails(tmp_path, monkeypatch):
    from wizard.core.backend import keras

    build, random = mlp.FAMILY.build, np.random.default_rng()

    def careless(hp, inputs, form):
        start = keras.initializers.RandomNormal(seed=int(random.integers(2**31)))
        return keras.layers.Dense(8, kernel_initializer=start)(build(hp, inputs, form))

    monkeypatch.setattr(mlp, "FAMILY", with_build(careless))
    finding = seeded(tmp_path)
    assert finding.status == "failed"
    assert finding.stops
    assert finding.headline == "Two runs with one seed end with different weights."


def test_a_seed_without_effect_fails(tmp_path, monkeypatch):
    monkeypatch.setattr("wizard.stages.baseline.fixed_seed.derive", lambda *uses: 0)
    finding = seeded(tmp_path)
    assert finding.status == "failed"
    assert finding.causes[0].fault == "M08"
