from tests.report.example_blocks import IMAGE, SCRIPT
from tests.report.examples import ANSWERS, HREFS, RESULTS, TO_DO
from tests.report.reading import Page
from wizard.report import journey_html, journey_of, summary_html


def test_a_summary_says_the_verdict_and_what_asks_for_attention():
    page = Page(summary_html(RESULTS["baseline"], "runs/digits/2-baseline/report.html"))
    text = page.text()
    assert RESULTS["baseline"].verdict in text
    assert "6 steps: 2 passed, 1 noted, 1 failed, 1 skipped, 1 crashed" in text
    assert "Loss starts at 2.914, but 2.303 is expected." in text
    assert page.all("a")[0]["href"] == "runs/digits/2-baseline/report.html"


def test_a_summary_begins_with_the_questions_answered_and_says_what_to_do():
    text = Page(summary_html(RESULTS["explore"])).text()
    places = [text.index(" ".join(part.split())) for answer in ANSWERS for part in (answer.question, answer.sentence)]
    places += [text.index(item.sentence) for item in TO_DO]
    assert places == sorted(places)


def test_a_fragment_brings_nothing_but_inline_style():
    for html in (summary_html(RESULTS["tune"]), journey_html(SCRIPT, journey_of(RESULTS, HREFS), (IMAGE,))):
        page = Page(html)
        assert not page.all("script") + page.all("style") + page.all("img") + page.all("link")
        assert html == html.strip() + "\n"


def test_a_journey_shows_all_six_stages():
    text = Page(journey_html("digits", journey_of({"explore": RESULTS["explore"]}, HREFS))).text()
    assert "Warned Explore" in text
    assert text.count("Not run") == 5
