import ast
import shutil

import numpy as np
import pytest

from tests.small import ROOT, fresh
from wizard.core.config import TrainingConfig
from wizard.core.keys import OPEN_FOLDERS, _imports, content_key, versions

OTHER = {
    "family": "resnet", "hp": {"width": 8}, "inputs": {"height": 4}, "augment": 0.5, "dropout": 0.5,
    "weight_decay": 0.5, "label_smoothing": 0.5, "learning_rate": 0.5, "schedule": "cosine", "batch": 7, "epochs": 3,
    "look_every": 2,
    "patience": 2, "class_weights": True, "head_bias": False, "control": "zeros", "stop_after": 1, "fit_to": 0.1,
    "average": 0.5, "teacher": ((TrainingConfig(family="mlp"), 1.0),), "soft": 0.5,
    "n_rows": 5, "fold": 0, "refit": True, "seed": 1, "fade": True, "beta_2": 0.95, "clip": 1.0, "creative": 0.5,
    "mixup": 0.2, "cutmix": 0.2, "after": TrainingConfig(family="linear"), "synthetic": "k",
}  # fmt: skip


def test_equal_values_have_equal_keys_whatever_the_order_of_their_names():
    one = TrainingConfig(family="mlp", hp={"width": 8, "depth": 1})
    two = TrainingConfig(family="mlp", hp={"depth": 1, "width": 8})
    assert content_key(one, "x", None) == content_key(two, "x", None)
    assert content_key(np.array([1, 2])) == content_key([1, 2])


def test_this_key_is_the_same_on_every_machine():
    assert content_key("a", 1, None) == fresh('from wizard.core.keys import *; print(content_key("a", 1, None))')
    assert content_key("a", 1, None) == "0ae764bffd3a17b6454c"  # printf '["a",1,null]' | sha256sum


@pytest.mark.parametrize("field", list(TrainingConfig.model_fields))
def test_every_field_of_a_configuration_changes_its_key(field):
    plain = TrainingConfig(family="mlp")
    assert content_key(plain.but(**{field: OTHER[field]})) != content_key(plain)


def test_parts_do_not_run_together():
    assert content_key("ab", "c") != content_key("a", "bc")
    assert content_key(["a"], []) != content_key([], ["a"])


def test_what_has_no_content_is_refused():
    with pytest.raises(TypeError, match="object has no place in a content key"):
        content_key(object())


def test_a_missing_distribution_is_absent():
    assert versions("numpy", "no-such-distribution") == {"numpy": np.__version__, "no-such-distribution": "absent"}


def test_imports_are_found_as_python_s_parser_finds_them():
    for path in (ROOT / "wizard").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        parsed = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                parsed |= {alias.name for alias in node.names if alias.name.startswith("wizard")}
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wizard"):
                parsed |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Constant) and node.value in OPEN_FOLDERS:
                parsed.add(node.value)
        found = set(_imports(module))
        assert parsed <= found, module
        assert module == "wizard" or found == parsed, f"{module}: only the package's docstring shows an import"


@pytest.mark.slow
@pytest.mark.parametrize(
    "file", ["training/fit.py", "core/seeds.py", "models/families/mlp.py", "data/modalities/table.py", "data/layers.py"]
)
def test_the_key_of_a_training_run_changes_with_any_file_that_it_runs_through(file, tmp_path):
    shutil.copytree(ROOT / "wizard", tmp_path / "wizard", ignore=shutil.ignore_patterns("__pycache__"))
    code = "from wizard.training.trainer import CODE; from wizard.core.keys import source_key; print(source_key(*CODE))"
    before = fresh(code, cwd=tmp_path)
    (tmp_path / "wizard/report/words.py").write_text("# not on the way\n")
    assert fresh(code, cwd=tmp_path) == before
    with (tmp_path / "wizard" / file).open("a") as source:
        source.write("\nEDITED = True\n")
    assert fresh(code, cwd=tmp_path) != before
