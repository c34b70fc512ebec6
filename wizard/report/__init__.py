"""How it is shown: results become self-contained pages. Knows core and results, never Keras."""

from wizard.report.inline import journey_html, summary_html
from wizard.report.journey import StageState, journey_of
from wizard.report.render import render_index, render_stage

__all__ = ["StageState", "journey_html", "journey_of", "render_index", "render_stage", "summary_html"]
