import csv
import io

import numpy as np
import pytest
from sklearn.datasets import load_wine
from sklearn.metrics import roc_auc_score

from tests.small import some_amounts, some_series, some_texts
from tests.stages.walk import diabetes, digits, journey_on, noise, tagged, tumours, walk
from wizard.stages.explore.label_noise import FILE, has_rows_to_look_at, suspicion
from wizard.stages.probing import probe_sample
from wizard.stages.suspects import Suspects, suspects


def found(journey):
    walked = walk(journey, "explore", "imbalance", "label_noise")
    return walked["label_noise"], walked


def flipped(y, share, n_classes, seed=0):
    """Labels of which a share is another class, any other."""
    random = np.random.default_rng(seed)
    is_wrong = random.random(len(y)) < share
    return np.where(is_wrong, (y + random.integers(1, n_classes, len(y))) % n_classes, y), is_wrong


def listed(walked):
    """Rows of the suspects' file that are called wrong."""
    finding = walked["label_noise"]
    (file,) = [block for block in finding.blocks if block.kind == "file"]
    rows = csv.DictReader(io.StringIO(walked.context.assets[file.asset].decode()))
    return [row for row in rows if row["is_flagged"] == "True"]


def test_silent_on_clean_data(explored, kind):
    finding = explored[kind]["label_noise"]
    assert finding.status in ("passed", "noted"), finding.headline
    assert finding.headline.startswith("No wrong labels found beyond")
    assert not finding.causes
    assert explored[kind].decided["label_noise"] == 0


def test_overlapping_classes_are_no_wrong_labels(tmp_path):
    x = np.random.default_rng(0).normal(size=(600, 2))
    frame = noise(600).assign(a=x[:, 0], b=x[:, 1])
    chance = 1 / (1 + np.exp(-1.5 * x[:, 0]))
    frame["label"] = np.where(np.random.default_rng(1).random(600) < chance, "yes", "no")
    finding, walked = found(journey_on(frame, tmp_path, "label"))
    assert finding.status in ("passed", "noted")
    assert walked.decided["label_noise"] == 0


def test_labels_without_any_signal_are_no_wrong_labels(tmp_path):
    finding, _ = found(journey_on(noise(600), tmp_path, "label"))
    assert finding.status == "noted"
    assert "tell so little" in finding.headline


@pytest.mark.slow
def test_wrong_labels_of_pictures_are_counted_and_named(tmp_path):
    x, y = digits(1200)
    labels, is_wrong = flipped(y, 0.08, 10)
    finding, walked = found(journey_on((x, labels), tmp_path))
    assert finding.status == "warned"
    assert [cause.fault for cause in finding.causes] == ["L01"]
    train = walked.context.train_rows
    low, high = walked.decided["label_noise_interval"]
    assert low <= is_wrong[train].mean() <= high
    rows = listed(walked)
    hits = [row for row in rows if is_wrong[int(row["row"])]]
    assert len(hits) >= 0.8 * len(rows)
    assert len(hits) >= 0.8 * is_wrong[train].sum()
    assert sum(row["suggested"] == str(y[int(row["row"])]) for row in hits) >= 0.9 * len(hits)
    assert 0.8 < walked.decided["ceiling"] < 0.99


def test_one_class_taken_for_another_is_told_from_noise_anywhere(tmp_path):
    x, y = digits(1797)
    is_wrong = (y == 3) & (np.random.default_rng(0).random(len(y)) < 0.3)
    finding, _ = found(journey_on((x, np.where(is_wrong, 5, y)), tmp_path))
    assert finding.status == "warned"
    assert finding.causes[0].fault == "L02"
    assert "'3' are labelled '5'" in finding.causes[0].sentence


def test_one_class_taken_for_another_is_found_in_a_small_table(tmp_path):
    both = load_wine(as_frame=True)
    frame = both.data.assign(cultivar=both.target).sample(frac=1, random_state=0)
    is_wrong = (frame["cultivar"] == 1) & (np.random.default_rng(0).random(178) < 0.4)
    finding, _ = found(journey_on(frame.assign(cultivar=frame["cultivar"].mask(is_wrong, 0)), tmp_path, "cultivar"))
    assert finding.status == "warned"
    assert "'1' are labelled '0'" in finding.causes[0].sentence
    clean, _ = found(journey_on(frame, tmp_path / "clean", "cultivar"))
    assert clean.status == "passed"


