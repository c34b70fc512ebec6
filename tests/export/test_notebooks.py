"""The starter notebook runs from top to bottom; a script becomes a notebook of the same code."""

import ast
import itertools
import json
import re

import numpy as np
import pytest

from tests.small import ROOT, short_recipe, some_rows
from wizard.core.config import TrainingConfig
from wizard.export.notebook import notebook_of

STARTER = ROOT / "templates" / "starter" / "recipe.ipynb"
SCRIPT = '"""What it does.\n\nAnd how.\n"""\n\nimport math\n\n\n# ── One ─────\nx = 1\n\n# ── Two\ny = math.sqrt(x)\n'


def checked(text):
    """A notebook's cells, held to what nbformat 4 asks for."""
    notebook = json.loads(text)
    assert (notebook["nbformat"], isinstance(notebook["nbformat_minor"], int)) == (4, True)
    assert isinstance(notebook["metadata"], dict)
    for cell in notebook["cells"]:
        own = {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        assert set(cell) == {"cell_type", "metadata", "source"} | own
        assert cell["cell_type"] in ("code", "markdown")
        assert all(isinstance(line, str) for line in cell["source"])
    return notebook["cells"]


def test_every_stage_has_a_cell_of_its_own_and_words_before_it():
    cells = checked(STARTER.read_text())
    called = []
    for before, cell in itertools.pairwise(cells):
        if cell["cell_type"] == "code":
            assert before["cell_type"] == "markdown"
            called += re.findall(r"^wizard\.(\w+)\(", "".join(cell["source"]), re.M)
    assert called == ["explore", "baseline", "overfit", "regularize", "tune", "ensemble", "evaluate", "export",
                      "eject", "share"]  # fmt: skip
    assert not any("outputs" in cell and cell["outputs"] for cell in cells)


@pytest.fixture
def sample(tmp_path):
    some_rows(120).to_csv(tmp_path / "customers.csv", index=False)
    return {"DATA": tmp_path / "customers.csv", "TARGET": "bought", "BUDGET": "quick"}


def test_its_cells_run_from_top_to_bottom(sample, tmp_path, monkeypatch):
    config = TrainingConfig(family="mlp", hp={"width": 16, "depth": 1}, epochs=3, learning_rate=1e-2)
    monkeypatch.setattr("wizard.stages.stage.steps_of", short_recipe(config))
    monkeypatch.chdir(tmp_path)
    names = {}
    for cell in checked(STARTER.read_text()):
        if cell["cell_type"] == "code":
            text = "".join(cell["source"])
            exec(compile(text, STARTER.name, "exec"), names)
            names |= {name: value for name, value in sample.items() if name in names}
    assert len(names["wizard"].results) == 6
    assert all((tmp_path / name).is_file() for name in ("predictor.keras", "train.py", "journey.html"))
    predictor = tmp_path / "runs" / "customers" / "predictor"
    made = {path.name for path in predictor.iterdir()}
    assert made == {
        "model.keras", "saved_model", "model_card.md", "input.json", "train.py", "train.ipynb", "train_data.npz",
    }  # fmt: skip
    compile("".join(_code(checked((predictor / "train.ipynb").read_text()))), "train", "exec")
    with np.load(predictor / "train_data.npz") as stored:
        assert set(stored.files) == {"train", "validation", "test"}  # the CSV holds the rest


def _code(cells):
    return ["".join(cell["source"]) + "\n" for cell in cells if cell["cell_type"] == "code"]


def test_a_script_becomes_a_cell_a_section():
    cells = checked(notebook_of(SCRIPT))
    assert ["".join(cell["source"]) for cell in cells] == [
        "What it does.\n\nAnd how.", "import math", "## One", "x = 1", "## Two", "y = math.sqrt(x)",
    ]  # fmt: skip
    code = "\n".join(_code(cells))
    assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(SCRIPT.split('"""')[2]))
