import pytest

from tests.stages.walk import context_of
from wizard.core.decisions import Decisions
from wizard.core.finding import Finding
from wizard.stages.explore import summarise
from wizard.stages.explore.questions import QUESTIONS, answers_of, to_do_of


def found(step: str, status: str = "passed", advice: str = "", gate: bool = False) -> Finding:
    headline = f"What {step} measured is 42%."
    return Finding.model_validate(
        {"step": step, "title": "t.", "headline": headline, "status": status, "advice": advice, "gate": gate}
    )


ALL = tuple(found(step) for question in QUESTIONS for step in question.steps)


@pytest.mark.parametrize("modality", ["image", "table", "text", "series"])
def test_five_questions_are_answered_in_the_recipes_order(modality):
    answers = answers_of(ALL[::-1], modality)
    assert [answer.steps[0] for answer in answers] == [
        "local_or_global", "variation", "spurious_variation", "downsampling", "label_noise",
    ]  # fmt: skip
    assert all(answer.question.endswith("?") and answer.sentence.endswith("42%.") for answer in answers)
    assert answers[0].sentence == "What local_or_global measured is 42%. What position measured is 42%."


def test_a_question_that_no_step_asked_is_left_out():
    assert answers_of((found("readable"),), "image") == ()
    assert [answer.steps for answer in answers_of((found("variation"), found("position")), "text")] == [
        ("position",), ("variation",),
    ]  # fmt: skip


def test_a_step_that_was_skipped_gives_its_reason():
    (answer,) = answers_of((found("label_noise", "skipped"),), "table")
    assert answer.sentence == "Not answered here. What label_noise measured is 42%."
    (answer,) = answers_of((found("local_or_global"), found("position", "skipped")), "table")
    assert answer.steps == ("local_or_global",)


def test_what_to_do_comes_in_order_of_importance():
    findings = (
        found("examples", "noted", "Look."), found("drift", "crashed", "Report it."), found("outliers", "warned"),
        found("imbalance", "failed", "Bring examples."), found("variation", "noted"),
        found("leakage", "failed", "Leave it out.", gate=True), found("readable", advice="Nothing."),
    )  # fmt: skip
    assert [(item.step, item.sentence) for item in to_do_of(findings)] == [
        ("leakage", "Leave it out."), ("imbalance", "Bring examples."),
        ("outliers", "What outliers measured is 42%."), ("examples", "Look."), ("drift", "Report it."),
    ]  # fmt: skip


def test_clean_data_ask_for_nothing_but_a_look(explored, journeys, kind):
    summary = summarise(tuple(explored[kind].values()), explored[kind].context)
    assert not [item for item in summary.to_do if item.status in ("failed", "crashed")]
    assert "examples" in [item.step for item in summary.to_do]
    assert summary.next_move.endswith("baseline().")


def test_a_closed_gate_is_mended_before_anything_else(journeys):
    context = context_of(journeys["classes"], "explore")
    context.decisions = Decisions()
    summary = summarise((found("leakage", "failed", "Leave the column out.", gate=True),), context)
    assert summary.verdict == "1 failed check to look at before training: leakage."
    assert "explore()" in summary.next_move
    assert summary.to_do[0].sentence == "Leave the column out."