def test_one_of_two_classes_taken_for_the_other_is_found(tmp_path):
    frame = tumours()
    is_wrong = (frame["diagnosis"] == "benign") & (np.random.default_rng(0).random(len(frame)) < 0.4)
    finding, walked = found(journey_on(frame.assign(diagnosis=frame["diagnosis"].mask(is_wrong, "malignant")),
                                       tmp_path, "diagnosis"))  # fmt: skip
    assert finding.status == "warned"
    assert finding.causes[0].fault == "L02"
    assert "'benign' are labelled 'malignant'" in finding.causes[0].sentence
    low, high = walked.decided["label_noise_interval"]
    assert low <= is_wrong[walked.context.train_rows].mean() <= high
    rows = listed(walked)
    assert np.mean([is_wrong[int(row["row"])] for row in rows]) > 0.8
    assert len(rows) > 0.8 * is_wrong[walked.context.train_rows].sum()


def test_one_of_two_classes_that_lies_inside_the_other_is_no_wrong_label(tmp_path):
    random = np.random.default_rng(0)
    x = random.normal(size=(600, 3))
    chance = 0.9 / (1 + np.exp(-2 * x[:, 0]))  # the one class is told for sure at its end, the other never is
    frame = noise(600).assign(a=x[:, 0], b=x[:, 1], c=x[:, 2], label=np.where(random.random(600) < chance, "yes", "no"))
    finding, _ = found(journey_on(frame, tmp_path, "label"))
    assert finding.status in ("passed", "noted"), finding.headline


def test_wrong_labels_of_rows_of_a_table(tmp_path):
    frame = tumours()
    random = np.random.default_rng(0)
    is_wrong = random.random(len(frame)) < 0.1
    other = np.where(frame["diagnosis"] == "benign", "malignant", "benign")
    _, walked = found(journey_on(frame.assign(diagnosis=np.where(is_wrong, other, frame["diagnosis"])),
                                       tmp_path, "diagnosis"))  # fmt: skip
    low, high = walked.decided["label_noise_interval"]
    assert low <= is_wrong[walked.context.train_rows].mean() <= high


@pytest.mark.parametrize("make", [some_texts, some_series])
def test_wrong_labels_of_texts_and_series(tmp_path, make):
    x, y = make(400)
    labels, is_wrong = flipped((y == y[0]).astype(int), 0.1, 2)
    finding, walked = found(journey_on((x, np.array(["a", "b"])[labels]), tmp_path))
    assert finding.status == "warned"
    rows, score, _ = suspicion(walked.context)
    first = rows[np.argsort(-score)[: int(is_wrong[rows].sum())]]
    assert is_wrong[first].mean() > 0.8


def test_wrong_amounts_are_found(tmp_path):
    frame = some_amounts(600)
    is_wrong = np.random.default_rng(1).random(600) < 0.08
    frame.loc[is_wrong, "price"] = np.random.default_rng(2).permutation(frame["price"])[is_wrong] + 1
    finding, walked = found(journey_on(frame, tmp_path, "price"))
    assert finding.status == "warned"
    rows = listed(walked)
    assert np.mean([is_wrong[int(row["row"])] for row in rows]) > 0.8
    assert len(rows) > 0.4 * is_wrong[walked.context.train_rows].sum()


def test_each_of_several_targets_is_judged_alone(tmp_path):
    frame = some_amounts(600)
    frame["rent"] = frame["price"] / 300 + np.random.default_rng(3).normal(0, 20, 600)
    is_wrong = np.random.default_rng(1).random(600) < 0.1
    frame.loc[is_wrong, "rent"] = np.random.default_rng(2).permutation(frame["rent"])[is_wrong]
    finding, _ = found(journey_on(frame, tmp_path, ["price", "rent"]))
    assert finding.status == "warned"
    assert "labels of 'rent' are wrong" in finding.headline


