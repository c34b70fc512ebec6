"""Stage 6: join the best networks, open the test set once, hand over."""

from __future__ import annotations

from wizard.core.finding import Finding
from wizard.stages.context import Context
from wizard.stages.stage import Summary
from wizard.stages.words import problems

STEPS = ("members", "test_once", "hand_over")
READS: tuple[str, ...] = ("metric", "incumbent", "candidates", "stage_configs", "dumb_scores", "calibration")


def summarise(findings: tuple[Finding, ...], context: Context) -> Summary:
    """The stage in plain words."""
    by_step = {finding.step: finding for finding in findings}
    bad = problems(findings)
    verdict = by_step["test_once"].headline
    plain = (
        *(by_step[name].headline for name in STEPS),
        "The test rows had been sealed until now: nothing before this stage could be fitted to them.",
    )
    advice = next((finding.advice for finding in bad if finding.advice), "")
    return Summary(verdict, plain, advice or "Load predictor/model.keras with `import wizard`, or call wizard.predict.")
