import numpy as np
import pandas as pd
import pytest

from tests.small import some_series, some_texts
from tests.stages.walk import digits, journey_on, noise, tumours, walk


def found(journey):
    walked = walk(journey, "explore", "duplicates")
    return walked["duplicates"], walked.decided["contradiction_floor"]


def test_silent_on_clean_data(explored, kind):
    assert explored[kind]["duplicates"].status == "passed"
    assert explored[kind].decided["contradiction_floor"] == 0


def test_copies_that_agree_are_noted_and_kept_together(tmp_path):
    frame = tumours()
    journey = journey_on(pd.concat([frame, frame[:60]]), tmp_path, "diagnosis")
    finding, floor = found(journey)
    assert (finding.status, floor) == ("noted", 0)
    assert finding.measured == 120
    assert finding.headline.endswith("; copies stay on one side of the split.")


@pytest.mark.parametrize("name", ["validation", "test"])
def test_copies_in_a_set_of_the_users_own_are_warned_of(tmp_path, name):
    frame = tumours()
    own = pd.concat([frame[500:], frame[:7]])
    finding, _ = found(journey_on(frame[:500], tmp_path, "diagnosis", **{name: own}))
    assert finding.status == "warned"
    assert finding.headline.startswith("7 rows of the sets that you gave are copies of rows in an earlier set.")
    assert len(finding.blocks[0].rows) == 7
    assert {row[2] for row in finding.blocks[0].rows} == {name}


def test_copies_between_the_users_validation_and_test_sets_count_too(tmp_path):
    frame = tumours()
    finding, _ = found(journey_on(frame[:400], tmp_path, "diagnosis", validation=frame[400:500], test=frame[499:]))
    assert finding.status == "warned"
    assert finding.headline.startswith("1 row of the sets that you gave is a copy of rows in an earlier set.")


def test_contradictory_labels_are_warned_of_and_set_the_floor(tmp_path):
    frame = tumours()
    flipped = frame[:60].assign(diagnosis=np.where(frame["diagnosis"][:60] == "benign", "malignant", "benign"))
    journey = journey_on(pd.concat([frame, flipped]), tmp_path, "diagnosis")
    finding, floor = found(journey)
    n_pairs = np.isin(np.arange(60), journey.split.train).sum()
    assert finding.status == "warned"
    assert floor == pytest.approx(n_pairs / len(journey.split.train))
    assert finding.headline.startswith(f"{2 * n_pairs} training rows have a copy with another label")


def test_one_picture_with_two_labels_is_warned_of(tmp_path):
    x, y = digits(300)
    journey = journey_on((np.concatenate([x, x[:3]]), np.concatenate([y, (y[:3] + 1) % 10])), tmp_path)
    finding, floor = found(journey)
    assert finding.status == "warned"
    assert 0 < floor < 0.02
    assert "training rows have a copy with another label" in finding.headline


def test_contradictory_amounts_set_the_floor_in_variances(tmp_path):
    frame = noise(200).drop(columns="label").assign(y=np.arange(200.0))
    twin = frame[:40].assign(y=frame["y"][:40] + 100)
    journey = journey_on(pd.concat([frame, twin]), tmp_path, "y")
    finding, floor = found(journey)
    y = np.concatenate([frame["y"], twin["y"]])[journey.split.train]
    n_pairs = np.isin(np.arange(40), journey.split.train).sum()
    assert finding.status == "warned"
    assert floor == pytest.approx(2 * n_pairs * 50**2 / len(y) / np.var(y))


def test_coarse_values_coincide_without_an_alarm(tmp_path):
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.integers(0, 3, (400, 3)), columns=list("abc"))
    frame["label"] = random.choice(["no", "yes"], 400)
    finding, floor = found(journey_on(frame, tmp_path, "label", test=frame[:80].sample(frac=1, random_state=0)))
    assert finding.status == "noted"
    assert floor > 0.1
    assert "by chance" in finding.headline


def test_pictures_saved_again_are_near_copies(tmp_path):
    x, y = digits(300)
    again = np.clip(x[:20].astype(int) + np.random.default_rng(0).integers(-2, 3, x[:20].shape), 0, 255)
    journey = journey_on((np.concatenate([x, again.astype("uint8")]), np.concatenate([y, y[:20]])), tmp_path)
    finding, _ = found(journey)
    assert finding.status == "noted"
    pairs = [set(pair) for pair in journey.copies.near.tolist()]
    assert sum({i, 300 + i} in pairs for i in range(20)) >= 18
    for part in (journey.split.train, journey.split.validation, journey.split.test):
        assert all(np.isin(list(pair), part).sum() in (0, 2) for pair in pairs)


def test_copies_over_time_are_told_and_no_alarm(tmp_path):
    frame = tumours(300).assign(day=np.arange(300))
    frame = pd.concat([frame, frame[:20].assign(day=np.arange(300, 320))])
    finding, _ = found(journey_on(frame, tmp_path, "diagnosis", time="day"))
    assert finding.status == "noted"
    assert "20 held-out rows are copies of rows in an earlier set." in finding.headline


