"""Labels that explore doubts, handed back as corrections: the loop that a person goes through."""

import numpy as np
import pandas as pd
import pytest

from tests.stages.walk import digits
from wizard import Wizard


@pytest.mark.long
def test_labels_that_were_put_right_are_not_doubted_again(tmp_path):
    x, y = digits(1000)
    random = np.random.default_rng(0)
    is_wrong = random.random(len(y)) < 0.08
    given = np.where(is_wrong, (y + random.integers(1, 10, len(y))) % 10, y)
    first = Wizard((x, given), out=tmp_path, name="first").explore()
    doubted = first.label_suspects
    file = tmp_path / "first" / "1-explore" / "label_suspects.csv"
    assert len(pd.read_csv(file)) == len(doubted)

    found = doubted[doubted["is_flagged"]]
    assert is_wrong[found["row"]].mean() > 0.8
    table = pd.read_csv(file, dtype=str, keep_default_na=False)  # a person looks, and writes what is right
    table["label"] = [str(y[int(row)]) if flag == "True" else "" for row, flag in
                      zip(table["row"], table["is_flagged"], strict=True)]  # fmt: skip
    table.to_csv(tmp_path / "corrected.csv", index=False)

    second = Wizard((x, given), out=tmp_path, name="second", corrections=tmp_path / "corrected.csv").explore()
    rates = [wizard.results["explore"].finding("label_noise").measured for wizard in (first, second)]
    assert rates[1] < 0.4 * rates[0]
    again = set(second.label_suspects.query("is_flagged")["row"])
    assert not again & set(found["row"][is_wrong[found["row"]]])
