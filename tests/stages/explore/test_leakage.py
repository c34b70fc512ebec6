import numpy as np
import pandas as pd
import pytest

from tests.small import some_amounts, some_series, some_texts
from tests.stages.walk import diabetes, digits, journey_on, tumours, walk
from wizard.stages.identities import linear_identity, product_identity


def found(raw, folder, target=None, **options):
    walked = walk(journey_on(raw, folder, target, **options), "explore", "imbalance", "leakage")
    return walked["leakage"], walked.decided["leaking"]


def asked(finding):
    """The options that the printed call names, as Python reads them."""
    call = finding.advice[finding.advice.index("Wizard(…, ") + len("Wizard(…, ") :]
    end = call.index("))") + 1 if call.startswith("ignore") else call.index(")")
    return eval(f"dict({call[:end]})")


def machines(n=40, rows=13, seed=0):
    """Rows of machines that wear out, each by marks of its own that say nothing of others."""
    random = np.random.default_rng(seed)
    unit = np.repeat(np.arange(n), rows)
    marks = random.normal(size=(n, 4))[unit] + random.normal(0, 0.05, (n * rows, 4))
    frame = pd.DataFrame(marks, columns=["heat", "speed", "noise", "load"])
    frame["load"] = random.normal(size=n * rows)
    frame["life"] = random.normal(100, 20, n)[unit] + 5 * frame["load"] + random.normal(0, 3, n * rows)
    return frame.assign(unit=unit)


def days(n=600, seed=0):
    """Days whose sales wander, with a weather that wanders likewise but has nothing to do with it."""
    random = np.random.default_rng(seed)
    walks = np.cumsum(random.normal(size=(n, 4)), axis=0)
    frame = pd.DataFrame(walks[:, :3] + random.normal(0, 0.1, (n, 3)), columns=["warm", "wet", "windy"])
    return frame.assign(day=pd.date_range("2020-01-01", periods=n), sold=walks[:, 3] + random.normal(0, 0.3, n))


# ── silent ───────────────────────────────────────────────────────────────────────────────────────
def test_silent_on_clean_data(explored, kind):
    assert explored[kind]["leakage"].status == "passed"
    assert explored[kind].decided["leaking"] == ()


@pytest.mark.parametrize("some", [some_texts, some_series])
def test_silent_on_clean_texts_and_series(tmp_path, some):
    assert found(some(200), tmp_path)[0].status == "passed"


def test_a_strong_honest_feature_is_no_alarm(tmp_path):
    assert found(some_amounts(300), tmp_path / "amounts", "price")[0].status == "passed"
    from sklearn.datasets import load_iris

    iris = load_iris(as_frame=True).frame
    iris["target"] = np.array(["a", "b", "c"])[iris["target"]]
    assert found(iris, tmp_path / "iris", "target")[0].status == "passed"


@pytest.mark.parametrize("target", ["diagnosis", "mean area"])
def test_sorted_rows_are_no_leak(tmp_path, target):
    assert found(tumours().sort_values(target), tmp_path, target)[0].status == "passed"


def test_categories_of_many_rows_are_no_groups(tmp_path):
    frame = tumours()
    random = np.random.default_rng(0)
    frame = frame.assign(
        town=random.integers(0, 30, 569), clinic=random.choice(list("abcdefghijklmnopqrstuvwxyz"), 569)
    )
    assert found(frame, tmp_path, "diagnosis")[0].status == "passed"


# ── columns ──────────────────────────────────────────────────────────────────────────────────────
def test_the_target_in_other_words_closes_the_gate_and_the_printed_call_opens_it(tmp_path):
    frame = tumours()
    frame["alive"] = np.where(frame["diagnosis"] == "benign", "yes", "no")
    finding, leaking = found(frame, tmp_path / "first", "diagnosis")
    assert (finding.status, leaking) == ("failed", ("alive",))
    assert finding.gate
    assert finding.causes[0].fault == "S05"
    assert asked(finding) == {"ignore": ("alive",)}
    finding, leaking = found(frame, tmp_path / "again", "diagnosis", **asked(finding))
    assert (finding.status, leaking) == ("passed", ())


