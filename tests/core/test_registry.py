import pytest

from tests.small import fresh
from wizard.core.errors import OptionError
from wizard.core.registry import load, names

FAMILIES = "wizard.models.families"


def test_a_file_in_the_folder_is_a_plug_in_of_its_name():
    assert {"linear", "mlp", "resnet"} <= set(names(FAMILIES))
    assert load(FAMILIES, "mlp").FAMILY.name == "mlp"


def test_an_unknown_name_lists_the_known_ones_and_suggests_the_nearest():
    with pytest.raises(OptionError, match=r"no 'resnt' among the families: .*mlp.*Did you mean 'resnet'\?"):
        load(FAMILIES, "resnt")


def test_names_are_found_without_importing_any():
    code = f"import sys, wizard.core.registry as r; r.names({FAMILIES!r}); print({FAMILIES!r} in sys.modules)"
    assert fresh(code) == "False"
