"""Steps that the other files of this folder ask of rows of a table mostly, asked of pictures, texts and series too.

Each raw set comes with labels that can be learnt, drawn anew for each test, so that one thing is wrong at a time.
"""

import numpy as np
import pytest

from tests.stages.explore.known import FILLING, KINDS, curves, told_at
from tests.stages.walk import digits, journey_on, tumours, walk

TOO_FEW = {"drift", "label_noise"}  # of 24 rows


def pictures(n):
    x, y = digits(1797)
    keep = np.flatnonzero(y < 2)[:n]
    return x[keep], np.array(["zero", "one"])[y[keep]]


def texts(n):
    return told_at(n, "start", 12)


def series(n):
    return curves(n, "trend")


def rows(n):
    frame = tumours(n)
    labels = frame.pop("diagnosis").to_numpy()
    return frame.to_numpy(), labels


MAKERS = {"image": pictures, "table": rows, "text": texts, "series": series}


def amounts(modality, n):
    """Inputs with a number to predict: how bright, how many words of the sea, how wide a wave, a sum."""
    random = np.random.default_rng(0)
    if modality == "image":
        light = random.uniform(0.3, 1, n)
        return (digits(n)[0] * light[:, None, None]).astype("uint8"), 100 * light + random.normal(0, 2, n)
    if modality == "text":
        often = random.integers(0, 9, n)
        land, sea = ([word for word in words if len(word) == 4] for words in (FILLING, KINDS["sea"]))
        words = [[*random.choice(land, 14 - k), *random.choice(sea, k)] for k in often]
        return [" ".join([*some, f"{i:04}"]) for i, some in enumerate(words)], 5 * often + random.normal(0, 1, n)
    if modality == "series":
        width, phase = random.uniform(0.5, 3, n), random.uniform(0, 6, (n, 1))
        waves = width[:, None] * np.sin(np.linspace(0, 6, 40) + phase) + random.normal(0, 0.1, (n, 40))
        return waves[..., None].astype("float32"), 10 * width + random.normal(0, 0.5, n)
    x = random.normal(size=(n, 5))
    return x, 3 * x[:, 0] + x[:, 1] + random.normal(0, 0.3, n)


def found(raw, folder, *steps, modality, **options):
    return walk(journey_on(raw, folder, modality=modality, **options), "explore", "imbalance", *steps)


def some_of(x, kept):
    return [x[i] for i in kept] if isinstance(x, list) else x[kept]


@pytest.mark.parametrize("modality", MAKERS)
def test_a_handful_is_shown_and_what_it_cannot_say_is_skipped_with_the_reason(modality, tmp_path):
    walked = walk(journey_on(MAKERS[modality](24), tmp_path, modality=modality), "explore")
    skipped = {name: one.headline for name, one in walked.items() if one.status == "skipped"}
    assert set(skipped) == TOO_FEW | ({"position"} if modality == "table" else set())
    assert "fewer than" in skipped["drift"]
    assert "fewer than 100" in skipped["label_noise"]
    loud = {name for name, one in walked.items() if one.status in ("warned", "failed")}
    assert loud <= {"imbalance", "enough_data"}, loud  # classes under ten rows; nothing can be told of so few


@pytest.mark.parametrize("modality", MAKERS)
def test_numbers_to_predict_raise_no_alarm_where_they_follow_from_the_inputs(modality, tmp_path):
    walked = walk(journey_on(amounts(modality, 200), tmp_path, modality=modality), "explore")
    assert {name: one.headline for name, one in walked.items() if one.status in ("warned", "failed")} == {}
    assert walked.decided["is_learnable"] is True
    skipped = {name for name, one in walked.items() if one.status == "skipped"}
    assert skipped == ({"position"} if modality == "table" else set())


@pytest.mark.parametrize("modality", ["image", "text", "series"])
def test_numbers_dealt_anew_are_no_signal(modality, tmp_path):
    x, y = amounts(modality, 300)
    walked = found((x, np.random.default_rng(0).permutation(y)), tmp_path, "enough_data", modality=modality)
    assert [cause.fault for cause in walked["enough_data"].causes] == ["L03"]


@pytest.mark.parametrize("modality", MAKERS)
def test_numbers_of_other_examples_are_found(modality, tmp_path):
    x, y = amounts(modality, 1000)
    random = np.random.default_rng(5)
    is_wrong = random.random(len(y)) < 0.15
    y = np.where(is_wrong, random.permutation(y), y)
    walked = found((x, y), tmp_path, "label_noise", modality=modality)
    finding = walked["label_noise"]
    assert finding.status == "warned"
    assert finding.interval[0] <= is_wrong[walked.context.train_rows].mean() <= finding.interval[1]