def test_a_sum_that_yields_the_target_is_refused_with_its_formula(tmp_path):
    frame = diabetes()
    random = np.random.default_rng(0)
    frame["casual"] = random.integers(0, 40, 442)
    frame["registered"] = frame["progression"] - frame["casual"]
    finding, leaking = found(frame, tmp_path / "first", "progression")
    assert finding.status == "failed"
    assert set(leaking) == {"casual", "registered"}
    assert "progression = casual + registered" in finding.headline
    assert found(frame, tmp_path / "again", "progression", **asked(finding))[0].status == "passed"


def test_a_date_that_only_one_class_has_is_refused(tmp_path):
    frame = tumours()
    frame["treated"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(569), unit="D")
    frame.loc[frame["diagnosis"] == "benign", "treated"] = pd.NaT
    finding, leaking = found(frame, tmp_path, "diagnosis")
    assert (finding.status, leaking) == ("failed", ("treated",))
    assert "is filled in" in finding.headline


def test_a_sum_in_most_rows_is_warned_of(tmp_path):
    frame = diabetes()
    random = np.random.default_rng(0)
    frame["base"] = np.where(random.random(442) < 0.95, frame["progression"] - 30, random.integers(0, 300, 442))
    finding, leaking = found(frame, tmp_path, "progression")
    assert (finding.status, leaking) == ("warned", ("base",))
    assert "Make sure that this is known at prediction time" in finding.advice


@pytest.mark.parametrize(("make", "target"), [(tumours, "diagnosis"), (diabetes, "progression")])
def test_a_column_that_nearly_is_the_target_is_warned_of(tmp_path, make, target):
    frame = make().sample(frac=1, random_state=0).reset_index(drop=True)
    random = np.random.default_rng(0)
    y = (frame[target] == "benign") if target == "diagnosis" else frame[target]
    if target == "diagnosis":
        frame = frame[["mean smoothness", "mean symmetry", "mean fractal dimension", target]]
        late = np.where(random.random(569) < 0.04, ~y, y)
    else:
        late = y + random.normal(0, 4, 442)
    finding, leaking = found(frame.assign(late=late.astype("float64")), tmp_path, target)
    assert (finding.status, leaking) == ("warned", ("late",))


# ── groups and time ──────────────────────────────────────────────────────────────────────────────
def test_groups_that_were_not_named_are_found_and_the_printed_call_mends_it(tmp_path):
    finding, leaking = found(machines(), tmp_path / "first", "life")
    assert (finding.status, leaking) == ("warned", ())
    assert finding.causes[0].fault == "S03"
    assert asked(finding) == {"group": "unit"}
    assert found(machines(), tmp_path / "again", "life", **asked(finding))[0].status == "passed"


def test_few_groups_do_not_cry_wolf(tmp_path):
    assert found(machines(6, 60), tmp_path, "life")[0].status == "passed"


def test_groups_on_both_sides_of_own_sets_are_warned_of(tmp_path):
    frame = machines()
    mixed = frame.sample(frac=1, random_state=0)
    finding, _ = found(mixed[:360], tmp_path / "mixed", "life", validation=mixed[360:], group="unit")
    assert finding.status == "warned"
    assert finding.causes[0].fault == "S03"
    assert "of the sets that you gave are also in the training set" in finding.headline
    clean, _ = found(frame[:390], tmp_path / "clean", "life", validation=frame[390:455], test=frame[455:], group="unit")
    assert clean.status == "passed"


def test_a_random_split_over_time_is_warned_of_and_the_printed_call_mends_it(tmp_path):
    finding, _ = found(days(), tmp_path / "first", "sold")
    assert finding.status == "warned"
    assert finding.causes[0].fault == "S04"
    assert asked(finding) == {"time": "day"}
    assert found(days(), tmp_path / "again", "sold", **asked(finding))[0].status == "passed"


