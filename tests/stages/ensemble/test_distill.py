import numpy as np

from tests.stages.ensemble.started import SHORT, TWO, step_of
from tests.stages.walk import context_of
from wizard.stages.ensemble.distill import _kept
from wizard.stages.ensemble.pool import Candidate
from wizard.training.metrics import criterion_for


def test_one_network_has_nothing_to_teach(small):
    finding, _ = step_of(small, "distill", {"members": ((SHORT, 1.0),)})
    assert finding.status == "skipped"
    assert "One network" in finding.headline


def test_it_is_left_out_on_request(small):
    finding, walked = step_of(small, "distill", {"members": TWO}, distill=False)
    assert finding.status == "skipped"
    assert walked.decided.get("distilled") is None


def test_a_student_learns_from_networks_of_its_own_rows(small):
    trainer = small.trainer
    finding, walked = step_of(small, "distill", {"members": TWO})
    assert finding.status in ("passed", "noted")
    student = walked.decided["distilled"]
    assert [weight for _, weight in student.teacher] == [0.5, 0.5]
    for fold in range(3):
        taught = [one.but(fold=fold) for one, _ in student.teacher]
        assert all(trainer.is_stored(one) for one in taught)
    assert [row[0] for row in finding.blocks[1].rows] == [
        "best single network", "taught by the ensemble", "ensemble of 2"
    ]  # fmt: skip
    parameters = [row[2] for row in finding.blocks[1].rows]
    assert parameters[2] == 2 * parameters[1]


def test_the_part_of_the_gain_that_a_student_keeps_is_its_own(small):
    context = context_of(small, "ensemble")
    rows = context.deciding_rows
    together = np.full((len(rows), 2), 0.5)
    whole = criterion_for(context.task).score(context.y(rows), together, None)
    alone, student = (Candidate(SHORT, together, (), whole + more) for more in (0.4, 0.1))
    assert _kept(context, alone, student, together).endswith("it keeps 75%)")
    assert _kept(context, student, student, together).endswith("it keeps 0%)")
    assert _kept(context, Candidate(SHORT, together, (), whole), student, together) == ""
