"""The quiz as one page that works from a file: questions without their labels, and a script that saves the answers."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import numpy as np

from wizard.core.blocks import Item
from wizard.core.registry import load
from wizard.core.shipped import shipped
from wizard.stages.context import Context
from wizard.stages.quiz import Quiz
from wizard.stages.words import amount

LOOKS = "wizard.stages.looks"  # a file a modality
FOLDER = "quiz"


def quiz_page(context: Context, quiz: Quiz) -> bytes:
    """Fills the page's template; where a row came from is left out, as its path may name its class."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    folder = shipped("templates") / FOLDER
    script = (folder / "quiz.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    content = json.dumps(_content(context, quiz)).replace("<", "\\u003c")  # no text of the data closes the element
    template = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    ).get_template("quiz.html")
    page = template.render(
        policy="default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        title=context.dataset.name,
        style=Markup((folder / "quiz.css").read_text(encoding="utf-8")),
        content=Markup(content),
        script=Markup(script),
    )
    return page.encode("utf-8", "replace")


def _content(context: Context, quiz: Quiz) -> dict[str, Any]:
    """What the script reads: the kind of answer, what can be answered, and the questions."""
    task = context.task
    kind = "class" if task.is_exclusive else "labels" if task.is_multilabel else "numbers"
    return {
        "quiz": quiz.key,
        "kind": kind,
        "target": task.target,
        "outputs": list(task.outputs),
        "hints": [] if task.is_classification else _ranges(context),
        "questions": _questions(context, quiz.rows),
    }


def _questions(context: Context, rows: np.ndarray) -> list[dict[str, Any]]:
    examples = context.dataset.examples
    if isinstance(examples[int(rows[0])], str):  # in full, and measuring many texts for a card takes seconds
        return [{"row": int(row), "text": examples[int(row)]} for row in rows]
    card = load(LOOKS, context.dataset.modality).cards(context)
    return [{"row": int(row), **_shown(context, card(int(row)))} for row in rows]


def _ranges(context: Context) -> list[str]:
    """What a person must know to name an amount: where the training rows lie, target by target."""
    y = context.y(context.train_rows).reshape(len(context.train_rows), -1)
    quarters = np.quantile(y, [0, 0.25, 0.75, 1], axis=0).T
    return [
        f"{amount(low)} to {amount(high)} in the training rows, half of them {amount(lower)} to {amount(upper)}"
        for low, lower, upper, high in quarters
    ]


def _shown(context: Context, item: Item) -> dict[str, Any]:
    """An example as its card shows it, its label, place and measures left out."""
    if item.asset:
        data = base64.b64encode(context.assets[item.asset]).decode()
        return {"picture": f"data:image/png;base64,{data}"}
    if item.cells:
        place = {column.name: number for number, column in enumerate(context.dataset.columns)}
        cells = sorted(item.cells, key=lambda cell: place.get(cell[0], len(place)))
        return {"cells": [[name, value, is_unusual] for name, value, is_unusual in cells]}
    return {"curves": [curve.model_dump(mode="json") for curve in item.curves]}
