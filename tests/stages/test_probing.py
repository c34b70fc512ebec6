import numpy as np
import pytest

from tests.small import some_series, some_texts
from tests.stages.walk import context_of, diabetes, digits, journey_on, noise, tagged, tumours
from wizard.stages.probing import beyond_chance, gain, guess, out_of_fold, probe_sample, score, skill, whole

DATA = {
    "pictures": lambda: (digits(400), None),
    "rows": lambda: (tumours(300), "diagnosis"),
    "amounts": lambda: (diabetes(300), "progression"),
    "labels": lambda: (tagged(300), None),
    "targets": lambda: (diabetes(300), ["progression", "s5"]),
    "texts": lambda: (some_texts(150), None),
    "series": lambda: (some_series(120), None),
}


@pytest.fixture(params=DATA)
def context(request, tmp_path):
    raw, target = DATA[request.param]()
    context = context_of(journey_on(raw, tmp_path, target), "explore")
    context.shared["decided_here"] = ("metric",)
    return context


@pytest.mark.parametrize("probe", ["linear", "trees", "neighbours"])
def test_a_probe_tells_labels_of_rows_that_it_did_not_see(context, probe):
    predictions = out_of_fold(context, whole(context), probe)
    assert np.isfinite(predictions).all()
    assert skill(context, predictions) > 0.05
    assert gain(context, predictions, guess(context)).low > 0
    assert beyond_chance(context, predictions).is_beyond_chance
    band = score(context, predictions)
    assert band.low <= band.value <= band.high


def test_copies_stay_in_one_fold(tmp_path):
    frame = tumours(200)
    import pandas as pd

    context = context_of(journey_on(pd.concat([frame, frame]), tmp_path, "diagnosis"), "explore")
    sample = probe_sample(context)
    sets = context.copies.sets[sample.rows]
    assert all(len(np.unique(sample.fold[sets == one])) == 1 for one in np.unique(sets))
    assert len(np.unique(sample.fold)) == 5


def test_noise_is_no_signal(tmp_path):
    context = context_of(journey_on(noise(400), tmp_path, "label"), "explore")
    context.shared["decided_here"] = ("metric",)
    for probe in ("linear", "trees"):
        assert not beyond_chance(context, out_of_fold(context, whole(context), probe)).is_beyond_chance


def test_the_linear_probe_is_scikit_learns_ridge(tmp_path):
    from sklearn.linear_model import RidgeCV
    from sklearn.preprocessing import StandardScaler

    from wizard.data.task import Task
    from wizard.stages.probing import PENALTIES, fitted

    frame = diabetes()
    x, y = frame.drop(columns="progression").to_numpy("float64"), frame["progression"].to_numpy("float64")
    ours = fitted("linear", Task(kind="regression", target="y"), x[:300], y[:300], None, 0)(x[300:])
    scale = StandardScaler().fit(x[:300])
    theirs = RidgeCV(PENALTIES * 0.3).fit(scale.transform(x[:300]), y[:300]).predict(scale.transform(x[300:]))
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_no_penalty_between_two_others_is_passed_over():
    from sklearn.linear_model import RidgeCV
    from sklearn.preprocessing import StandardScaler

    from wizard.data.task import Task
    from wizard.stages.probing import PENALTIES, fitted

    random, places = np.random.default_rng(0), set()
    for noise_in_it in (0.3, 1.0, 2.0, 4.0, 8.0, 16.0):
        x = random.normal(size=(200, 12))
        y = x.sum(1) + noise_in_it * random.normal(size=200)
        x = StandardScaler().fit_transform(x)
        theirs = RidgeCV(PENALTIES * 0.2).fit(x, y)
        ours = fitted("linear", Task(kind="regression", target="y"), x, y, None, 0)(x)
        np.testing.assert_allclose(ours, theirs.predict(x), rtol=1e-6)
        places.add(int(np.argmin(np.abs(PENALTIES * 0.2 - theirs.alpha_))) % 2)
    assert places == {0, 1}, "both kinds of places were best once"


def test_the_linear_probe_is_scikit_learns_ridge_where_features_outnumber_rows():
    from sklearn.linear_model import RidgeCV
    from sklearn.preprocessing import StandardScaler

    from wizard.data.task import Task
    from wizard.stages.probing import PENALTIES, fitted

    random = np.random.default_rng(0)
    x, y = random.normal(size=(150, 400)), random.normal(size=150)  # nothing to learn: the largest penalty is best
    ours = fitted("linear", Task(kind="regression", target="y"), x[:100], y[:100], None, 0)(x[100:])
    scale = StandardScaler().fit(x[:100])
    theirs = RidgeCV(PENALTIES * 0.1).fit(scale.transform(x[:100]), y[:100]).predict(scale.transform(x[100:]))
    np.testing.assert_allclose(ours, theirs, atol=0.02)
    assert ours.std() < 0.1
