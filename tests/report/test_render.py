import base64
import hashlib
import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import TypeVar

import pytest

from tests.report.example_blocks import EXAMPLES, EXPERIMENTS, HOSTILE, IMAGE, SCRIPT, picture
from tests.report.examples import ANSWERS, DIGITS, HREFS, RESULTS, TO_DO, passed, result_of
from tests.report.reading import Page
from wizard.core.blocks import File, Gallery, Item
from wizard.core.finding import STATUSES
from wizard.core.result import STAGES
from wizard.report import (
    journey_of,
    render_index,
    render_shared,
    render_stage,
    without_examples,
    without_files,
)

T = TypeVar("T")
JOURNEY = journey_of({stage: RESULTS[stage] for stage in STAGES[:5]}, HREFS)
SHARED = tuple(RESULTS[stage] for stage in STAGES)
MAKE = {stage: partial(render_stage, RESULTS[stage], JOURNEY, picture) for stage in STAGES} | {
    "index": partial(render_index, "digits", SHARED[:5], JOURNEY, (f"Opened twice. {SCRIPT}",)),
    "shared": partial(
        render_shared, "digits", without_examples(SHARED), lambda result, name: picture(name), "Left out."
    ),
    "shared with examples": partial(
        render_shared, "digits", without_files(SHARED, 300), lambda result, name: picture(name), f"All of it. {SCRIPT}"
    ),
}


