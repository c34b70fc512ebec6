"""A result becomes a page: values in, one self-contained HTML text out; same values, same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from wizard.core.blocks import Block
from wizard.core.finding import STATUSES, Finding
from wizard.core.result import STAGES, TITLES, StageResult
from wizard.report.evidence import Evidence, evidence_of
from wizard.report.journey import StageState, journey_of, status_of
from wizard.report.pictures import Picture, embedded
from wizard.report.templates import page
from wizard.report.words import counted


def render_stage(result: StageResult, journey: tuple[StageState, ...], picture: Callable[[str], bytes]) -> str:
    """Returns the page of one stage.

    Args:
        result: What the stage left behind.
        journey: The states of all six stages, with links as seen from this page.
        picture: Returns the bytes of one of the result's pictures by its name; OSError or KeyError where it is gone.
    """
    pictures = embedded(_shown(result), picture)
    return page(
        "stage.html",
        result=result,
        title=TITLES[result.stage],
        number_of_stage=STAGES.index(result.stage) + 1,
        status=status_of(result),
        journey=journey,
        summary=summary_of(result),
        product=_evidence("product", result.product, pictures),
        steps=_steps(result, pictures),
    )


def render_index(
    name: str, results: tuple[StageResult, ...], journey: tuple[StageState, ...], notes: tuple[str, ...] = ()
) -> str:
    """Returns the page of the whole journey.

    Args:
        name: The journey's name.
        results: The results so far, in the recipe's order.
        journey: The states of all six stages, with links as seen from this page.
        notes: What a reader must know about the journey as a whole, a sentence each.
    """
    closed = [result for result in results if result.failed_gates]
    hrefs = {state.stage: state.href for state in journey}
    return page(
        "index.html",
        name=name,
        results=results,
        leading=next(iter((*closed, *reversed(results))), None),  # a closed gate is the journey's verdict
        journey=journey,
        notes=notes,
        attention=[
            (result, hrefs.get(result.stage, ""), finding)
            for status in ("failed", "crashed", "warned")
            for result in results
            for finding in result.findings
            if finding.status == status
        ],
        by_stage={result.stage: result for result in results},
        summaries={result.stage: summary_of(result) for result in results},
    )


def render_shared(
    name: str, results: tuple[StageResult, ...], picture: Callable[[StageResult, str], bytes], note: str
) -> str:
    """Returns one page of the whole journey, everything in it, to be passed on.

    Args:
        name: The journey's name.
        results: The results to show, in the recipe's order, already without what must not be passed on.
        picture: Returns the bytes of one of a result's pictures by its name.
        note: What was left out, in a sentence.
    """
    owner = {asset: result for result in results for asset in _shown(result)}
    pictures = embedded([asset for result in results for asset in _shown(result)], lambda a: picture(owner[a], a))
    closed = [result for result in results if result.failed_gates]
    return page(
        "shared.html",
        name=name,
        note=note,
        leading=next(iter((*closed, *reversed(results)))),
        journey=journey_of(
            {result.stage: result for result in results}, {stage: f"#stage-{stage}" for stage in STAGES}
        ),
        attention=[
            (result, finding)
            for status in ("failed", "crashed", "warned")
            for result in results
            for finding in result.findings
            if finding.status == status
        ],
        stages=[
            (
                result,
                STAGES.index(result.stage) + 1,
                TITLES[result.stage],
                status_of(result),
                summary_of(result),
                _evidence(f"product-{result.stage}", result.product, pictures),
                _steps(result, pictures),
            )
            for result in results
        ],
    )


def summary_of(result: StageResult) -> str:
    """Counts a stage's steps by status: "16 steps: 12 passed, 1 warned"."""
    counts = Counter(finding.status for finding in result.findings)
    parts = [f"{counts[status]} {status}" for status in STATUSES if counts[status]]
    return counted(len(result.findings), "step") + (": " + ", ".join(parts) if parts else "")


def _shown(result: StageResult) -> list[str]:
    return [item.asset for block in result.blocks if block.kind == "gallery" for item in block.items if item.asset]


def _steps(result: StageResult, pictures: Mapping[str, Picture]) -> list[tuple[Finding, list[Evidence]]]:
    return [(finding, _evidence(finding.step, finding.blocks, pictures)) for finding in result.findings]


def _evidence(name: str, blocks: Sequence[Block], pictures: Mapping[str, Picture]) -> list[Evidence]:
    return [evidence_of(block, f"{name}-{i}", pictures) for i, block in enumerate(blocks, start=1)]
