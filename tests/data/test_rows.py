import subprocess
import sys

import numpy as np
import pandas as pd

from wizard.data.rows import TableExamples

MAKE = """
import numpy as np, pandas as pd
from wizard.data.rows import TableExamples
print(TableExamples(pd.DataFrame({"a": [1.0, np.nan, 1.0], "b": ["x", "", "x"]})).hashes())
"""


def test_equal_rows_have_equal_hashes_in_every_process():
    hashes = TableExamples(pd.DataFrame({"a": [1.0, np.nan, 1.0], "b": ["x", "", "x"]})).hashes()
    assert hashes[0] == hashes[2] != hashes[1]
    other = subprocess.run([sys.executable, "-c", MAKE], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == str(hashes)


def test_an_example_is_a_row_and_take_keeps_order():
    rows = TableExamples(pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]}))
    assert rows[1] == {"a": 2.0, "b": "y"}
    assert rows.take(np.array([1, 0]))[0] == rows[1]
    assert rows.take(np.array([1])).hashes()[0] == rows.hashes()[1]