@pytest.mark.parametrize("modality", MAKERS)
def test_a_class_of_few_rows_is_warned_of(modality, tmp_path):
    x, y = MAKERS[modality](240)
    rare = np.flatnonzero(y == y[0])[8:]
    kept = np.setdiff1d(np.arange(len(y)), rare)
    finding = found((some_of(x, kept), y[kept]), tmp_path, modality=modality)["imbalance"]
    assert finding.status == "warned"
    assert repr(str(y[0])) in finding.headline
    assert "L08" in [cause.fault for cause in finding.causes]


@pytest.mark.parametrize("modality", ["image", "text", "series"])
def test_labels_dealt_anew_are_no_signal(modality, tmp_path):
    x, y = MAKERS[modality](300)
    dealt = np.random.default_rng(0).permutation(y)
    walked = found((x, dealt), tmp_path, "enough_data", modality=modality)
    assert walked["enough_data"].status == "warned"
    assert [cause.fault for cause in walked["enough_data"].causes] == ["L03"]
    assert walked.decided["is_learnable"] is False


@pytest.mark.parametrize("modality", MAKERS)
def test_a_class_in_two_halves_is_the_hardest_pair(modality, tmp_path):
    x, y = MAKERS[modality](300)
    halves = np.random.default_rng(0).permutation(len(y)) % 2
    y = np.where(y == y[0], np.char.add(y[0] + " ", halves.astype(str)), y)
    finding = found((x, y), tmp_path, "variation", modality=modality)["variation"]
    first, second = sorted(name for name in np.unique(y) if name.endswith((" 0", " 1")))
    assert any(f"hardest to tell: {a} and {b}." in finding.headline for a, b in ((first, second), (second, first)))


def test_words_that_hardly_vary_are_fewer_ways_to_differ_than_many_words(tmp_path):
    random = np.random.default_rng(0)
    few = [" ".join(random.choice(KINDS["sea"][:3], 6)) + f" {i}" for i in range(200)]
    many = [" ".join(random.choice([f"word{j}" for j in range(300)], 6)) + f" {i}" for i in range(200)]
    labels = np.resize(["a", "b"], 200)
    ways = [
        found((some, labels), tmp_path / name, "variation", modality="text")["variation"].measured
        for name, some in (("few", few), ("many", many))
    ]
    assert 3 * ways[0] < ways[1]


def test_curves_of_one_shape_are_fewer_ways_to_differ_than_noise(tmp_path):
    random = np.random.default_rng(0)
    t, labels = np.linspace(0, 1, 40), np.resize(["a", "b"], 200)
    shape = (random.normal(size=(200, 1)) * t)[..., None] + 0.01 * random.normal(size=(200, 40, 1))
    ways = [
        found((some.astype("float32"), labels), tmp_path / name, "variation", modality="series")["variation"].measured
        for name, some in (("few", shape), ("many", random.normal(size=(200, 40, 1))))
    ]
    assert 2 * ways[0] < ways[1]


def made_strange(x, row, modality):
    """The inputs with one example that looks like none of the others."""
    if modality == "text":
        return [*x[:row], "zxqv wvut qqrs jklm ghzz pflx bnrt " * 4, *x[row + 1 :]]
    changed = x.copy()
    wave = np.sin(np.arange(x[row].size)).reshape(x[row].shape)
    changed[row] = 255 - x[row] if modality == "image" else x.mean(0) + 5 * x.std(0) * wave
    return changed


@pytest.mark.parametrize("modality", MAKERS)
def test_a_strange_example_comes_first(modality, tmp_path):
    x, y = MAKERS[modality](200)
    for row in range(10):  # which rows are trained on follows from what they hold
        journey = journey_on((made_strange(x, row, modality), y), tmp_path / f"{row}", modality=modality)
        if row in journey.split.train:
            break
    finding = walk(journey, "explore", "imbalance", "outliers")["outliers"]
    gallery = next(block for block in finding.blocks if block.kind == "gallery")
    assert gallery.items[0].attributes["row"] == row
    assert finding.status == "noted"


@pytest.mark.parametrize("modality", ["text", "series"])
def test_training_rows_alone_are_shown_in_the_gallery(modality, tmp_path):
    journey = journey_on(MAKERS[modality](90), tmp_path, modality=modality)
    finding = walk(journey, "explore", "examples", examples=30)["examples"]
    shown = [item.attributes["row"] for item in finding.blocks[0].items]
    assert len(set(shown)) == len(shown) == finding.measured == 30
    assert set(shown) <= set(journey.split.train.tolist())
