import json
import re

import numpy as np
import pandas as pd
import pytest

from tests.small import short_recipe, some_series
from tests.stages.walk import digits, journey_on, tumours, walk
from wizard import Wizard
from wizard.core.config import TrainingConfig
from wizard.core.errors import OptionError
from wizard.core.shipped import shipped
from wizard.data.task import name_of
from wizard.stages.agreement import agreements, contradictions
from wizard.stages.quiz import QUESTIONS, quiz_of
from wizard.stages.quiz_answers import Door
from wizard.stages.stage import steps_of
from wizard.training.metrics import METRICS, default_metric

STEPS = ("dumb_baselines", "human_baseline")


def quiz_for(journey):
    return quiz_of(journey.dataset, journey.task, journey.split, journey.seed)


def content_of(page):
    return json.loads(re.search(r'<script type="application/json" id="content">(.*?)</script>', page, re.DOTALL)[1])


def page_of(walked):
    file = walked["human_baseline"].blocks[-1]
    assert (file.kind, file.name) == ("file", "quiz.html")
    return walked.context.assets[file.asset].decode()


def right_answers(journey):
    """{row: its label as the quiz saves it} of every question."""
    task, labels = journey.task, journey.dataset.labels
    answers = {}
    for row in map(int, quiz_for(journey).rows):
        if task.is_multilabel:
            answers[row] = [name for name, has in zip(task.classes, labels[row], strict=True) if has]
        elif task.is_exclusive:
            answers[row] = name_of(labels[row])
        else:
            answers[row] = np.asarray(labels[row], float).tolist()
    return answers


def saved(journey, path, annotator, given, **changed):
    """A file as the quiz's page saves it."""
    rows = {str(row): answer for row, answer in given.items()}
    content = {"quiz": quiz_for(journey).key, "annotator": annotator, "answers": rows, "seconds": 61} | changed
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def read(journey, human, metric=None):
    name = metric or default_metric(journey.task)
    return Door(quiz_for(journey), journey.task, METRICS[name], journey.folder / "quiz.html").read(human)


def measured(journey, human, metric="accuracy"):
    return walk(journey, "baseline", *STEPS, given={"metric": metric}, human=read(journey, human, metric))


def wrong(answer):
    return {"benign": "malignant", "malignant": "benign"}[answer]


def spoilt(answers, places):
    return {row: wrong(answer) if i in places else answer for i, (row, answer) in enumerate(sorted(answers.items()))}


# ── the quiz ─────────────────────────────────────────────────────────────────────────────────────
def test_without_an_answer_it_is_noted_and_the_quiz_lies_ready(based, journeys, kind):
    finding = based[kind]["human_baseline"]
    assert finding.status == "noted"
    assert finding.headline.startswith("No person has been measured yet: the quiz of 50 ")
    content = content_of(page_of(based[kind]))
    rows = [question["row"] for question in content["questions"]]
    assert len(set(rows)) == QUESTIONS
    assert not set(rows) & set(journeys[kind].split.test)
    assert content["outputs"] == list(journeys[kind].task.outputs)


def text_table():
    return pd.read_csv(shipped("sample_data") / "docstrings" / "docstrings.csv")


@pytest.mark.parametrize(
    ("raw", "target", "shown"),
    [
        (text_table, "library", "text"),
        (lambda: some_series(120), None, "curves"),
        (lambda: digits(300), None, "picture"),
    ],
    ids=["texts", "series", "pictures"],
)
def test_examples_are_shown_as_the_library_shows_them_and_nothing_else_is(raw, target, shown, tmp_path):
    journey = journey_on(raw(), tmp_path, target)
    questions = content_of(page_of(walk(journey, "baseline", "human_baseline")))["questions"]
    assert len(questions) == QUESTIONS
    assert all(question.keys() == {"row", shown} for question in questions)


def test_the_quiz_is_the_same_whatever_the_labels_of_its_rows_are_called(journeys):
    journey = journeys["classes"]
    labels = np.where(journey.dataset.labels == "benign", "WHITE", "BLACK")
    frame = tumours().assign(diagnosis=np.where(tumours()["diagnosis"] == "benign", "WHITE", "BLACK"))
    page = page_of(walk(journey_on(frame, journey.folder / "twin", "diagnosis"), "baseline", "human_baseline"))
    assert len(labels) == len(frame)
    assert page.count("WHITE") == page.count("BLACK") == 1, "the names of the classes, and no label"


