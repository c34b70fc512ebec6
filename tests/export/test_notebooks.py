"""A script becomes a notebook of the same code."""

import ast
import json

from wizard.export.notebook import notebook_of

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


def _code(cells):
    return ["".join(cell["source"]) + "\n" for cell in cells if cell["cell_type"] == "code"]


def test_a_script_becomes_a_cell_a_section():
    cells = checked(notebook_of(SCRIPT))
    assert ["".join(cell["source"]) for cell in cells] == [
        "What it does.\n\nAnd how.", "import math", "## One", "x = 1", "## Two", "y = math.sqrt(x)",
    ]  # fmt: skip
    code = "\n".join(_code(cells))
    assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(SCRIPT.split('"""')[2]))
