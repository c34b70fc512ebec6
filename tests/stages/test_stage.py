"""The contract over all registered steps."""

import errno
import importlib
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.stages.walk import OPTIONS, TINY, context_of, digits, journey_on, walk
from wizard.core import costs
from wizard.core.blocks import Text
from wizard.core.budget import Budget
from wizard.core.clock import Clock
from wizard.core.decisions import Decisions
from wizard.core.errors import RunFolderError
from wizard.core.result import LEFT_OUT, STAGES
from wizard.stages.context import SealedError
from wizard.stages.stage import run_stage, stage_module, steps_of
from wizard.stages.step import Step

RECIPE = {
    "explore": "readable examples distributions imbalance biases outliers duplicates leakage drift local_or_global "
    "position variation spurious_variation downsampling label_noise enough_data",
    "baseline": "fixed_seed simplify special_case just_before_the_net dumb_baselines full_evaluation loss_at_init "
    "final_layer_init input_independent overfit_one_batch decreasing_loss prediction_dynamics dependencies "
    "signal_health learning_rate human_baseline",
    "overfit": "pick_model one_at_a_time capacity_ladder no_decay learning_curves hardest_examples",
    "regularize": "more_data augment creative_augment pretrain smaller_input smaller_model smaller_batch dropout "
    "weight_decay label_smoothing early_stopping larger_model first_layer class_weights other_order",
    "tune": "search_space random_search sensitivity schedule winner",
    "ensemble": "members leave_training distill calibrate error_analysis test_once hand_over",
}
GATES = {
    "fixed_seed", "special_case", "just_before_the_net", "loss_at_init", "input_independent", "overfit_one_batch",
    "decreasing_loss", "dependencies", "leakage", "capacity_ladder", "hand_over",
}  # fmt: skip
ALL = [(stage, name) for stage in STAGES for name in stage_module(stage).STEPS]


@pytest.mark.parametrize(("stage", "name"), ALL)
def test_a_step_is_the_function_of_its_file_and_says_what_it_claims_and_why(stage, name):
    step = getattr(importlib.import_module(f"wizard.stages.{stage}.{name}"), name)
    assert isinstance(step, Step)
    assert step.name == name
    assert step.title.endswith(".")
    assert len(step.why) > 80
    assert step.is_gate == (name in GATES)


@pytest.mark.parametrize("stage", STAGES)
def test_steps_come_in_the_recipes_order(stage):
    order = RECIPE[stage].split()
    places = [order.index(name) for name in stage_module(stage).STEPS]
    assert places == sorted(places)


@pytest.mark.parametrize("stage", STAGES)
def test_every_file_of_a_step_is_registered(stage):
    folder = Path(stage_module(stage).__file__).parent
    files = {path.stem for path in folder.glob("*.py") if "@step(" in path.read_text(encoding="utf-8")}
    assert files == set(stage_module(stage).STEPS)


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_stage_reads_is_declared_or_decided_in_it(stage):
    source = "".join(p.read_text(encoding="utf-8") for p in Path(stage_module(stage).__file__).parent.glob("*.py"))
    read = set(re.findall(r'decided\("(\w+)"\)', source))
    decides = {name for name in Decisions.model_fields if re.search(rf'"{name}":|\b{name}=', source)}
    assert read <= set(stage_module(stage).READS) | decides
    assert set(stage_module(stage).READS) <= set(Decisions.model_fields)


@pytest.mark.parametrize("stage", STAGES)
def test_reading_an_undeclared_decision_raises(journeys, stage):
    context = context_of(journeys["classes"], stage)
    undeclared = set(Decisions.model_fields) - set(stage_module(stage).READS)
    for name in undeclared:
        with pytest.raises(KeyError, match=name):
            context.decided(name)


def test_a_step_that_crashes_is_recorded_and_the_stage_goes_on(journeys, monkeypatch):
    def broken(context):
        raise ZeroDivisionError("by design")

    module = importlib.import_module("wizard.stages.explore.imbalance")
    monkeypatch.setattr(module, "imbalance", replace(module.imbalance, run=broken))
    stage, about_it = stage_module("explore"), Text(title="Whole", text="What the stage is about.")
    summarise = stage.summarise
    monkeypatch.setattr(stage, "summarise", lambda *given: replace(summarise(*given), product=(about_it,)))
    journey = journeys["classes"]
    context = context_of(journey, "explore")
    result = run_stage(context, "key", journey.summary(context))
    assert result.product == (about_it,)
    assert [finding.step for finding in result.findings] == list(stage_module("explore").STEPS)
    states = {finding.step: finding.status for finding in result.findings}
    assert states["imbalance"] == "crashed"
    assert states["duplicates"] == "passed"
    crashed = next(finding for finding in result.findings if finding.step == "imbalance")
    assert "ZeroDivisionError: by design" in crashed.headline
    assert "def broken" not in crashed.headline
    assert result.model_validate_json(result.model_dump_json()) == result