def test_a_path_that_names_the_class_is_not_in_the_page(tmp_path):
    from PIL import Image

    pictures, labels = digits(120)
    for i, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        folder = tmp_path / "data" / f"class-{label}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(folder / f"{i}.png")
    page = page_of(walk(journey_on(tmp_path / "data", tmp_path / "run"), "baseline", "human_baseline"))
    assert page.count("class-3") == 1
    assert "class-3/" not in page


def test_classes_keep_their_shares(journeys):
    journey = journeys["classes"]
    asked = journey.dataset.labels[quiz_for(journey).rows]
    of_all = journey.dataset.labels[journey.split.validation]
    assert abs((asked == "benign").sum() - QUESTIONS * (of_all == "benign").mean()) <= 1


def test_with_few_rows_all_known_ones_are_asked(tmp_path):
    frame = pd.DataFrame({"x": np.arange(30), "label": ["no", "yes"] * 15})
    walked = walk(journey_on(frame, tmp_path, "label"), "baseline", "human_baseline")
    rows = {question["row"] for question in content_of(page_of(walked))["questions"]}
    assert rows == set(walked.context.deciding_rows.tolist())
    assert f"the quiz of {len(rows)} rows lies in quiz.html" in walked["human_baseline"].headline


def test_hostile_texts_close_no_element(tmp_path):
    frame = tumours().assign(note="</script><script>alert(1)</script>")
    page = page_of(walk(journey_on(frame, tmp_path, "diagnosis"), "baseline", "human_baseline"))
    assert "<script>alert" not in page
    assert content_of(page)["questions"]


# ── scores ───────────────────────────────────────────────────────────────────────────────────────
def test_a_given_score_stands_beside_the_best_simple_method(journeys):
    walked = measured(journeys["classes"], 0.97)
    finding = walked["human_baseline"]
    bars = finding.blocks[0]
    best = max(walked.decided["dumb_scores"], key=walked.decided["dumb_scores"].get)
    assert bars.labels == ("person", best)
    assert bars.values == (0.97, walked.decided["dumb_scores"][best])
    assert walked.decided["human"] == 0.97
    assert finding.headline.startswith("A person reaches accuracy 97.0%, as given; ")


def test_a_score_is_told_also_where_no_simple_method_was_tried(journeys):
    finding = walk(journeys["classes"], "baseline", "human_baseline", human={"score": 0.97})["human_baseline"]
    assert finding.blocks[0].labels == ("person",)
    assert finding.headline == "A person reaches accuracy 97.0%, as given."


def test_the_small_network_stands_beside_them_where_it_is_known(journeys, based):
    walked = walk(
        journeys["classes"], "baseline", *STEPS, human={"score": 0.97},
        given={"metric": "accuracy", "skeleton": based["classes"].context.decisions.skeleton},
    )  # fmt: skip
    assert walked["human_baseline"].blocks[0].labels[-1] == "small network"


def test_answers_are_scored_on_their_rows_and_so_is_the_simple_method(journeys, tmp_path):
    journey = journeys["classes"]
    answers = spoilt(right_answers(journey), range(5))
    walked = measured(journey, saved(journey, tmp_path / "ann.json", "Ann", answers))
    finding = walked["human_baseline"]
    assert finding.measured == pytest.approx(0.9)
    assert finding.headline.startswith("A person (Ann) reaches accuracy 90.0% on 50 validation rows; ")
    best, predicted = next(
        (name, p) for name, p in walked.context.shared["predictions of all simple methods"].items()
        if name == finding.blocks[0].labels[1]
    )  # fmt: skip
    rows = np.array(sorted(answers))
    codes = predicted[np.searchsorted(walked.context.deciding_rows, rows)].argmax(1)
    assert finding.blocks[0].values[1] == pytest.approx(np.mean(codes == walked.context.y(rows))), best
    table = next(block for block in finding.blocks if block.title == "Rows to look at")
    assert len(table.rows) == 5


