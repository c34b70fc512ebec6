"""A worker of a search by several processes: KerasTuner's client asks the chief for trials until there are no more."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wizard.core.config import HpValue
from wizard.core.errors import WizardError
from wizard.training.chief import BATCH, FAILURE, LOOK, TOLD
from wizard.training.roles import Role

PAUSE = 0.5  # seconds before a worker asks again
PATIENCE = 30.0  # seconds in which a chief that does not answer may come back


@dataclass(frozen=True)
class Found:
    """What a worker found in a trial: the score (None where it failed, with the reason) and the batch it took."""

    score: float | None
    batch: int
    failure: str = ""


Look = Callable[[float, int], bool]
Judge = Callable[[int, dict[str, HpValue], int | None, Look], Found]


class ChiefGone(WizardError):
    """Nobody listens any more where the chief did."""


def work(role: Role, judge: Judge) -> None:
    """Runs trials until the chief says that the search is over.

    Args:
        role: Of this process.
        judge: (number, values, looks, look) -> what was found; it may call look(score, batch) after a part of the
            trial, which is False where the chief gives the trial up.

    Raises:
        ChiefGone: Where the chief ended before it said so.
    """
    import grpc
    from keras_tuner.src.distribute.oracle_client import OracleClient

    client = OracleClient(None)  # reads the address from the environment, as `role` was

    def asked(call: Callable[..., Any], *arguments: Any) -> Any:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                if role.reaches_chief():  # KerasTuner's client waits an hour for one that is not there
                    return call(*arguments)
            except grpc.RpcError:
                if role.reaches_chief():  # it answers, but knows nothing of this trial: another chief
                    return None
            if time.monotonic() > until:
                raise ChiefGone
            time.sleep(PAUSE)

    while True:
        trial = asked(client.create_trial, role.name)
        if trial is None or trial.status == "IDLE":
            time.sleep(PAUSE)
            continue
        if trial.status != "RUNNING":
            return
        told, trial_id = json.loads(trial.hyperparameters.values[TOLD]), trial.trial_id

        def look(score: float, batch: int, trial_id: str = trial_id) -> bool:
            answer = asked(client.update_trial, trial_id, {LOOK: score, BATCH: float(batch)})
            return answer is None or answer.status == "RUNNING"

        found = judge(told["number"], told["values"], told["looks"], look)
        if found.score is None:
            trial.status = "FAILED"
            trial.hyperparameters.values[FAILURE] = found.failure
        else:
            trial.status = "COMPLETED"
            asked(client.update_trial, trial_id, {"score": found.score, BATCH: float(found.batch)})
        asked(client.end_trial, trial)
