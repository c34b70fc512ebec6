"""What the features of a Hugging Face data set say, and its cells as they say it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.core.errors import NotAvailableError, shortened

if TYPE_CHECKING:
    import pandas as pd

MEDIA = ("Audio", "Video", "Pdf", "Nifti", "Mesh")  # features that need decoders of their own


def image_columns(features: Any) -> list[str]:
    """Returns the columns that hold a picture each."""
    return [name for name, feature in features.items() if type(feature).__name__ == "Image"]


def is_of_classes(feature: Any) -> bool:
    """Whether a feature names classes."""
    return type(feature).__name__ == "ClassLabel"


def check_features(raw: Any, columns: list[str], ignored: set[str]) -> None:
    """Refuses sound, film and the like, and pictures inside lists, unless they are ignored."""
    bad = [n for n, f in raw.features.items() if n in columns and n not in ignored and _is_media(f)]
    if bad:
        raise NotAvailableError(
            "Columns must hold numbers, words, dates, classes or one picture each. Received: "
            f"{shortened(f'{name!r} of {type(raw.features[name]).__name__}' for name in bad)}. "
            f"Leave them out: data.remove_columns({bad!r})."
        )


def flat_features(raw: Any) -> dict[str, Any]:
    """Returns the features of all columns that a table can hold; those inside an object are named with a dot."""
    return dict(_readable(raw).features)


def _readable(raw: Any) -> Any:
    names = [n for n, f in raw.features.items() if type(f).__name__ != "Image" and not _is_media(f)]
    return raw.with_format("arrow").select_columns(names).flatten()


def cells_of(raw: Any) -> pd.DataFrame:
    """Returns the columns of a data set, pictures left aside, as a table.

    Objects in a cell become columns of their own. A class is its name; -1 and null mean that there is none.
    """
    import pandas as pd

    kept = _readable(raw)
    table = kept[:]
    columns = {}
    for name, feature in kept.features.items():
        column = table.column(name)
        if is_of_classes(feature):
            columns[name] = pd.Series([_named(code, feature) for code in column.to_pylist()], dtype=object)
            columns[name] = columns[name].astype("category")
        elif type(feature).__name__ == "Value":
            columns[name] = column.to_pandas()
        else:
            columns[name] = pd.Series([_named(cell, feature) for cell in column.to_pylist()], dtype=object)
    return pd.DataFrame(columns, index=range(len(raw)))


def encoded_pictures(raw: Any, name: str) -> list[Any]:
    """Returns pictures as their files' bytes, or as paths where the files lie apart; b"" where there is none."""
    cells = raw.with_format("arrow").select_columns([name])[:].column(name).to_pylist()
    return [_encoded(cell or {}) for cell in cells]


def _encoded(cell: dict[str, Any]) -> bytes | Path:
    if cell.get("bytes") is not None:
        return bytes(cell["bytes"])
    return Path(cell["path"]) if cell.get("path") else b""


def _named(cell: Any, feature: Any) -> Any:
    """Replaces codes of classes by names, in lists too."""
    if isinstance(cell, list) and hasattr(feature, "feature"):
        return [_named(one, feature.feature) for one in cell]
    if not is_of_classes(feature):
        return cell
    return feature.names[cell] if cell is not None and 0 <= cell < len(feature.names) else None


def _is_media(feature: Any) -> bool:
    inner = getattr(feature, "feature", None)
    return type(feature).__name__ in MEDIA or (
        inner is not None and (type(inner).__name__ == "Image" or _is_media(inner))
    )