def test_two_annotators_give_their_agreement_and_the_rows_to_look_at(journeys, tmp_path):
    journey = journeys["classes"]
    right = right_answers(journey)
    ann = saved(journey, tmp_path / "ann.json", "Ann", spoilt(right, range(5)))
    bob = saved(journey, tmp_path / "bob.json", "Bob", spoilt(right, range(3, 8)))
    finding = measured(journey, [str(ann), bob])["human_baseline"]
    assert finding.measured == pytest.approx(0.9)
    assert "they agree on 88%" in finding.headline
    blocks = {block.title: block for block in finding.blocks}
    (pair,) = blocks["Agreement"].rows
    assert pair[:2] == ("Ann", "Bob")
    assert pair[2] == pytest.approx(44 / 50)
    assert 0.6 < pair[3] < 0.88
    said = [row[-1] for row in blocks["Rows to look at"].rows]
    assert said == ["all contradict the label"] * 2 + ["people contradict each other"] * 6


@pytest.mark.parametrize("kind", ["amounts", "labels", "targets", "pictures"])
def test_perfect_answers_of_every_kind_of_task_score_perfectly(journeys, tmp_path, kind):
    journey = journeys[kind]
    answers = right_answers(journey)
    both = [saved(journey, tmp_path / f"{name}.json", name, answers) for name in ("Ann", "Bob")]
    name = default_metric(journey.task)
    finding = measured(journey, both, name)["human_baseline"]
    assert finding.measured == pytest.approx(0.0 if name == "rmse" else 1.0)
    assert "Rows to look at" not in {block.title for block in finding.blocks}
    assert next(block for block in finding.blocks if block.title == "Agreement").rows[0][-1] == pytest.approx(1.0)


def test_a_person_who_gives_no_probabilities_is_judged_by_answers(journeys, tmp_path):
    journey = journeys["classes"]
    file = saved(journey, tmp_path / "ann.json", "Ann", right_answers(journey))
    walked = measured(journey, file, "log_loss")
    assert walked["human_baseline"].unit == "accuracy"
    assert "human" not in walked.decided, "it is not in the metric that decides"


def test_agreement_of_classes_is_scikit_learns_kappa_and_numbers_correlate(journeys):
    classes, amounts = journeys["classes"].task, journeys["amounts"].task
    (pair,) = agreements(classes, [np.eye(2)[[0, 0, 1, 1]], np.eye(2)[[0, 0, 1, 0]]])
    assert (pair.equal, pair.beyond_chance) == (0.75, pytest.approx(0.5))
    (pair,) = agreements(classes, [np.eye(2)[[0, 0]], np.eye(2)[[0, 0]]])
    assert (pair.equal, pair.beyond_chance) == (1.0, None)
    (pair,) = agreements(amounts, [np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0])])
    assert (pair.equal, pair.beyond_chance) == (None, pytest.approx(1.0))


def test_a_number_far_from_what_both_say_is_doubted(journeys):
    y = np.zeros(20)
    both = [np.r_[np.full(19, 0.1), 5.0], np.r_[np.full(19, -0.1), 5.1]]
    is_against, is_split = contradictions(journeys["amounts"].task, y, both)
    assert np.flatnonzero(is_against).tolist() == [19]
    assert not is_split.any()


# ── the door ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("kind", "metric", "value", "says"),
    [
        ("classes", "accuracy", 97, r"between 0 and 1. Received: 97. If 97% is meant, write 0.97"),
        ("classes", "accuracy", float("nan"), "between 0 and 1"),
        ("classes", "log_loss", -0.1, "at least 0"),
        ("amounts", "r2", 1.2, "at most 1"),
        ("classes", "accuracy", True, "must be a person's score"),
        ("classes", "accuracy", [], "empty list"),
        ("classes", "accuracy", [0.9, 0.8], "must be a person's score"),
        ("classes", "accuracy", "nowhere.json", r"nowhere.json, which is no file. The quiz lies in .*quiz.html"),
    ],
)
def test_what_is_neither_score_nor_file_is_refused(journeys, kind, metric, value, says):
    with pytest.raises(OptionError, match=says):
        read(journeys[kind], value, metric)