class Made(dict[str, T]):
    """Made by a function when first asked for: what no test of this process reads is not made."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, name: str) -> T:
        self[name] = self.make(name)
        return self[name]


PAGES = Made(lambda name: MAKE[name]())
PARSED = Made(lambda name: Page(PAGES[name]))
HEADINGS = ("h1", "h2", "h3", "h4")


@pytest.fixture(params=MAKE)
def page(request) -> Page:
    return PARSED[request.param]


def test_nothing_is_loaded_from_elsewhere(page):
    for _, attributes in page.elements:
        for name in ("src", "href", "poster", "action", "srcset", "data"):
            link = attributes.get(name, "")
            assert re.match(r"(data:image/|#|\.\./|$)", link), link
    assert not re.search(r"url\(\s*['\"]?(?!#)", page.html)
    assert "@import" not in page.html
    assert not page.all("link") + page.all("iframe") + page.all("object") + page.all("base")


def test_the_policy_allows_the_pages_script_only(page):
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    script = re.search(r"<script>(.*?)</script>", page.html, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert f"script-src 'sha256-{digest}';" in policy
    assert len(page.all("script")) == 1
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)


def test_ids_are_unique_and_links_inside_the_page_lead_somewhere(page):
    assert len(page.ids) == len(set(page.ids))
    targets = [a["href"][1:] for _, a in page.elements if a.get("href", "").startswith("#")]
    assert set(targets) <= set(page.ids)
    labelled = [a["aria-labelledby"] for _, a in page.elements if "aria-labelledby" in a]
    assert set(labelled) <= set(page.ids)


def test_headings_are_in_order(page):
    levels = [int(tag[1]) for tag, _ in page.elements if tag in HEADINGS]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_a_reader_without_eyes_or_mouse_gets_everything(page):
    assert page.elements[0] == ("html", {"lang": "en"})
    assert any(a.get("class") == "skip" and a["href"] == "#main" for a in page.all("a"))
    assert all("alt" in image for image in page.all("img"))
    assert all(svg.get("role") == "img" or svg.get("aria-hidden") == "true" for svg in page.all("svg"))
    assert all(button.get("type") == "button" for button in page.all("button"))
    assert all(
        box.get("tabindex") == "0" and box.get("aria-label")
        for box in page.all("div")
        if "scroll" in box.get("class", "")
    )


@pytest.mark.parametrize("stage", STAGES)
def test_every_step_is_there_once(stage):
    steps = [details["data-step"] for details in PARSED[stage].all("details") if "data-step" in details]
    assert steps == [finding.step for finding in RESULTS[stage].findings]


@pytest.mark.parametrize("stage", STAGES)
def test_every_sentence_of_a_finding_is_shown(stage):
    text = PARSED[stage].text()
    for finding in RESULTS[stage].findings:
        for sentence in (
            finding.title,
            finding.headline,
            finding.advice,
            *(cause.sentence for cause in finding.causes),
        ):
            assert " ".join(sentence.replace("\x00", "\ufffd").replace("\x07", "\ufffd").split()) in text
    for sentence in (RESULTS[stage].verdict, RESULTS[stage].next_move, *RESULTS[stage].plain):
        assert sentence in text


def test_explores_page_begins_with_the_questions_answered_and_what_to_do():
    page = PARSED["explore"]
    text = page.text()
    places = [text.index(part) for answer in ANSWERS for part in (answer.question, answer.sentence)]
    places += [text.index(item.sentence) for item in TO_DO] + [text.index(RESULTS["explore"].plain[0])]
    assert places == sorted(places)
    links = [a["href"] for a in page.all("a")]
    assert all(f"#step-{step}" in links for answer in ANSWERS for step in answer.steps)
    assert text.count(RESULTS["explore"].next_move) == 1


@pytest.mark.parametrize("name", ["regularize", "shared", "shared with examples"])
def test_what_a_stage_is_about_stands_open_above_its_steps(name):
    html = PAGES[name]
    assert html.count(f">{EXPERIMENTS.title}</h") == 1
    assert html.index(f">{EXPERIMENTS.title}</h") < html.index('id="step-augment"')
    before = html[: html.index(f">{EXPERIMENTS.title}</h")]
    assert before.count("<details") == before.count("</details>")


def test_a_stage_without_questions_begins_in_plain_words():
    assert "answers" not in PARSED["tune"].ids
    assert "to-do" not in PARSED["tune"].ids
    assert "plain" in PARSED["tune"].ids


def test_a_long_list_of_what_to_do_is_cut_and_says_so():
    result = result_of("explore", to_do=TO_DO * 4)
    text = Page(render_stage(result, JOURNEY, picture)).text()
    assert text.count(TO_DO[2].sentence) == 2
    assert "4 more points: see the steps below." in text


def test_the_page_says_what_data_which_stage_and_how_it_was_measured():
    text = PARSED["baseline"].text()
    assert "Stage 2 of 6: baseline" in text
    assert "digits: 1,797 examples (8 × 8 × 1 picture), 10 classes, multiclass target “digit”" in text
    assert "1,257 to train on, 270 to decide on, 270 sealed; 2 left out" in text
    for word in (DIGITS.fingerprint, "2.20.0", "Seed", "safe_augmentations", "a91f30"):
        assert word in text


def test_measured_stands_against_expected_with_unit_and_interval():
    text = PARSED["baseline"].text()
    assert "2.914 nats 95%: 2.871 to 2.957 expected 2.303" in text
    assert "Tested: confirmed. Fault L03." in text
    assert "Tested: ruled out." in text


@pytest.mark.parametrize("status", STATUSES)
def test_a_state_is_a_sign_and_a_word(status):
    finding = passed("readable", "A claim.", "An answer.", status=status)
    page = Page(render_stage(result_of("explore", findings=(finding,)), JOURNEY, picture))
    assert f" {status.capitalize()} Readable" in page.text()
    assert {"href": f"#sign-{status}"} in page.all("use")
    is_open = any("open" in details for details in page.all("details") if "data-step" in details)
    assert is_open == (status in ("failed", "crashed"))


def test_hostile_text_stays_text(page):
    assert not re.search(r"<script>document\.title", page.html)
    assert not any(image.get("src") == "x" for image in page.all("img"))
    assert not page.all("b")


def test_hostile_names_are_shown_as_they_are():
    text = PARSED["tune"].text()
    assert SCRIPT in text
    assert IMAGE in text
    assert HOSTILE[4] in text
    assert "{{ 7*7 }}" in text


def test_same_result_same_bytes():
    assert render_stage(RESULTS["baseline"], JOURNEY, picture) == PAGES["baseline"]
    copy = type(RESULTS["tune"]).model_validate_json(RESULTS["tune"].model_dump_json())
    assert render_stage(copy, JOURNEY, picture) == PAGES["tune"]


def test_a_gallery_holds_every_example_for_readers_without_scripts():
    page = PARSED["explore"]
    examples = [item for item in page.all("li") if "data-example" in item]
    assert len(examples) == 300 + 5 + 3
    assert sum("small" in image.get("class", "") for image in page.all("img")) == 300
    assert any(box.get("class") == "unusual" for box in page.all("div"))


def test_unusual_cells_of_a_wide_row_come_first():
    cells = tuple((f"column {i}", str(i), i == 20) for i in range(30))
    finding = passed("outliers", "t", "h", blocks=(Gallery(items=(Item(label="a", cells=cells),)),))
    text = Page(render_stage(result_of("explore", findings=(finding,)), JOURNEY, picture)).text()
    assert text.index("column 20 20 unusual") < text.index("column 0 0")


def test_a_picture_that_is_gone_is_said():
    finding = passed("examples", "t", "h", blocks=(Gallery(items=(Item(label="a", asset="gone.png"),)),))
    assert "This picture cannot be shown." in render_stage(result_of("explore", findings=(finding,)), JOURNEY, picture)


def test_a_page_stays_under_eight_megabytes():
    from tests.report.test_pictures import noise

    pictures = Gallery(items=tuple(Item(label="a", asset=str(i), text="word " * 4000) for i in range(30)))
    many = Gallery(items=EXAMPLES.items + tuple(Item(label=str(i), text="long words " * 2000) for i in range(300)))
    finding = passed("examples", "t", "h", blocks=(pictures, many))

    def either(name: str) -> bytes:
        return noise(name) if name.isdigit() else picture(name)

    assert len(render_stage(result_of("explore", findings=(finding,)), JOURNEY, either).encode()) < 8_000_000


def test_the_index_leads_to_every_page_and_to_what_asks_for_attention():
    page = PARSED["index"]
    links = [a["href"] for a in page.all("a")]
    assert all(HREFS[stage] in links for stage in STAGES[:5])
    assert HREFS["ensemble"] not in links
    assert f"{HREFS['baseline']}#step-loss_at_init" in links
    assert page.text().index("Loss at init") < page.text().index("Special case") < page.text().index("Outliers")
    assert page.text().count(RESULTS["baseline"].verdict) == 2, "a closed gate is the journey's verdict"


def test_an_empty_journey_has_a_page():
    assert "No stage has been run yet." in render_index("digits", (), journey_of({}, {}))


def test_a_file_is_linked_by_its_name():
    quiz = File(title="The quiz", caption="Open it.", name="quiz & more.html", asset="0.html")
    finding = RESULTS["baseline"].findings[0].but(blocks=(quiz,))
    page = render_stage(RESULTS["baseline"].but(findings=(finding,)), JOURNEY, picture)
    assert '<a href="quiz%20%26%20more.html">quiz &amp; more.html</a> lies beside this page.' in page
    assert "Open it." in page
