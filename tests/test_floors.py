"""Imports point down only, and nothing heavy is imported before it is needed."""

import ast
from functools import cache

import pytest

from tests.small import ROOT, fresh

FLOORS = ("core", "data", "models", "training", "stages")
TOP = {"handed", "joining", "journey", "own_pipeline", "pages", "sharing", "wizard", "cli", "__init__"}
MAY_IMPORT = {floor: set(FLOORS[: number + 1]) for number, floor in enumerate(FLOORS)} | {
    "report": {"core", "report"},
    "export": {"core", "data", "models", "training", "export"},
}
HANDS_OVER = "wizard.stages.ensemble.hand_over"  # the one step that writes what is exported
BACKEND = "wizard.core.backend"  # imports the engine inside a function that it calls at once
ENGINE = {"tensorflow", "keras", "keras_tuner"}


@cache
def modules() -> dict[str, ast.Module]:
    found = {}
    for path in sorted((ROOT / "wizard").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def floor_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] not in TOP else "top"


def imported(nodes) -> set[str]:
    """Names that import statements among the nodes bring in; a name of ours as deep as there is a module."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            deeper = {f"{node.module}.{alias.name}" for alias in node.names} & modules().keys()
            found |= deeper or {node.module}
    return found


def at_module_level(tree: ast.AST) -> list[ast.stmt]:
    """Statements that run when the module is imported, those under TYPE_CHECKING not among them."""
    found = []
    for node in ast.iter_child_nodes(tree):
        is_typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or is_typing:
            continue
        found += [node, *at_module_level(node)]
    return found


def names_engine(nodes) -> bool:
    return bool({name.split(".")[0] for name in imported(nodes)} & ENGINE)


LAYERS = {
    f"wizard.{name}"
    for name in (
        "data.even_layers",
        "data.layers",
        "data.series_layers",
        "models.layers",
        "models.losses",
        "models.series_layers",
        "models.rocket_layers",
        "models.table_layers",
        "models.optimizer",
        "models.text_layers",
        "models.pretrained_layers",
        "export.layers",
        "export.own_layers",
    )
}


def is_step(module: str) -> bool:
    """Steps are imported when their stage runs."""
    return module.startswith("wizard.stages.") and module.count(".") == 3


def is_experiment(module: str) -> bool:
    """What the steps of the baseline share."""
    return module.startswith("wizard.stages.experiments.")


@pytest.mark.parametrize("module", [name for name in modules() if floor_of(name) != "top"])
def test_a_module_imports_only_from_its_own_floor_and_those_below(module):
    ours = {name for name in imported(ast.walk(modules()[module])) if name.startswith("wizard.")}
    floor = floor_of(module)
    allowed = MAY_IMPORT[floor] | ({"export"} if module == HANDS_OVER else set())
    above = {name for name in ours if floor_of(name) not in allowed}
    assert not above, f"{module} ({floor}) imports {sorted(above)}"


def test_every_folder_of_the_package_has_a_floor():
    folders = {path.parent.name for path in (ROOT / "wizard").glob("*/__init__.py")}
    assert folders == set(MAY_IMPORT)


def test_only_the_backend_and_layers_import_the_engine_by_name():
    importers = {name for name, tree in modules().items() if names_engine(at_module_level(tree))}
    assert names_engine(ast.walk(modules()[BACKEND]))
    assert importers == LAYERS


def test_only_modules_that_train_reach_the_engine_when_they_are_imported():
    reach = {name: imported(at_module_level(tree)) for name, tree in modules().items() if not is_step(name)}
    heavy = {BACKEND} | {name for name, tree in modules().items() if names_engine(at_module_level(tree))}
    while grown := {name for name, names in reach.items() if names & heavy} - heavy:
        heavy |= grown
    trains = {
        f"wizard.training.{name}"
        for name in ("averaging", "compiled", "fit", "mixing", "own_build", "own_model", "own_network", "own_tensors",
                     "randomness", "redraw", "replicas", "resident", "steps", "teaching", "trunk")
    }  # fmt: skip
    trains.add("wizard.models.creative")  # what mixing does to a batch
    judges = {  # of models that others made: imported by steps of the baseline, or by `wizard check`
        f"wizard.training.{name}"
        for name in ("heads", "pipeline", "capture", "catch", "examples", "batch_loop", "script")
    } | {"wizard.own_pipeline"}
    assert heavy - {name for name in heavy if is_experiment(name)} == trains | judges | {BACKEND} | LAYERS


@pytest.mark.parametrize("statement", ["import wizard", "from wizard import Wizard", "import wizard.cli"])
def test_importing_the_package_loads_nothing_heavy(statement):
    loaded = fresh(f"{statement}\nimport sys\nprint(*sorted(m for m in sys.modules if '.' not in m))").split()
    assert not {"tensorflow", "keras", "pandas", "sklearn", "matplotlib", "keras_tuner"} & set(loaded)
