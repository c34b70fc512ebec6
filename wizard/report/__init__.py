"""How it is shown: results become self-contained pages. Knows core and results, never Keras."""

from wizard.report.inline import journey_html, summary_html
from wizard.report.journey import StageState, journey_of
from wizard.report.render import render_index, render_shared, render_stage
from wizard.report.sharing import what_was_left_out, without_examples, without_files

__all__ = [
    "StageState",
    "journey_html",
    "journey_of",
    "render_index",
    "render_shared",
    "render_stage",
    "summary_html",
    "what_was_left_out",
    "without_examples",
    "without_files",
]
