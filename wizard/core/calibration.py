"""What turns the ensemble's outputs into answers that one may act on."""

from __future__ import annotations

from wizard.core.values import Value

LEAST = 1e-12  # probabilities below it count as it: the root of nothing would stay nothing


class Calibration(Value):
    """Fitted on rows that decide, applied after the members are joined.

    Attributes:
        temperature: Probabilities become p^(1/temperature), normalised (each label by itself where an example may have
            several): above 1 less sure, below 1 surer (Guo et al. 2017). The likeliest class stays the likeliest.
        threshold: From which probability on the second of two classes, or a label, is named; None takes the likelier.
        coverage: Share of new examples whose target an interval is to hold (regression).
        half_widths: Half of that interval, one a target in its own unit; () without (Lei et al. 2018).
    """

    temperature: float = 1.0
    threshold: float | None = None
    coverage: float = 0.9
    half_widths: tuple[float, ...] = ()
