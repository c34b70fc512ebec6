"""The pages of real journeys, opened in a real browser."""

from __future__ import annotations

from tests.journeys.compare import STAGES
from tests.report.test_browser import open_pages
from wizard.pages import rebuild_pages

LARGEST = 8_000_000  # bytes, so that a page opens from a mail attachment


def pages_of(folder):
    names = {stage[2:]: folder / stage / "report.html" for stage in STAGES}
    return {name: path.read_text(encoding="utf-8") for name, path in {**names, "index": folder / "index.html"}.items()}


def test_pages_open_without_an_error_and_fit_a_phone(journey, tmp_path):
    name, _, folder = journey
    pages = {f"{name} {stage}": page for stage, page in pages_of(folder).items()}
    answers, log = open_pages(pages, tmp_path)
    assert sorted(a["page"] for a in answers) == sorted([*pages, *pages])
    assert [line for line in log.splitlines() if "CONSOLE" in line] == []
    assert [(a["page"], a["width"], a["full"]) for a in answers if a["full"] > a["width"]] == []
    assert max(map(len, pages.values())) < LARGEST


def test_every_headline_of_a_stage_is_on_its_page(journey):
    _, wizard, folder = journey
    pages = pages_of(folder)
    for stage, result in wizard.results.items():
        for finding in result.findings:
            assert f'id="step-{finding.step}"' in pages[stage]


def test_pages_can_be_rebuilt_byte_for_byte(journey):
    _, _, folder = journey
    before = pages_of(folder)
    for path in folder.glob("*/report.html"):
        path.unlink()
    rebuild_pages(folder)
    assert pages_of(folder) == before


def test_a_notebook_shows_the_journey_and_a_stage(journey):
    _, wizard, _ = journey
    assert wizard.results["ensemble"].verdict.split(",")[0] in wizard._repr_html_()
    assert "Become one with the data" in wizard.results["explore"]._repr_html_()
