"""Raw texts with labels become a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from wizard.data.dataset import Dataset, LeftOut, TableColumn
from wizard.data.joined import joined_facts, joined_labels, usable
from wizard.data.labels import read_labels
from wizard.data.request import Request
from wizard.data.roles import check_names, read_roles
from wizard.data.texts import TextExamples, clean_text

if TYPE_CHECKING:
    import pandas as pd

EMPTY = "is empty"


@dataclass(frozen=True)
class RawTexts:
    """Texts and labels as they lie there.

    Attributes:
        texts: n cells: str, bytes, or None and NaN where there is no text.
        labels: (n,) raw labels, or (n, m) where each text has several.
        where: (n,) where each text stands, in words.
        source: Path or kind of object, in words.
        name: Short name.
        columns: Of a table, those that the texts were made of.
        facts: (n, …) further columns about each text (group, time …); None where there are none.
        bad: {position: why the text cannot be used}.
        left_out: Texts that were set aside already.
        notes: What was done to find them.
        is_text: Whether the labels come from a text file.
        takes_names: Whether labels are names (of folders) and stay text even where they look like numbers.
        decimal_comma: Whether the file may write 1,5 for one and a half.
    """

    texts: Sequence[Any]
    labels: pd.Series | pd.DataFrame
    where: np.ndarray
    source: str
    name: str
    columns: tuple[str, ...] = ()
    facts: pd.DataFrame | None = None
    bad: dict[int, str] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    is_text: bool = False
    takes_names: bool = False
    decimal_comma: bool = False


def dataset_of(parts: Sequence[RawTexts | None], request: Request, target: str) -> Dataset:
    """Cleans every text, takes out what cannot be used, and says all of it.

    Args:
        parts: The main set, then the user's own validation and test sets or None.
        request: Roles.
        target: Name of the labels.
    """
    sets = [one for one in parts if one is not None]
    main = sets[0]
    facts = joined_facts(sets)
    check_names(request, list(facts.columns))
    where = np.concatenate([one.where for one in sets])
    part = np.concatenate([np.full(len(one.where), i, dtype=np.int8) for i, one in enumerate(parts) if one is not None])
    labels = read_labels(target, joined_labels(sets), main.is_text, main.decimal_comma)
    texts = [clean_text(text) for one in sets for text in one.texts]
    bad = [one.bad.get(i, "") for one in sets for i in range(len(one.where))]

    why = [bad[i] or (EMPTY if not texts[i] else str(labels.missing[i])) for i in range(len(where))]
    kept, left_out = usable(parts, part, where, why, labels.values, target, "texts")
    return Dataset(
        name=request.name or main.name,
        modality="text",
        examples=TextExamples(texts[i] for i in kept),
        labels=labels.values[kept],
        target=target,
        where=where[kept],
        part=part[kept],
        outputs=labels.outputs,
        columns=tuple(TableColumn(name, "text") for name in main.columns),
        left_out=left_out,
        notes=tuple(dict.fromkeys([n for one in sets for n in one.notes] + [labels.note] * bool(labels.note))),
        source=main.source,
        **read_roles(request, facts, kept, where),
    )
