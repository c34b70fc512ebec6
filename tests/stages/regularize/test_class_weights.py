import numpy as np
import pandas as pd

from tests.stages.regularize.started import MLP, tried
from tests.stages.walk import journey_on


def rare(n=1500):
    """One row in twelve is of the other class, and overlaps with it."""
    random = np.random.default_rng(0)
    is_rare = np.arange(n) % 12 == 0
    frame = pd.DataFrame(random.normal(size=(n, 3)) + 1.5 * is_rare[:, None], columns=list("abc"))
    return frame.assign(label=np.where(is_rare, "rare", "common"))


def test_weights_help_where_rare_rows_are_to_be_found(tmp_path):
    finding, decided = tried(journey_on(rare(), tmp_path, "label"), "class_weights", metric="balanced_accuracy")
    assert finding.status == "passed"
    assert decided["incumbent"].class_weights
    found = {row[0]: row[2:] for row in finding.blocks[-1].rows}
    assert found["rare"][1] > found["rare"][0]


def test_skipped_where_classes_are_even_or_none(journeys):
    assert tried(journeys["classes"], "class_weights")[0].headline.startswith("The classes are even enough")
    for kind, metric in (("amounts", "rmse"), ("labels", "label_f1")):
        assert tried(journeys[kind], "class_weights", MLP, metric)[0].status == "skipped"
