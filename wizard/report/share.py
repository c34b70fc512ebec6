"""One page of a whole journey, to be sent by mail: without raw examples unless these are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from wizard.core.blocks import Block
from wizard.core.finding import Cause, Finding
from wizard.core.private import MARK, Private
from wizard.core.result import STAGES, TITLES, StageResult
from wizard.report.evidence import evidence_of
from wizard.report.journey import journey_of, status_of
from wizard.report.pictures import embedded
from wizard.report.render import summary_of
from wizard.report.templates import page

DRAWN = ("bars", "lines", "heatmap", "histogram", "scatter")  # kinds of blocks that sum examples up
FIRST_LOOK = ("bars", "lines", "heatmap")  # in explore, whose histograms and tables hold values of the data
OF_EXAMPLES = (  # steps whose evidence are examples, whatever its kind
    "just_before_the_net", "overfit_one_batch", "prediction_dynamics", "special_case", "human_baseline",
    "hardest_examples", "distributions", "examples", "outliers", "readable", "duplicates", "label_noise",
)  # fmt: skip

NAMING = (
    "outliers",
    "distributions",
    "duplicates",
    "readable",
    "hardest_examples",
    "label_noise",
)  # in their headlines


def render_shared(
    name: str, results: Sequence[StageResult], private: Private | None, picture: Callable[[str], bytes]
) -> str:
    """Returns the page.

    Args:
        name: The journey's name.
        results: The results so far, in the recipe's order.
        private: What must not be in it; None shows everything.
        picture: Returns the bytes of a picture by its name.
    """
    shown = results if private is None else [without_examples(result, private) for result in results]
    names = [
        item.asset for result in shown for finding in result.findings for block in finding.blocks
        if block.kind == "gallery" for item in block.items if item.asset
    ]  # fmt: skip
    pictures = embedded(names, picture)
    by_name = {result.stage: result for result in shown}
    closed = [result for result in shown if result.failed_gates]
    return page(
        "share.html",
        name=name,
        leading=next(iter((*closed, *reversed(shown)))),
        journey=journey_of(by_name, {stage: f"#{stage}" for stage in STAGES}),
        has_examples=private is None,
        mark=MARK,
        stages=[
            (
                result,
                TITLES[result.stage],
                status_of(result),
                summary_of(result),
                [
                    (finding, [
                        evidence_of(block, f"{result.stage}-{finding.step}-{i}", pictures)
                        for i, block in enumerate(finding.blocks, start=1)
                    ])
                    for finding in result.findings
                ],
            )
            for result in shown
        ],
    )  # fmt: skip


def without_examples(result: StageResult, private: Private) -> StageResult:
    """A result without raw examples: what quotes the data is replaced by a mark, what shows examples is gone."""
    strict = {one.headline: private.scrubbed(one.headline, is_strict=True) for one in result.findings if _names(one)}

    def scrubbed(text: str) -> str:
        for sentence, left in strict.items():  # summaries repeat what steps say
            text = text.replace(sentence, left) if sentence else text
        return private.scrubbed(text)

    return result.but(
        verdict=scrubbed(result.verdict),
        plain=tuple(map(scrubbed, result.plain)),
        next_move=scrubbed(result.next_move),
        answers=tuple(answer.but(sentence=scrubbed(answer.sentence)) for answer in result.answers),
        to_do=(),  # what to do about single examples
        findings=tuple(_finding(finding, result.stage, private) for finding in result.findings),
        decided={},
    )


def _names(finding: Finding) -> bool:
    """Whether a finding speaks of single examples, so that every number in it may be one of theirs."""
    return finding.step in NAMING


def _finding(finding: Finding, stage: str, private: Private) -> Finding:
    def scrubbed(text: str) -> str:
        return private.scrubbed(text, is_strict=_names(finding))

    is_shown = finding.status != "crashed" and finding.step not in OF_EXAMPLES
    return finding.but(
        headline=scrubbed(finding.headline),
        advice=scrubbed(finding.advice),
        causes=tuple(Cause(fault=c.fault, sentence=scrubbed(c.sentence), tested=c.tested) for c in finding.causes),
        blocks=tuple(block for block in finding.blocks if is_shown and _may_be_shown(block, stage, private)),
    )


def _may_be_shown(block: Block, stage: str, private: Private) -> bool:
    """Whether a block sums examples up and holds nothing of the data."""
    kinds = FIRST_LOOK if stage == "explore" else (*DRAWN, "table")
    if block.kind not in kinds:
        return False
    leaves = list(_leaves(block.model_dump(exclude={"kind"})))
    texts = (leaf for leaf in leaves if isinstance(leaf, str))
    numbers = (float(leaf) for leaf in leaves if isinstance(leaf, int | float) and not isinstance(leaf, bool))
    return private.is_clean(texts) and not any(map(private.is_private, numbers))


def _leaves(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    if isinstance(value, list | tuple):
        return [leaf for inner in value for leaf in _leaves(inner)]
    return [value]
