"""The model card: what the predictor is, stands on and cannot do, every number taken from the results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from wizard.core.blocks import Bars, Table
from wizard.core.finding import STATUSES, Finding
from wizard.core.result import StageName, StageResult
from wizard.export.known import Known
from wizard.export.starter import fill

FILE = "model_card.md"
ASKS = ("failed", "crashed", "warned")  # in this order


def model_card(results: Mapping[StageName, StageResult], known: Known) -> str:
    """The card as Markdown.

    Args:
        results: Of all six stages (Mitchell et al. 2019 say what belongs into a card).
        known: What lies beside the predictor.
    """
    from wizard import __version__

    last = results["ensemble"]
    findings = [(stage, finding) for stage, result in results.items() for finding in result.findings]
    by_step = {finding.step: finding for _, finding in findings}
    test, files = by_step.get("test_once"), by_step.get("hand_over")
    bars = _first(test, Bars)
    return fill(
        "model_card.md",
        name=known.name,
        verdict=last.verdict,
        what=str(known.task).replace("classification of", "classes of", 1),
        form=last.dataset.form,
        networks=len(last.decided.get("members", ())),
        calibration=_calibration(known),
        usage=_usage(known, files),
        columns=() if known.is_finished else known.columns,  # those are explore's words for tensors
        targets=() if known.task.is_classification else known.task.outputs,
        classes=known.task.classes,
        data=last.dataset,
        split=last.method.get("split", ""),
        folds=last.method.get("folds", 0),
        test="The test set was not opened." if test is None else test.headline,
        metric="score" if bars is None else bars.value_label,
        scores=[] if bars is None else _scores(bars),
        calibrated=_calibrated(by_step.get("calibrate")),
        slices=[block for block in _blocks(by_step.get("error_analysis")) if isinstance(block, Table)],
        noise=_noise(by_step.get("label_noise")),
        attention=[(stage, one) for status in ASKS for stage, one in findings if one.status == status],
        cuts=[cut for result in results.values() for cut in result.method.get("left out for lack of time", ())],
        counts=_counts(finding for _, finding in findings),
        files=_first(files, Table),
        versions=last.method.get("versions", {}),
        own_version=__version__,
        seed=last.method.get("seed"),
        effort=last.method.get("effort"),
        budget=last.method.get("budget in seconds"),
    )


def _blocks(finding: Finding | None) -> tuple[Any, ...]:
    return () if finding is None else finding.blocks


def _first(finding: Finding | None, kind: type) -> Any:
    return next((block for block in _blocks(finding) if isinstance(block, kind)), None)


def _scores(bars: Bars) -> list[tuple[str, str, str]]:
    """(whose, value, interval) of every bar."""
    intervals = bars.intervals or (None,) * len(bars.labels)
    return [
        (label, f"{value:.4g}", "–" if ends is None else f"{ends[0]:.4g} to {ends[1]:.4g}")
        for label, value, ends in zip(bars.labels, bars.values, intervals, strict=True)
    ]


def _calibrated(finding: Finding | None) -> str:
    if finding is None:
        return ""
    return finding.headline if finding.status != "skipped" else "Whether its answers are calibrated was not measured."


def _calibration(known: Known) -> str:
    own = known.calibration
    if own.half_widths:
        halves = ", ".join(
            f"{half:.4g} ({name})" for half, name in zip(own.half_widths, known.task.outputs, strict=True)
        )
        return f"an interval that is to hold {own.coverage:.0%} of new targets: the prediction ± {halves}"
    parts = [] if own.temperature == 1 else [f"temperature {own.temperature:.3g}"]
    if own.threshold is not None:
        what = "each label" if known.task.is_multilabel else repr(known.task.classes[-1])
        parts.append(f"{what} is named from a probability of {own.threshold:.3g} on")
    return ", ".join(parts) or "none: the joined outputs are as the networks gave them"


def _usage(known: Known, files: Finding | None) -> str:
    texts = [block.text for block in _blocks(files) if block.kind == "text"]
    return " ".join(texts) or f"Raw examples of the kind {known.modality}."


def _noise(finding: Finding | None) -> str:
    return "not measured." if finding is None or finding.status == "skipped" else finding.headline


def _counts(findings: Any) -> str:
    counts = Counter(finding.status for finding in findings)
    return ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
