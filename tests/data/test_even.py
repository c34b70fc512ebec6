import numpy as np
import pytest

from tests.data.test_modalities import preparation_of
from tests.small import dataset_of, some_digits, some_series, trainer_for
from wizard.core.backend import keras
from wizard.core.config import TrainingConfig
from wizard.data.even_layers import EvenCourse
from wizard.data.evened import evening
from wizard.export.eject import eject
from wizard.training.metrics import metric_for


def lit(n=60):
    """Digits under light that is anything, in colours."""
    random = np.random.default_rng(0)
    x = 0.5 * some_digits(n)[0][..., None] + random.uniform(0, 100, (n, 1, 1, 1))
    return (x * random.uniform(0.5, 1, (n, 1, 1, 3))).astype("uint8"), some_digits(n)[1]


def of(raw, *names):
    dataset = dataset_of(raw)
    preparation = preparation_of(dataset, np.arange(40), **evening(names))
    (values,) = preparation.encode(dataset.examples).values()
    return dataset, preparation, values


def test_pictures_get_one_light_and_lose_their_colours():
    x = of(lit(), "brightness", "contrast", "colour")[2]
    assert x.mean((1, 2, 3)).std() < 1e-2
    assert x.std((1, 2, 3)).std() < 1e-2
    assert np.ptp(x, axis=-1).max() == 0
    plain = of(lit())[2]
    assert plain.dtype == np.uint8
    assert np.corrcoef(x[0].ravel(), plain[0].mean(-1, keepdims=True).repeat(3, -1).ravel())[0, 1] > 0.999


def test_only_what_is_asked_for_is_taken_out():
    plain, even = of(lit())[2].astype("float32"), of(lit(), "brightness")[2]
    assert even.mean((1, 2, 3)).std() < 1e-2
    np.testing.assert_allclose(even.std((1, 2, 3)), plain.std((1, 2, 3)), rtol=1e-4)


def test_a_flat_picture_stays_finite_and_flat():
    x, y = lit()
    x[3] = 7
    assert of((x, y), "contrast")[2][3].std() == 0


def test_series_get_one_level_and_one_amplitude_in_each_channel():
    series, labels = some_series(60, steps=(24, 24))
    series = [one * scale + scale for one, scale in zip(series, np.linspace(1, 9, 60), strict=True)]
    x = of((series, labels), "level", "amplitude")[2][:, :, :2]
    assert np.all(x.mean(1).std(0) < 0.1 * x.std(1).mean(0))
    assert np.all(x.std(1).std(0) < 0.1 * x.std(1).mean(0))


def test_the_last_bit_of_a_series_does_not_hang_on_the_order_of_a_sum():
    random = np.random.default_rng(0)
    x = random.normal(5, 2, (40, 57, 2)).astype("float32")
    layer = EvenCourse(["level", "amplitude"], [0.25, -1.0], [1.5, 0.5])
    wide = x.astype("float64")
    around = wide - wide.mean(1, keepdims=True)
    expected = (around * [1.5, 0.5] / wide.std(1, keepdims=True) + [0.25, -1.0]).astype("float32")
    assert np.asarray(layer(x)).tobytes() == expected.tobytes()
    assert np.asarray(layer(x[:, ::-1]))[:, ::-1].tobytes() == expected.tobytes()


@pytest.mark.parametrize(("raw", "names"), [(lit(), ("brightness", "contrast")), (some_series(60), ("level",))])
def test_a_predictor_does_what_training_saw(raw, names, tmp_path):
    dataset, preparation, values = of(raw, *names)
    inputs = preparation.raw_inputs()
    keras.Model(inputs, preparation.apply(inputs)).save(tmp_path / "even.keras")
    model = keras.saving.load_model(tmp_path / "even.keras")
    for rows, batch in preparation.raw_batch(dataset.examples):
        (seen,) = model(batch).values()
        np.testing.assert_allclose(np.asarray(seen), values[rows], atol=1e-4)


def test_each_of_them_has_a_key_of_its_own():
    keys = {of(lit(), *names)[1].key for names in ((), ("brightness",), ("brightness", "colour"))}
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("raw", "names", "family"),
    [(lit(), ("brightness", "contrast", "colour"), "resnet"), (some_series(60), ("level", "amplitude"), "convnet_1d"),
     (some_series(60), ("amplitude",), "convnet_1d")],
)  # fmt: skip
def test_a_script_takes_the_same_out(raw, names, family, tmp_path):
    dataset = dataset_of(raw)
    trainer = trainer_for(dataset, tmp_path / "store")
    config = TrainingConfig(family=family, inputs=evening(names))
    prepared, metric = trainer.prepared(config), metric_for("accuracy", trainer.task)
    made = eject(config, prepared, dataset, trainer.task, trainer.split, metric, "train.py")
    made.write(tmp_path / "train.py")
    names = {"__file__": str(tmp_path / "train.py")}
    exec(made.script[made.script.index("from __future__") : made.script.index("# ── The targets")], names)
    ((name, ours),) = prepared.tensors.items()
    np.testing.assert_allclose(names["tensors"][name], ours, rtol=1e-5, atol=1e-4)
