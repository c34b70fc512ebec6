"""A guided walk of a data set through Karpathy's recipe for training neural networks.

```python
from wizard import Wizard

wizard = Wizard("sample_data/digits")
wizard.explore().baseline().overfit().regularize().tune().ensemble()
```
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from wizard.core.late import when_imported

if TYPE_CHECKING:
    from wizard.core.errors import GateFailed, StageOrderError, WizardError
    from wizard.core.result import StageResult
    from wizard.wizard import Wizard

__version__ = "0.1.0"
__all__ = ["GateFailed", "StageOrderError", "StageResult", "Wizard", "WizardError", "__version__"]

_HOMES = {
    "Wizard": "wizard.wizard",
    "StageResult": "wizard.core.result",
    "GateFailed": "wizard.core.errors",
    "StageOrderError": "wizard.core.errors",
    "WizardError": "wizard.core.errors",
}


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first used, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def register_layers() -> None:
    """Tells Keras our layers, so that it can load predictors; happens by itself once Keras is imported."""
    for module in (
        "wizard.data.even_layers",
        "wizard.data.layers",
        "wizard.data.series_layers",
        "wizard.models.layers",
        "wizard.models.losses",
        "wizard.models.series_layers",
        "wizard.models.table_layers",
        "wizard.models.rocket_layers",
        "wizard.models.text_layers",
        "wizard.models.pretrained_layers",
        "wizard.export.layers",
        "wizard.export.own_layers",
    ):
        import_module(module)


when_imported("keras", register_layers)
