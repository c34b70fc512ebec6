"""What a worker does at a stage: takes the chief's result from the run folder they share, and searches with it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from wizard.core.announced import Announced, announced
from wizard.core.decisions import Decisions
from wizard.core.errors import RunFolderError
from wizard.core.progress import say
from wizard.core.result import STAGES, StageName, StageResult
from wizard.journey import Journey, runs_read
from wizard.training.roles import Role, Team

PAUSE = 1.0  # seconds between two looks into the run folder


def joined(
    journey: Journey,
    role: Role,
    stage: StageName,
    options: dict[str, Any],
    before: Sequence[StageResult],
    decisions: Decisions,
    team: Team | None = None,
) -> StageResult:
    """The chief's result of a stage, waited for; where the chief searches, this process runs its trials and ends.

    Args:
        journey: Of this process, which writes nothing into the run folder but training runs.
        role: Of this process.
        stage: That the script asks for.
        options: Its options, defaults applied.
        before: Results of the earlier stages.
        decisions: What they decided.
        team: The chief's business; no worker has one.

    Raises:
        RunFolderError: Where this process would train other runs than the chief.
    """
    key, is_said = journey.key(stage, options, decisions, runs_read(stage, before)), False
    while (result := journey.stored(key)) is None:
        search = announced(journey.folder)
        if search is not None and role.reaches_chief():
            _search(journey, role, search)
        if STAGES.index(stage) > STAGES.index("tune"):
            say(f"{role.name}: the search is over.")
            raise SystemExit(0)
        if not is_said:
            say(f"{role.name} waits for the chief, who does {stage} or has not begun, in {journey.folder}")
            is_said = True
        time.sleep(PAUSE)
    return result


def _search(journey: Journey, role: Role, search: Announced) -> None:
    from wizard.stages.tune.together import Remote, is_the_same
    from wizard.training.worker import ChiefGone, work

    context = journey._context("tune", {}, (), Decisions(metric=search.metric), "worker")
    context.trainer.pacing = None
    if not is_the_same(context, search):
        raise RunFolderError(
            f"{role.name} cannot help: with its data, options, code or versions of TensorFlow, Keras and NumPy it "
            f"would train other runs than the chief in {journey.folder}. Run the very same script or command there."
        )
    say(f"{role.name} joins the search of {role.ip}:{role.port} in {journey.folder}")
    try:
        work(role, Remote(context, search.incumbent).judge)
    except ChiefGone:
        say(f"{role.name}: the chief is gone; what was trained is stored.")
        return
    say(f"{role.name}: the search is over.")
    raise SystemExit(0)