def test_held_out_labels_are_not_shown(tmp_path):
    x, y = digits(200)
    names = np.array([f"digit {label}" for label in y])
    twin = (np.concatenate([x[:10] + (x[:10] < 250), x[100:110]]), np.array(["secret"] * 10 + ["digit 1"] * 10))
    journey = journey_on((x, np.where(np.arange(200) == 50, "secret", names)), tmp_path, validation=twin)
    finding, _ = found(journey)
    shown = finding.model_dump_json()
    assert "held out" in shown
    assert "secret" not in shown


@pytest.mark.parametrize("change", [lambda x: np.roll(x, 1, axis=1), lambda x: np.roll(x, (1, -1), axis=(1, 2))])
def test_small_pictures_moved_by_a_pixel_are_near_copies(tmp_path, change):
    x, y = digits(300)
    x = np.pad(np.kron(x, np.ones((1, 2, 2), "uint8")), ((0, 0), (2, 2), (2, 2)))
    journey = journey_on((np.concatenate([x, change(x[:20])]), np.concatenate([y, y[:20]])), tmp_path)
    pairs = {tuple(pair) for pair in journey.copies.near.tolist()}
    assert {(i, 300 + i) for i in range(20)} == pairs


def test_rows_under_a_little_noise_are_near_copies(tmp_path):
    frame = tumours()
    numbers = frame.columns[:-1]
    noisy = frame[:30].copy()
    noisy[numbers] += 0.01 * frame[numbers].std().to_numpy() * np.random.default_rng(0).normal(size=(30, len(numbers)))
    journey = journey_on(pd.concat([frame, noisy], ignore_index=True), tmp_path, "diagnosis")
    pairs = {tuple(pair) for pair in journey.copies.near.tolist()}
    assert {(i, len(frame) + i) for i in range(30)} == pairs
    finding, _ = found(journey)
    assert [cause.fault for cause in finding.causes] == ["D02"]


def test_rows_on_a_grid_or_along_a_curve_are_no_near_copies(tmp_path):
    random = np.random.default_rng(0)
    grid = pd.DataFrame(random.normal(size=(500, 6)).round(1), columns=list("abcdef"))
    time = np.sort(random.uniform(0, 9, 500))
    curve = pd.DataFrame({f"w{k}": np.sin(k * time) + 0.01 * random.normal(size=500) for k in range(1, 7)})
    for name, frame in (("grid", grid), ("curve", curve)):
        journey = journey_on(frame.assign(y=random.choice(["no", "yes"], 500)), tmp_path / name, "y")
        assert len(journey.copies.near) == 0


def test_augmented_before_the_split_is_warned_of(tmp_path):
    frame = tumours()
    numbers = frame.columns[:-1]
    noisy = frame[:40].copy()
    noisy[numbers] += 0.01 * frame[numbers].std().to_numpy() * np.random.default_rng(0).normal(size=(40, len(numbers)))
    own = pd.concat([frame[400:], noisy[:20]])
    finding, _ = found(journey_on(frame[:400], tmp_path, "diagnosis", validation=own))
    assert finding.status == "warned"
    assert finding.headline.startswith("20 rows of the sets that you gave are near copies")
    assert finding.causes[0].fault == "S02"
    honest, _ = found(journey_on(frame[:400], tmp_path / "honest", "diagnosis", validation=frame[400:]))
    assert honest.status == "passed"


def test_causes_are_named(tmp_path):
    frame = tumours()
    copied, _ = found(journey_on(pd.concat([frame, frame[:60]]), tmp_path, "diagnosis"))
    assert [cause.fault for cause in copied.causes] == ["D01"]
    own = pd.concat([frame[500:], frame[:7]])
    across, _ = found(journey_on(frame[:500], tmp_path / "own", "diagnosis", validation=own))
    assert [cause.fault for cause in across.causes] == ["S01", "D01"]


@pytest.mark.parametrize("make", [some_texts, some_series])
def test_silent_on_clean_texts_and_series(make, tmp_path):
    assert found(journey_on(make(160), tmp_path))[0].status == "passed"


@pytest.mark.parametrize(("change", "fault"), [
    (str, "D01"), (lambda text: f"  {text.upper()}!", "D02"), (lambda text: text.replace(" ", "  "), "D02"),
])  # fmt: skip
def test_texts_copied_or_written_a_little_otherwise_are_found(change, fault, tmp_path):
    x, y = some_texts(160)
    finding, _ = found(journey_on(([*x, *(change(text) for text in x[:24])], np.concatenate([y, y[:24]])), tmp_path))
    assert finding.status in ("noted", "warned")
    assert fault in [cause.fault for cause in finding.causes], finding


@pytest.mark.parametrize("noise_in_it", [0.0, 0.01])
def test_series_measured_twice_are_found(noise_in_it, tmp_path):
    x, y = some_series(160)
    random = np.random.default_rng(0)
    again = [one + noise_in_it * np.nanstd(one) * random.normal(size=np.shape(one)) for one in x[:24]]
    finding, _ = found(journey_on(([*x, *again], np.concatenate([y, y[:24]])), tmp_path))
    assert finding.status in ("noted", "warned")
    assert ("D02" if noise_in_it else "D01") in [cause.fault for cause in finding.causes], finding
