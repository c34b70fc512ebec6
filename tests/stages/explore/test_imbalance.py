import numpy as np
import pytest

from tests.stages.walk import journey_on, noise, tagged, walk


def imbalance_of(frame, folder, **options):
    walked = walk(journey_on(frame, folder, "label", **options), "explore", "imbalance")
    return walked["imbalance"], walked.decided["metric"]


def labelled(*counts, seed=0):
    """Rows of noise with so many of each class."""
    frame = noise(sum(counts), seed)
    frame["label"] = np.repeat([f"class {i}" for i in range(len(counts))], counts)
    return frame


@pytest.mark.parametrize(("which", "metric"), [("pictures", "accuracy"), ("classes", "accuracy"), ("amounts", "rmse")])
def test_silent_on_clean_data(explored, which, metric):
    assert explored[which]["imbalance"].status == "passed"
    assert explored[which].decided["metric"] == metric


@pytest.mark.parametrize(("counts", "metric"), [
    ((300, 300), "accuracy"), ((300, 120), "accuracy"), ((300, 60), "balanced_accuracy"), ((600, 40), "pr_auc"),
    ((200, 100, 50), "balanced_accuracy"),
])  # fmt: skip
def test_the_metric_that_is_honest(tmp_path, counts, metric):
    finding, chosen = imbalance_of(labelled(*counts), tmp_path)
    assert chosen == metric
    assert finding.status == ("passed" if metric == "accuracy" else "noted")


def test_rare_classes_are_warned_of(tmp_path):
    finding, _ = imbalance_of(labelled(200, 200, 8, 9), tmp_path)
    assert finding.status == "warned"
    assert finding.headline.startswith("2 classes with fewer than 10 training rows: 'class 2', 'class 3'.")


def test_accuracy_on_uneven_classes_is_warned_of(tmp_path):
    finding, chosen = imbalance_of(labelled(600, 40), tmp_path, metric="accuracy")
    assert (finding.status, chosen) == ("warned", "accuracy")
    assert "pr_auc" in finding.advice


def test_a_metric_that_was_asked_for_stays(tmp_path):
    finding, chosen = imbalance_of(labelled(300, 60), tmp_path, metric="macro_f1")
    assert (finding.status, chosen) == ("noted", "macro_f1")
    assert "Judged by macro F1." in finding.headline


def test_a_class_that_only_the_test_set_has_fails(tmp_path):
    test = labelled(20, 20, 5, seed=1)
    finding, _ = imbalance_of(labelled(100, 100), tmp_path, test=test)
    assert finding.status == "failed"
    assert finding.headline.startswith("1 class without a single training row: 'class 2'.")


def test_a_long_tail_is_judged_by_absolute_errors(tmp_path):
    frame = noise()
    frame["label"] = np.random.default_rng(0).lognormal(8, 1.5, len(frame))
    finding, chosen = imbalance_of(frame, tmp_path)
    assert (finding.status, chosen) == ("noted", "mae")
    assert "e+" not in finding.headline


def test_shares_close_to_all_are_not_called_all(tmp_path):
    finding, _ = imbalance_of(labelled(4000, 15), tmp_path)
    assert "'class 0' is 99.6% of the training rows." in finding.headline


def test_a_class_that_the_users_validation_set_lacks_is_warned_of(tmp_path):
    finding, _ = imbalance_of(labelled(100, 100, 100), tmp_path, validation=labelled(30, 30, seed=1))
    assert (finding.status, finding.causes[0].fault) == ("warned", "L09")
    assert "'class 2'" in finding.headline


def test_mild_imbalance_with_accuracy_is_no_alarm(tmp_path):
    finding, _ = imbalance_of(labelled(200, 60), tmp_path, metric="accuracy")
    assert finding.status == "noted"
    assert finding.causes == ()


def test_severe_imbalance_is_a_cause(tmp_path):
    severe, _ = imbalance_of(labelled(600, 40), tmp_path / "noted")
    assert (severe.status, severe.causes[0].fault) == ("noted", "L08")
    asked, _ = imbalance_of(labelled(600, 40), tmp_path / "warned", metric="accuracy")
    assert (asked.status, asked.causes[0].fault) == ("warned", "L08")


def labels_of(journey):
    return walk(journey, "explore", "imbalance")["imbalance"]


@pytest.mark.slow
@pytest.mark.parametrize(("which", "metric"), [("labels", "mean_average_precision"), ("targets", "r2")])
def test_several_labels_or_targets_are_silent_where_they_are_clean(explored, which, metric):
    assert explored[which]["imbalance"].status in ("passed", "noted")
    assert explored[which].decided["metric"] == metric


def test_a_label_that_few_have_is_warned_of(tmp_path):
    x, y = tagged()
    y[:, 0] = 0
    y[: len(y) // 40, 0] = 1
    finding = labels_of(journey_on((x, y), tmp_path))
    assert finding.status == "warned"
    assert finding.headline.startswith("1 label with fewer than 10 training rows with or without them")
    assert [cause.fault for cause in finding.causes] == ["L08"]


def test_a_label_that_all_have_fails(tmp_path):
    x, y = tagged()
    y[:, 0] = 1
    finding = labels_of(journey_on((x, y), tmp_path))
    assert finding.status == "failed"
    assert [cause.fault for cause in finding.causes] == ["L09"]


def test_a_long_tail_of_one_of_two_targets_is_noted(tmp_path):
    frame = noise(300)
    random = np.random.default_rng(0)
    frame["even"], frame["steep"] = random.normal(size=300), np.exp(2 * random.normal(size=300))
    finding = labels_of(journey_on(frame, tmp_path, ["even", "steep"]))
    assert finding.status == "noted"
    assert finding.headline.startswith("2 targets, with a long tail in 'steep'.")
