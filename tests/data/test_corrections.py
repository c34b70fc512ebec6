import numpy as np
import pandas as pd
import pytest

from tests.small import dataset_of, some_amounts
from tests.stages.walk import digits, tumours
from wizard.core.errors import DataError, OptionError
from wizard.data.corrections import with_task


def corrected(raw, rows, target=None):
    dataset, _ = with_task(dataset_of(raw, target), None, pd.DataFrame(rows))
    return dataset


def test_labels_are_put_right_and_counted():
    frame = tumours(60)
    before = dataset_of(frame, "diagnosis")
    other = "benign" if before.labels[3] == "malignant" else "malignant"
    after = corrected(frame, {"where": before.where[[3, 5]], "label": [other, ""]}, "diagnosis")
    assert after.labels[3] == other
    assert (np.delete(after.labels, 3) == np.delete(before.labels, 3)).all()
    assert after.fingerprint != before.fingerprint
    assert "1 of 1 listed rows got another label" in after.notes[-1]


def test_rows_marked_drop_are_left_out_and_listed():
    x, y = digits(50)
    after = corrected((x, y), {"row": [7], "label": ["drop"]})
    assert len(after) == 49
    assert after.left_out[-1].why == "left out by a correction"


def test_numbers_are_put_right():
    after = corrected(some_amounts(30), {"row": [2], "label": [1234.5]}, "price")
    assert after.labels[2] == 1234.5


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"row": [99], "label": ["benign"]}, "from 0 to 59"),
        ({"row": [1], "label": ["benin"]}, "Did you mean 'benign'?"),
        ({"row": [1, 1], "label": ["benign", "malignant"]}, "must agree"),
        ({"where": ["nowhere"], "label": ["benign"]}, "must name a row"),
    ],
)
def test_what_cannot_be_is_refused(rows, words):
    with pytest.raises(DataError, match=r".*") as caught:
        corrected(tumours(60), rows, "diagnosis")
    assert words in str(caught.value)


def test_unreadable_numbers_are_refused():
    with pytest.raises(DataError, match="must be a number"):
        corrected(some_amounts(30), {"row": [2], "label": ["cheap"]}, "price")


def test_what_is_no_table_is_refused(tmp_path):
    dataset = dataset_of(tumours(60), "diagnosis")
    with pytest.raises(OptionError, match="which is no file"):
        with_task(dataset, None, tmp_path / "absent.csv")
    with pytest.raises(OptionError, match="a column `label`"):
        with_task(dataset, None, pd.DataFrame({"row": [1]}))