def test_wrong_entries_among_several_labels_rank_first(tmp_path):
    x, y = tagged(600)
    is_wrong = np.random.default_rng(0).random(len(y)) < 0.1
    labels = y.copy()
    labels[is_wrong, 0] = 1 - labels[is_wrong, 0]
    _, walked = found(journey_on((x, labels), tmp_path))
    rows, score, _ = suspicion(walked.context)
    assert score[is_wrong[rows]].mean() > 1.5 * score[~is_wrong[rows]].mean()


def test_too_few_rows_are_skipped(tmp_path):
    finding, walked = found(journey_on(diabetes(80), tmp_path, "progression"))
    assert finding.status == "skipped"
    assert len(suspicion(walked.context)[0]) == 0
    assert FILE not in finding.headline


@pytest.fixture
def few_probed(monkeypatch):
    """The probes see 400 rows; all others are judged by these."""
    monkeypatch.setattr("wizard.stages.probing.MOST_ROWS", 400)


def outside(walked):
    """Rows that were judged by the sample, how suspect they are, and whether they are called wrong."""
    judged = suspects(walked.context)
    is_other = ~np.isin(judged.rows, probe_sample(walked.context).rows)
    return judged.rows[is_other], judged.score[is_other], judged.is_called[is_other]


def test_rows_outside_the_probes_sample_are_judged_too(tmp_path, few_probed):
    x, y = digits(1500)
    labels, is_wrong = flipped(y, 0.08, 10)
    finding, walked = found(journey_on((x, labels), tmp_path))
    n = len(walked.context.train_rows)
    assert f"all {n:,} training rows were judged, and the rate is that of 400 of them" in finding.headline
    rows, _, is_called = outside(walked)
    assert len(rows) == n - 400
    assert is_wrong[rows[is_called]].mean() > 0.8
    assert is_called[is_wrong[rows]].mean() > 0.8
    hits = [row for row in listed(walked) if int(row["row"]) in rows and is_wrong[int(row["row"])]]
    assert sum(row["suggested"] == str(y[int(row["row"])]) for row in hits) > 0.9 * len(hits)


def test_wrong_amounts_outside_the_probes_sample_are_judged_too(tmp_path, few_probed):
    frame = some_amounts(1200)
    is_wrong = np.random.default_rng(1).random(1200) < 0.08
    frame.loc[is_wrong, "price"] = np.random.default_rng(2).permutation(frame["price"])[is_wrong] + 1
    finding, walked = found(journey_on(frame, tmp_path, "price"))
    assert finding.status == "warned"
    rows, score, is_called = outside(walked)
    assert is_wrong[rows[is_called]].mean() > 0.8
    assert is_called[is_wrong[rows]].mean() > 0.4
    assert roc_auc_score(is_wrong[rows], score) > 0.9


def test_labels_outside_the_probes_sample_are_judged_too(tmp_path, few_probed):
    x, y = tagged(1000)
    is_wrong = np.random.default_rng(0).random(len(y)) < 0.1
    labels = y.copy()
    labels[is_wrong, 0] = 1 - labels[is_wrong, 0]
    _, walked = found(journey_on((x, labels), tmp_path))
    rows, score, _ = outside(walked)
    assert score[is_wrong[rows]].mean() > 1.5 * score[~is_wrong[rows]].mean()


@pytest.mark.parametrize(("n_called", "is_enough"), [(0, False), (2, False), (3, True), (40, True)])
def test_the_more_rows_are_judged_the_more_must_be_named(n_called, is_enough):
    rows, is_called = np.arange(1200), np.arange(1200) < n_called
    words = np.full(1200, "other", object)
    found = Suspects(rows, is_called * 1.0, words, is_called, (), (True,), (), np.zeros((1200, 2)), None, n_rated=400)
    assert has_rows_to_look_at(found) is is_enough


def test_more_rows_than_are_judged_are_sampled_and_counted(tmp_path, few_probed, monkeypatch):
    monkeypatch.setattr("wizard.stages.suspects.MOST_JUDGED", 700)
    x, y = digits(1500)
    finding, walked = found(journey_on((x, y), tmp_path))
    n = len(walked.context.train_rows)
    assert f"700 of {n:,} training rows were judged, and the rate is that of 400 of them" in finding.headline
