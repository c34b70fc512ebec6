"""`distribution=`: a strategy of TensorFlow's, under which networks are trained on several devices of this machine."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from wizard.core.errors import NotAvailableError, OptionError

EXAMPLE = "Pass tf.distribute.MirroredStrategy(), which takes all GPUs of this machine, or leave distribution= out."
HONOURED = ("MirroredStrategy", "OneDeviceStrategy")


def check_distribution(given: Any, *, has_own_model: bool = False) -> None:
    """Refuses what would not be honoured.

    Args:
        given: What the user passed as `distribution=`; None for one device.
        has_own_model: Whether a model of the user's own is to be judged.

    Raises:
        OptionError: For what is no strategy of TensorFlow's for the devices of one machine.
        NotAvailableError: For a model of the user's own.
    """
    if given is None:
        return
    kind = given if isinstance(given, type) else type(given)
    if kind.__module__.startswith(("keras.src.distribution", "keras.distribution")):
        raise OptionError(
            "distribution must be a strategy of tf.distribute: on the TensorFlow backend Keras takes its own "
            "keras.distribution silently and distributes nothing, all work stays on one device. Received: "
            f"{kind.__name__}. {EXAMPLE}"
        )
    names = {base.__name__ for base in kind.__mro__ if base.__module__.startswith("tensorflow.python.distribute")}
    if "StrategyBase" not in names and "Strategy" not in names:
        raise OptionError(f"distribution must be a strategy of tf.distribute. Received: {given!r}. {EXAMPLE}")
    if isinstance(given, type):
        raise OptionError(
            f"distribution must be a strategy, not its class. Received: {kind.__name__}. Make an instance of it: "
            f"{kind.__name__}()."
        )
    if not names & set(HONOURED):
        raise OptionError(
            f"distribution must be one of {', '.join(HONOURED)}, which train on the devices of this machine. "
            f"Received: {kind.__name__}. For several machines, let several processes search: tune(workers=…)."
        )
    if has_own_model:
        raise NotAvailableError(
            "A model of your own is judged on one device: distribution= is not available with it. Leave it out."
        )


def scope(strategy: Any) -> AbstractContextManager[Any]:
    """Where a network is made that is to be trained under a strategy; None changes nothing."""
    return nullcontext() if strategy is None else strategy.scope()


def in_keys(strategy: Any) -> tuple[Any, ...]:
    """What of a strategy decides the outcome: the number of its replicas, as sums are rounded in another order."""
    return () if strategy is None else (["replicas", int(strategy.num_replicas_in_sync)],)
