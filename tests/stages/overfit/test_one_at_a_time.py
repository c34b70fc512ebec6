from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.stages.overfit.trained import MADE
from tests.stages.walk import context_of, journey_on, tumours, walk
from wizard.core.decisions import Decisions
from wizard.models.families import mlp
from wizard.stages.overfit.one_at_a_time import FIRST_SECONDS, TIME_SHARE, one_at_a_time


def grown(journey, **options):
    return walk(journey, "overfit", "one_at_a_time", given={"metric": None}, **options)["one_at_a_time"]


def verdicts(finding):
    """{what was added: what it did}, without the start."""
    return {row[0]: row[-1] for row in finding.blocks[0].rows[1:]}


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind", [pytest.param("pictures", marks=pytest.mark.long), "amounts", "labels", "texts", "series"]
)
def test_additions_lower_the_training_loss_of_clean_data(kind, tmp_path):
    finding = grown(MADE[kind](tmp_path))
    assert finding.status in ("passed", "noted")
    found = verdicts(finding)
    assert len(found) >= (2 if kind == "series" else 3)  # more of the inputs, and parts: MiniRocket has one
    assert any(words.startswith("all of it") for words in found)
    assert finding.measured == sum(verdict == "lower" for verdict in found.values()) >= 1
    assert "breaks the training" not in found.values()


def test_a_part_of_the_network_that_does_nothing_is_named(tmp_path, monkeypatch):
    def always_shallow(hp, inputs, form):
        hp.Int("depth", 1, 4, default=2)
        hp.values["depth"] = 1
        return build(hp, inputs, form)

    build = mlp.FAMILY.build
    monkeypatch.setattr(mlp, "FAMILY", replace(mlp.FAMILY, build=always_shallow))
    finding = grown(MADE["classes"](tmp_path))
    assert finding.status == "noted"
    assert verdicts(finding)["depth 2 in place of 1"] == "no difference"
    assert verdicts(finding)["width 128 in place of 32"] == "lower"


@pytest.mark.slow
def test_columns_that_do_not_help_are_named(tmp_path):
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(300, 4)), columns=["tells", "a", "b", "c"])
    frame["label"] = np.where(frame["tells"] > 0, "yes", "no")
    finding = grown(journey_on(frame, tmp_path, "label"))
    assert finding.status == "noted"
    assert "(Wizard(…, ignore=[…])): in so many steps they do not help" in finding.advice
    assert "'tells'" not in finding.advice


def test_the_first_addition_is_taken_to_last_as_long_as_steps_do_here(tmp_path, monkeypatch):
    context = replace(context_of(journey_on(tumours(200), tmp_path, "diagnosis"), "overfit"), pace=7.0)
    context.decisions = Decisions(metric="accuracy")
    asked = []
    monkeypatch.setattr(context.pacing, "allows", lambda what, seconds: asked.append(seconds))
    one_at_a_time.run(context)
    assert asked == [pytest.approx(2 * 7 * FIRST_SECONDS / TIME_SHARE)], "it, and one more like it"


def test_skipped_where_there_is_nothing_to_add(tmp_path):
    frame = pd.DataFrame({"x": np.arange(120.0)})
    frame["label"] = np.where(frame["x"] % 7 > 3, "yes", "no")
    finding = grown(journey_on(frame, tmp_path, "label"), family="linear")
    assert finding.status == "skipped"
    assert "nothing to add" in finding.headline