def test_a_stage_without_time_does_what_later_steps_stand_on_and_names_the_rest(journeys):
    late = replace(journeys["classes"], budget=Budget(TINY, 10.0), clock=Clock(), beside=[100.0])
    context = context_of(late, "explore")
    result = run_stage(context, "key", late.summary(context))
    states = {finding.step: finding.status for finding in result.findings}
    spared = costs.SPARED["explore"]
    assert {step for step, status in states.items() if status == "skipped"} == set(spared)
    assert "leakage" not in spared
    assert set(result.method[LEFT_OUT]) == set(spared) - {"position"}  # which a table has no use for
    assert result.decided["metric"]
    assert context.pacing.left_in_all < 0


def test_what_a_stage_cannot_do_without_is_kept_from_what_may_be_left_out(journeys):
    journey = replace(journeys["classes"], budget=Budget(TINY, 60.0), clock=Clock(), beside=[1.0])
    context = context_of(journey, "baseline")
    free = context.pacing.left
    context.pacing.kept = 5.0
    assert context.pacing.left <= free - 5.0
    assert context.pacing.left < context.pacing.left_in_all <= 59.0


def test_an_interrupt_inside_tensorflow_is_no_crash(journeys, monkeypatch):
    def interrupted(context):
        raise SystemError("<built-in function TFE_Py_Execute> returned NULL: bad argument to internal function")

    module = importlib.import_module("wizard.stages.explore.readable")
    monkeypatch.setattr(module, "readable", replace(module.readable, run=interrupted))
    context = context_of(journeys["classes"], "explore")
    with pytest.raises(KeyboardInterrupt):
        run_stage(context, "key", journeys["classes"].summary(context))


def test_a_full_disk_is_no_crash_of_a_step_either(journeys, monkeypatch):
    def full(context):
        raise OSError(errno.ENOSPC, "No space left on device")

    module = importlib.import_module("wizard.stages.explore.readable")
    monkeypatch.setattr(module, "readable", replace(module.readable, run=full))
    context = context_of(journeys["classes"], "explore")
    with pytest.raises(RunFolderError, match="there is no space left"):
        run_stage(context, "key", journeys["classes"].summary(context))


def test_a_gate_that_crashes_stops_like_one_that_fails(journeys):
    for step in steps_of("baseline"):
        outcome = step.finding(replace(_an_outcome(), status="crashed"), 0.0)
        assert outcome.stops == step.is_gate


def _an_outcome():
    from wizard.stages.step import passed

    return passed("Fine.")


def test_a_step_left_out_on_request_is_skipped(journeys):
    journey = journeys["classes"]
    context = context_of(journey, "explore", skip=["examples"])
    result = run_stage(context, "key", journey.summary(context))
    assert {f.step: f.status for f in result.findings}["examples"] == "skipped"


def test_augment_is_skipped_for_tables_and_says_why(journeys):
    finding = walk(journeys["classes"], "regularize", "augment")["augment"]
    assert finding.status == "skipped"
    assert "no transformation" in finding.headline


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "ensemble"])
def test_test_labels_are_sealed_before_the_ensemble(journeys, stage):
    context = context_of(journeys["classes"], stage)
    with pytest.raises(SealedError):
        context.y(context.split.test[:1])
    with pytest.raises(SealedError):
        context.y(np.arange(len(context.dataset)))
    with pytest.raises(SealedError):
        context.open_test()
    prepared = context.prepared(based_config(context))
    assert not prepared.y[context.split.test].any()


def based_config(context):
    from wizard.stages.baseline.skeleton import skeleton

    return skeleton(context)


def relabelled(journey, rows, folder):
    """The same journey, the labels of some rows permuted, the split as it was."""
    labels = journey.dataset.labels.copy()
    labels[rows] = np.random.default_rng(1).permutation(labels[rows])
    twin = replace(journey, dataset=replace(journey.dataset, labels=labels), folder=folder)
    vars(twin)["split"] = journey.split
    return twin


def dumped(walked):
    return {name: finding.model_dump_json() for name, finding in walked.items()}


def test_explore_says_the_same_whatever_held_out_labels_are(journeys, explored, kind, tmp_path):
    journey = journeys[kind]
    held_out = np.concatenate([journey.split.validation, journey.split.test])
    again = walk(relabelled(journey, held_out, tmp_path), "explore")
    assert dumped(again) == dumped(explored[kind])


@pytest.mark.slow
def test_baseline_says_the_same_whatever_test_labels_are(journeys, explored, based, tmp_path):
    journey = journeys["classes"]
    again = walk(relabelled(journey, journey.split.test, tmp_path), "baseline", given=explored["classes"].decided)
    assert dumped(again) == dumped(based["classes"])


@pytest.mark.parametrize("kind", ["pictures"])
def test_a_stage_says_the_same_twice(journeys, explored, kind, tmp_path):
    again = walk(journey_on(digits(600), tmp_path), "explore")
    assert dumped(again) == dumped(explored[kind])
    assert OPTIONS.keys() == set(STAGES)


def test_every_summary_is_in_sentences(journeys, explored, based):
    for stage, walked in (("explore", explored), ("baseline", based)):
        for found in walked.values():
            summary = stage_module(stage).summarise(tuple(found.values()), found.context)
            assert summary.verdict.endswith(".")
            assert summary.next_move.endswith(".")
            assert all(line.endswith(".") for line in summary.plain)