@pytest.mark.parametrize(("metric", "value"), [("accuracy", 1), ("log_loss", 2.5), ("accuracy", np.float32(0.5))])
def test_a_score_that_the_metric_can_have_is_taken(journeys, metric, value):
    assert read(journeys["classes"], value, metric) == {"score": float(value)}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"quiz": "0" * 20}, "answers another quiz"),
        ({"answers": {}}, "holds no answers"),
        ({"answers": {"-1": "benign"}}, "rows that the quiz does not ask about: -1"),
        ({"answers": ["benign"]}, "lacks `quiz` and `answers`"),
    ],
)
def test_a_file_that_holds_no_answers_to_this_quiz_is_named(journeys, tmp_path, changed, says):
    journey = journeys["classes"]
    file = saved(journey, tmp_path / "answers.json", "Ann", right_answers(journey), **changed)
    with pytest.raises(OptionError, match=says) as caught:
        read(journey, file)
    assert str(file) in str(caught.value)
    assert "quiz.html" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("classes", "begnin"),
        ("classes", 1),
        ("amounts", "12"),
        ("amounts", None),
        ("targets", [1.0]),
        ("labels", "target 0"),
        ("labels", ["no such"]),
    ],
)
def test_an_answer_of_the_wrong_kind_is_named_with_its_row(journeys, tmp_path, kind, answer):
    journey = journeys[kind]
    row = int(quiz_for(journey).rows[0])
    with pytest.raises(OptionError, match=f"for row {row}"):
        read(journey, saved(journey, tmp_path / "answers.json", "Ann", {row: answer}))


def test_a_file_that_is_no_json_is_named(journeys, tmp_path):
    (tmp_path / "answers.json").write_text("row,label\n1,benign\n")
    with pytest.raises(OptionError, match=r"answers.json, which is no JSON"):
        read(journeys["classes"], tmp_path / "answers.json")


def test_annotators_need_names_and_questions_in_common(journeys, tmp_path):
    journey = journeys["classes"]
    right = right_answers(journey)
    ann = saved(journey, tmp_path / "ann.json", "Ann", dict(list(right.items())[:10]))
    with pytest.raises(OptionError, match="both of 'Ann'"):
        read(journey, [ann, saved(journey, tmp_path / "twin.json", "Ann", right)])
    with pytest.raises(OptionError, match="share none"):
        read(journey, [ann, saved(journey, tmp_path / "bob.json", "Bob", dict(list(right.items())[10:]))])


# ── a journey ────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def short(monkeypatch):
    """Stages 1 to 3 answer at once, but for the steps that are tested here."""
    quick = short_recipe(TrainingConfig(family="linear", epochs=2, learning_rate=1e-2))

    def steps(stage):
        real = {step.name: step for step in steps_of(stage) if step.name in STEPS}
        return tuple(real.get(step.name, step) for step in quick(stage))

    monkeypatch.setattr("wizard.stages.stage.steps_of", steps)


@pytest.mark.slow
def test_answers_handed_in_later_are_taken_wherever_they_lie_and_train_nothing_again(short, tmp_path):
    def opened():
        return Wizard(tumours(), "diagnosis", out=tmp_path, name="run", budget="quick")

    wizard = opened().explore().baseline().overfit()
    assert 'id="content"' in (tmp_path / "run" / "2-baseline" / "quiz.html").read_text(encoding="utf-8")
    journey, overfitted = wizard._journey, wizard.results["overfit"].key
    file = saved(journey, tmp_path / "answers-ann.json", "Ann", right_answers(journey))
    trained = journey.trainer.n_trained
    wizard.baseline(human=file).overfit()
    assert wizard.results["overfit"].key == overfitted
    assert journey.trainer.n_trained == trained
    assert wizard.decisions.human is not None
    assert any("A person (Ann) reaches" in line for line in wizard.results["baseline"].plain)

    moved = file.rename(tmp_path / "elsewhere.json")
    again = opened().explore().baseline(human=[str(moved)])
    assert again.results["baseline"].key == wizard.results["baseline"].key
    with pytest.raises(OptionError, match=r"answers-ann\.json, which is no file"):
        again.baseline(human=file)
