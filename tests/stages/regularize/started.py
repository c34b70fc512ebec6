"""Small networks that regularize starts from."""

from tests.stages.walk import walk
from wizard.core.config import TrainingConfig

MLP = TrainingConfig(family="mlp", hp={"width": 32, "depth": 1}, learning_rate=3e-3, batch=32, epochs=6)


def given(config, metric="accuracy", **decisions):
    """What explore and overfit would have decided."""
    return {"metric": metric, "incumbent": config, "stage_configs": {"overfit": config}, **decisions}


def tried(journey, name, config=MLP, metric="accuracy", **decisions):
    """(finding, what was decided) of one step."""
    walked = walk(journey, "regularize", name, given=given(config, metric, **decisions))
    return walked[name], walked.decided


def is_a_sound_trial(finding):
    """Whether it was kept if, and only if, it helped beyond the noise."""
    is_kept = finding.headline.endswith(" kept.") and not finding.headline.endswith("not kept.")
    assert finding.status == ("passed" if is_kept else "noted")
    return is_kept == (finding.status == "passed" and finding.interval[0] > 0)
