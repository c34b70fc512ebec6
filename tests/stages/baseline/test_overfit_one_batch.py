from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.stages.walk import journey_on, noise, tumours, walk
from wizard.models.families import mlp


def one_batch(frame, folder, target="label"):
    return walk(journey_on(frame, folder, target), "baseline", "overfit_one_batch")["overfit_one_batch"]


def test_silent_on_clean_data(based, kind):
    finding = based[kind]["overfit_one_batch"]
    assert finding.status == "passed"
    assert finding.measured < 0.02
    assert finding.headline.startswith("8 examples can be learnt by heart:")


def test_labels_and_predictions_stand_side_by_side(based):
    table = based["classes"]["overfit_one_batch"].blocks[1]
    assert len(table.rows) == 8
    assert all(row[1] == row[2] for row in table.rows)


def test_noise_can_be_learnt_by_heart_too(tmp_path):
    assert one_batch(noise(), tmp_path).status == "passed"


@pytest.mark.parametrize("rate", [0.0, 1e-9])
def test_a_rate_that_is_too_low_fails(tmp_path, monkeypatch, rate):
    monkeypatch.setattr("wizard.stages.baseline.skeleton.RATE", rate)
    finding = one_batch(tumours(200), tmp_path, "diagnosis")
    assert finding.status == "failed"
    assert finding.stops
    assert [cause.fault for cause in finding.causes][:2] == ["O02", "M15"]


def test_a_rate_that_is_no_number_fails_without_a_crash(tmp_path, monkeypatch):
    monkeypatch.setattr("wizard.stages.baseline.skeleton.RATE", float("nan"))
    finding = one_batch(tumours(200), tmp_path, "diagnosis")
    assert finding.status == "failed"
    assert finding.causes[0].fault == "O01"


def test_a_cut_off_head_fails(tmp_path, monkeypatch):
    build = mlp.FAMILY.build
    cut = replace(mlp.FAMILY, build=lambda hp, inputs, form: build(hp, inputs, form) * 0)
    monkeypatch.setattr(mlp, "FAMILY", cut)
    finding = one_batch(noise(), tmp_path)
    assert finding.status == "failed"
    assert "M10" in [cause.fault for cause in finding.causes]


def test_contradictory_labels_set_what_can_be_reached(tmp_path):
    frame = pd.DataFrame({"x": np.repeat(np.arange(6.0), 2), "label": ["no", "yes"] * 6})
    finding = one_batch(pd.concat([frame] * 10), tmp_path)
    assert finding.status == "passed"
    assert finding.expected > 0
    assert "as low as their contradictory labels allow" in finding.headline


def test_the_batch_has_several_classes_even_where_one_is_rare(tmp_path):
    frame = noise(600)
    frame["label"] = np.where(np.arange(600) % 40 == 0, "rare", "usual")
    finding = one_batch(frame, tmp_path)
    assert {row[1] for row in finding.blocks[1].rows} == {"rare", "usual"}
    assert finding.status == "passed"
