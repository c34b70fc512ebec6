"""All six stages where an example has several labels or several targets."""

import numpy as np
import pytest

from tests.stages.walk import walk


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["labels", pytest.param("targets", marks=pytest.mark.long)])
def test_the_later_stages_run_to_the_end(kind, journeys, based, tmp_path):
    journey = journeys[kind]
    decided = based[kind].decided
    statuses = {}
    stages = ("overfit", "regularize", "tune", "ensemble") if kind == "labels" else ("overfit", "ensemble")
    for stage in stages:
        options = {"skip": ["dropout", "weight_decay"]} if stage == "regularize" else {}
        options |= {"trials": 1} if stage == "tune" else {}
        walked = walk(journey, stage, given=decided, **options)
        decided = walked.decided
        statuses |= {name: finding.status for name, finding in walked.items()}
    assert "failed" not in statuses.values()
    assert statuses["hand_over"] == "passed"
    assert np.isfinite(walked["test_once"].measured)
