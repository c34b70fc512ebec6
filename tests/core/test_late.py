import sys
import uuid

import pytest

from tests.small import fresh
from wizard.core.late import when_imported

REGISTERED = "import keras; print(keras.saving.get_registered_object('wizard>QuantileNormal') is not None)"


@pytest.fixture
def module(tmp_path, monkeypatch):
    name = f"module_{uuid.uuid4().hex}"
    (tmp_path / f"{name}.py").write_text("VALUE = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield name
    sys.modules.pop(name, None)


def test_a_call_waits_for_the_import_and_comes_once(module):
    seen = []
    when_imported(module, lambda: seen.append(sys.modules[module].VALUE))
    assert seen == []
    __import__(module)
    __import__(module)
    assert seen == [1]


def test_a_call_comes_at_once_where_the_module_is_there(module):
    __import__(module)
    seen = []
    when_imported(module, lambda: seen.append(True))
    assert seen == [True]


def test_other_imports_and_missing_modules_are_left_alone(module):
    when_imported(module, lambda: pytest.fail("not imported"))
    finders = len(sys.meta_path)
    import colorsys  # noqa: F401

    with pytest.raises(ModuleNotFoundError):
        __import__(f"{module}_not_there")
    assert len(sys.meta_path) == finders
    sys.meta_path.pop(0)


@pytest.mark.slow
@pytest.mark.parametrize("first", ["import wizard", "import keras"])
def test_keras_knows_our_layers_whichever_is_imported_first(first):
    assert fresh(f"{first}\nimport keras, wizard\n{REGISTERED}") == "True"
