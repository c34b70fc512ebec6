"""Who proposes the next trial: KerasTuner's oracles, or one of the user's own."""

from __future__ import annotations

import copy
import inspect
import json
from collections.abc import Sequence
from typing import Any

from wizard.core.errors import OptionError, nearest
from wizard.core.keys import content_key
from wizard.training.space import Dimension

TUNERS = ("random", "bayesian", "hyperband")
EPOCHS = "tuner/epochs"  # what KerasTuner's Hyperband calls the length of a trial
FACTOR = 3  # of Hyperband: the best third goes on, three times as long (Li et al. 2018)


class Brought(str):
    """What a user brought for an option: a text for keys and pages, which carries the object for the steps."""

    thing: Any

    @classmethod
    def of(cls, thing: Any, text: str) -> Brought:
        """The text, with the object."""
        brought = cls(text)
        brought.thing = thing
        return brought


def opened_tuner(tuner: Any) -> str:
    """A name of `TUNERS`, or the user's own oracle as a text with the oracle inside.

    Raises:
        OptionError: For anything else.
    """
    if isinstance(tuner, str):
        if tuner not in TUNERS:
            raise OptionError(
                f"tuner must be one of {', '.join(TUNERS)}, or a KerasTuner Oracle. Received: {tuner!r}."
                f"{nearest(tuner, TUNERS)}"
            )
        return tuner
    import keras_tuner

    is_class = inspect.isclass(tuner) and issubclass(tuner, keras_tuner.Oracle)
    if not (is_class or isinstance(tuner, keras_tuner.Oracle)):
        more = " Pass its `oracle`." if isinstance(getattr(tuner, "oracle", None), keras_tuner.Oracle) else ""
        raise OptionError(
            f"tuner must be one of {', '.join(TUNERS)}, or a KerasTuner Oracle (an instance or a class). "
            f"Received: {tuner!r}.{more}"
        )
    if not is_class and not (tuner.allow_new_entries and tuner.tune_new_entries):
        raise OptionError(
            "A tuner of your own must take the hyperparameters that the stage declares. Received: an Oracle with "
            "allow_new_entries=False or tune_new_entries=False. Leave these out, and give ranges with space=."
        )
    kind = tuner if is_class else type(tuner)
    state = "" if is_class else json.dumps(tuner.get_state(), sort_keys=True, default=str)
    return Brought.of(tuner, f"{kind.__module__}.{kind.__qualname__} {content_key(_source(kind), state)}")


def oracle_for(
    tuner: str | Brought, space: Sequence[Dimension], direction: str, trials: int, seed: int, looks: int
) -> Any:
    """A fresh oracle.

    Args:
        tuner: As `opened_tuner` gives it.
        space: What varies.
        direction: "max" or "min" of the score.
        trials: Most trials.
        seed: Of the proposals; an oracle given as an instance has its own.
        looks: Looks at the validation loss of a whole training, the resource that Hyperband hands out.
    """
    import keras_tuner

    kinds = keras_tuner.oracles
    objective = keras_tuner.Objective("score", direction)
    common: dict[str, Any] = {"objective": objective, "seed": seed + 1}  # KerasTuner takes 0 for none, and draws one
    if tuner == "random":
        oracle = kinds.RandomSearchOracle(**common)
    elif tuner == "bayesian":  # as many random trials first as span the space, whatever the number of trials
        oracle = kinds.BayesianOptimizationOracle(num_initial_points=len(space) + 2, **common)
    elif tuner == "hyperband":
        oracle = kinds.HyperbandOracle(max_epochs=max(looks, 1), factor=FACTOR, hyperband_iterations=0, **common)
    elif not isinstance(tuner, Brought):
        raise ValueError(f"{tuner!r} is no tuner that `opened_tuner` gave.")
    elif inspect.isclass(tuner.thing):
        taken = inspect.signature(tuner.thing).parameters
        takes_all = any(parameter.kind is parameter.VAR_KEYWORD for parameter in taken.values())
        oracle = tuner.thing(**{k: v for k, v in common.items() if takes_all or k in taken})
    else:
        oracle = copy.deepcopy(tuner.thing)  # the same search again starts from the same state
    oracle.objective = objective
    oracle.max_trials = trials
    oracle.max_consecutive_failed_trials = trials + 1  # a failure is a result, however many there are
    oracle.verbose = 0
    return oracle


def hyperband_trials(looks: int, whole_trials: int) -> int:
    """How many of Hyperband's trials cost as much as so many whole trainings, each trained from its start."""
    import keras_tuner

    oracle = keras_tuner.oracles.HyperbandOracle(max_epochs=max(looks, 1), factor=FACTOR)
    left, n = whole_trials * max(looks, 1), 0
    while True:
        for bracket in reversed(range(oracle._get_num_brackets())):
            for round_number in range(oracle._get_num_rounds(bracket)):
                cost = min(oracle._get_epochs(bracket, round_number), max(looks, 1))
                for _ in range(oracle._get_size(bracket, round_number)):
                    if left < cost:
                        return max(n, 1)
                    left, n = left - cost, n + 1


def _source(kind: type) -> str:
    try:
        return inspect.getsource(kind)
    except (OSError, TypeError):  # written at a prompt
        return ""
