"""The rows of a table as examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from wizard.data.dataset import Examples


class TableExamples:
    """Rows of a typed table; an example is a {column: value}.

    Attributes:
        frame: (n, d) typed columns: float64, str ("" where missing) or datetime64[ns].
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame.reset_index(drop=True)

    @staticmethod
    def of(examples: Examples) -> TableExamples:
        """The examples of a data set that is known to hold rows of a table."""
        assert isinstance(examples, TableExamples)
        return examples

    def __len__(self) -> int:
        return len(self.frame)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return {name: self.frame[name].iloc[index] for name in self.frame.columns}

    def take(self, indices: np.ndarray) -> TableExamples:
        """Returns the rows at `indices`, in that order."""
        return TableExamples(self.frame.iloc[np.asarray(indices)])

    def hashes(self) -> tuple[str, ...]:
        """Returns a content hash a row, the same in every process: equal cells, equal hash."""
        import pandas as pd

        values = pd.util.hash_pandas_object(self.frame, index=False, categorize=True)
        return tuple(f"{value:016x}" for value in values.tolist())
