"""The recipe's five questions about the data, answered from what the steps found; and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wizard.core.finding import Finding, Status
from wizard.core.result import Answer, ToDo


@dataclass(frozen=True)
class Question:
    """One of the five.

    Attributes:
        words: How it is put, in plain words.
        steps: Names of the steps that answer it, the leading one first.
        of: {modality: how it is put there}, where there are better words for it.
    """

    words: str
    steps: tuple[str, ...]
    of: Mapping[str, str]


QUESTIONS = (
    Question(
        "Are small parts of an example enough, or is the whole needed?",
        ("local_or_global", "position"),
        {
            "image": "Are small patches of a picture enough, or is the whole picture needed?",
            "table": "Can the columns be judged one by one, or only together?",
            "text": "Are single words enough, or does it take the whole text and its order?",
            "series": "Are short stretches of a series enough, or is the whole course needed?",
        },
    ),
    Question("How much variation is there, and how much of it matters?", ("variation",), {}),
    Question("What varies without meaning anything, and can be taken out beforehand?", ("spurious_variation",), {}),
    Question(
        "How much smaller could the examples be made without losing what matters?",
        ("downsampling",),
        {
            "image": "How much smaller could the pictures be made without losing what matters?",
            "table": "How many of the columns and rows are needed?",
            "text": "How much shorter could the texts be made without losing what matters?",
            "series": "How much coarser could the series be made without losing what matters?",
        },
    ),
    Question("How many of the labels are wrong?", ("label_noise",), {}),
)
UNANSWERED: tuple[Status, ...] = ("skipped", "crashed")
WEIGHT: dict[Status, int] = {"failed": 0, "warned": 1, "noted": 2, "crashed": 3}  # a crash is no fault of the data


def answers_of(findings: tuple[Finding, ...], modality: str) -> tuple[Answer, ...]:
    """The questions that these findings answer, in the recipe's order; one without a finding is left out.

    Args:
        findings: Of the stage.
        modality: Chooses the words of the questions.
    """
    by_step = {finding.step: finding for finding in findings}
    answers = []
    for question in QUESTIONS:
        asked = [by_step[name] for name in question.steps if name in by_step]
        answered = [finding for finding in asked if finding.status not in UNANSWERED]
        if answered:
            sentence = " ".join(finding.headline for finding in answered)
        elif asked:
            sentence = f"Not answered here. {asked[0].headline}"
        else:
            continue
        steps = tuple(finding.step for finding in answered or asked[:1])
        answers.append(Answer(question=question.of.get(modality, question.words), sentence=sentence, steps=steps))
    return tuple(answers)


def to_do_of(findings: tuple[Finding, ...]) -> tuple[ToDo, ...]:
    """What the findings ask for: closed gates first, then failures, warnings, advice, and checks that broke."""
    asking = [f for f in findings if f.status in ("failed", "warned", "crashed") or (f.status == "noted" and f.advice)]
    asking.sort(key=lambda finding: (not finding.stops or finding.status == "crashed", WEIGHT[finding.status]))
    return tuple(
        ToDo(
            sentence=finding.advice or finding.headline,
            why=finding.headline if finding.advice else "",
            step=finding.step,
            status=finding.status,
        )
        for finding in asking
    )