def test_time_that_does_not_matter_is_no_leak(tmp_path):
    frame = diabetes().assign(day=pd.date_range("2020-01-01", periods=442))
    assert found(frame, tmp_path, "progression")[0].status == "passed"


# ── texts, series, pictures ──────────────────────────────────────────────────────────────────────
def test_texts_that_name_their_label_are_refused(tmp_path):
    texts, labels = some_texts(200)
    finding, _ = found(([f"{t} Filed under: {n}" for t, n in zip(texts, labels, strict=True)], labels), tmp_path)
    assert finding.status == "failed"
    assert "have this label written in them" in finding.headline


def test_a_word_that_only_one_class_has_is_warned_of(tmp_path):
    texts, labels = some_texts(200)
    finding, _ = found(
        ([f"{t} xq7" if n == "sea" else t for t, n in zip(texts, labels, strict=True)], labels), tmp_path
    )
    assert finding.status == "warned"
    assert "The word 'xq7' stands in all" in finding.headline


def test_texts_with_the_number_to_predict_are_refused(tmp_path):
    texts, _ = some_texts(200)
    amounts = np.random.default_rng(0).normal(2000, 300, 200).round(1)
    finding, _ = found(([f"{t} for {y}" for t, y in zip(texts, amounts, strict=True)], amounts), tmp_path)
    assert finding.status == "failed"


@pytest.mark.parametrize("is_exact", [True, False])
def test_a_step_that_is_the_target_is_found_and_persistence_is_not(tmp_path, is_exact):
    random = np.random.default_rng(0)
    walks = np.cumsum(random.normal(0, 0.01, (300, 20)), axis=1) + random.normal(0, 3, (300, 1))
    steps, y = (walks, 2 * walks[:, -1] + 1) if is_exact else (walks[:, :-1], walks[:, -1])
    finding, _ = found((steps[:, :, None].astype("float32"), y), tmp_path, modality="series")
    assert finding.status == ("failed" if is_exact else "passed")
    assert not is_exact or (finding.causes[0].fault, "the last step" in finding.headline) == ("P10", True)


def test_a_channel_that_is_the_class_is_refused(tmp_path):
    series, names = some_series(200)
    flagged = [np.column_stack([one, np.full(len(one), name == "fast")]).astype("float32")
               for one, name in zip(series, names, strict=True)]  # fmt: skip
    finding, _ = found((flagged, names), tmp_path)
    assert finding.status == "failed"


def test_a_stamp_on_pictures_is_warned_of(tmp_path):
    random = np.random.default_rng(0)
    x, y = random.integers(0, 200, (300, 12, 12)).astype("uint8"), random.choice(["cat", "dog"], 300)
    x[:, 3, 4] = np.where(y == "cat", 250, 10)
    finding, _ = found((x, y), tmp_path)
    assert finding.status == "warned"
    assert "One spot of the pictures" in finding.headline
    assert found((digits(300)[0], digits(300)[1] % 2), tmp_path / "clean")[0].status == "passed"


# ── identities ───────────────────────────────────────────────────────────────────────────────────
def test_only_what_is_exact_is_an_identity():
    random = np.random.default_rng(0)
    a, b, c = random.uniform(5, 15, 400), random.lognormal(3, 1, 400), random.uniform(1, 9, 400)
    x, names = np.column_stack([a, b, c]), ["a", "b", "c"]
    assert linear_identity(x, names, 1.8 * a + 32).columns == ("a",)
    assert linear_identity(x, names, np.round(b - a, 1)).formula == "−a + b"
    assert product_identity(x, names, np.round(a * b, 2)).formula == "a × b"
    assert product_identity(x, names, 3 * a / c**2).columns == ("a", "c")
    for y in (a + b + random.normal(0, 0.1, 400), random.permutation(a), np.round(a / 4), np.where(b > 20, a, 0.0)):
        assert linear_identity(x, names, y) is None
        assert product_identity(x, names, y + 1) is None
