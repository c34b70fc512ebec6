"""The starter notebook: a valid file whose code cells run one after the other in a fresh process."""

import json

import pytest

from tests.small import ROOT, fresh, some_rows

NOTEBOOK = ROOT / "templates" / "starter" / "recipe.ipynb"
LEFT_OUT = ["%pip install --quiet recipe-wizard"]  # lines for a notebook's shell
STAGES = ["explore", "baseline", "overfit", "regularize", "tune", "ensemble"]


@pytest.fixture(scope="module")
def book():
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))


def lines_of(cell) -> list[str]:
    return "".join(cell["source"]).splitlines()


def test_it_is_a_notebook_of_format_4_that_holds_no_results(book):
    assert (book["nbformat"], book["nbformat_minor"] >= 5) == (4, True)
    assert set(book) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    ids = [cell["id"] for cell in book["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in book["cells"]:
        is_code = cell["cell_type"] == "code"
        more = {"execution_count", "outputs"} if is_code else set()
        assert set(cell) == {"cell_type", "id", "metadata", "source"} | more
        assert isinstance(cell["source"], list)
        if is_code:
            assert (cell["execution_count"], cell["outputs"]) == (None, [])


def test_one_call_a_cell_and_words_before_each(book):
    kinds = [cell["cell_type"] for cell in book["cells"]]
    calls = [lines_of(cell) for cell in book["cells"] if cell["cell_type"] == "code"]
    assert [f"wizard.{stage}()" for stage in STAGES] == [c[0] for c in calls if c[0].removesuffix("()")[7:] in STAGES]
    assert all(len(c) == 1 for c in calls if c[0].startswith("wizard."))
    assert kinds.count("markdown") >= kinds.count("code")
    words = " ".join("".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "markdown")
    assert words.count("Look at") >= len(STAGES)
    assert words.count("gate closes") >= 3


RUN = """
import json, os, sys
os.chdir(sys.argv[2])
left_out, known = [], {}
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] != "code":
        continue
    lines = "".join(cell["source"]).splitlines()
    left_out += [line for line in lines if line[:1] in ("!", "%")]
    code = "\\n".join(line for line in lines if line[:1] not in ("!", "%"))
    code = code.replace('TARGET = "target"', 'TARGET = "bought"').replace('budget="standard"', 'budget="quick"')
    exec(compile(code, "cell", "exec"), known)
print(json.dumps(left_out))
print(json.dumps(list(known["wizard"].results)))
"""


@pytest.mark.slow
def test_its_cells_run_in_a_fresh_process(tmp_path):
    some_rows(100).rename(columns={"a b/c.d é": "income"}).to_csv(tmp_path / "data.csv", index=False)
    *_, left_out, stages = fresh(RUN, NOTEBOOK, tmp_path).splitlines()
    assert json.loads(left_out) == LEFT_OUT
    assert json.loads(stages) == STAGES
    assert (tmp_path / "model.keras").is_file()
    assert (tmp_path / "journey.html").is_file()
