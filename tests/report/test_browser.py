"""Opens the pages in a real browser: no error, no request, nothing too wide, and the gallery does what it says."""

import base64
import hashlib
import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.report.test_render import MAKE, PAGES

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--virtual-time-budget=200000",
    "--dump-dom",
)
PROBE = """
const walkRows = async () => {
  const gallery = document.querySelectorAll("[data-gallery]")[1];
  const find = (name) => gallery.querySelector(`[data-${name}]`);
  const fares = () => Array.from(gallery.querySelectorAll("[data-example]"),
    (e) => Array.from(e.querySelectorAll(".cells > div")).find((c) => c.firstChild.textContent === "age")
      .lastChild.textContent);
  find("sort").value = "age"; find("sort").dispatchEvent(new Event("change")); find("direction").click();
  const seen = Array.from(gallery.querySelectorAll(".cells > .sorted dt"), (e) => e.textContent);
  find("search").value = "unusual"; find("search").dispatchEvent(new Event("input"));
  const unusual = gallery.querySelectorAll("[data-example]").length;
  find("search").value = "512.33"; find("search").dispatchEvent(new Event("input"));
  const one = find("status").textContent;
  gallery.querySelector(".look").click();
  const cells = document.querySelectorAll("#look .cells > div").length;
  document.getElementById("look").close();
  find("search").value = ""; find("search").dispatchEvent(new Event("input"));
  return { ages: fares(), seen: Array.from(new Set(seen)), unusual, one, cells };
};
addEventListener("load", async () => {
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
  const answer = {
    page: NAME, title: document.title, width: innerWidth, full: document.documentElement.scrollWidth,
    scripted: document.documentElement.classList.contains("js"),
    small: Array.from(document.querySelectorAll("svg.plot text")).filter((t) => t.getBoundingClientRect().height < 8
      && t.textContent).length,
  };
  const gallery = document.querySelector("[data-gallery]");
  if (gallery && NAME === "explore") {
    const find = (name) => gallery.querySelector(`[data-${name}]`);
    const here = (element) => document.activeElement === element;
    const buttons = () => Array.from(gallery.querySelectorAll(".look"));
    const press = (element, k) => element.dispatchEvent(
      new KeyboardEvent("keydown", { key: k, bubbles: true, cancelable: true }));
    const labels = () => Array.from(gallery.querySelectorAll(".label"), (p) => p.textContent);
    const pick = (name, value) => { find(name).value = value; find(name).dispatchEvent(new Event("change")); };
    const values = (by) => Array.from(gallery.querySelectorAll("[data-example]"),
      (e) => JSON.parse(e.dataset.attributes)[by]);
    answer.first = labels().length; answer.status = find("status").textContent;
    find("next").click(); answer.second = find("status").textContent;
    pick("filter", "7"); answer.sevens = Array.from(new Set(labels())); answer.filtered = find("status").textContent;
    pick("sort", "brightness"); answer.rising = values("brightness");
    find("direction").click(); answer.falling = values("brightness");
    pick("filter", ""); pick("sort", "outlier score"); for (let i = 0; i < 9; i++) find("next").click();
    answer.under = Array.from(new Set(Array.from(gallery.querySelectorAll(".attributes > div"))
      .filter((row) => row.checkVisibility()).map((row) => row.dataset.name)));
    answer.last = values("outlier score").slice(-3);
    find("search").value = "zebra"; find("search").dispatchEvent(new Event("input"));
    answer.none = find("status").textContent;
    find("search").value = ""; find("search").dispatchEvent(new Event("input"));
    pick("filter", ""); pick("sort", "label"); find("direction").click();
    answer.byLabel = labels(); pick("sort", "");
    buttons()[0].focus(); press(buttons()[0], "ArrowRight"); answer.right = here(buttons()[1]);
    press(buttons()[1], "ArrowDown");
    const [from, to] = [buttons()[1], document.activeElement].map((button) => button.getBoundingClientRect());
    answer.down = to.top > from.top && Math.abs(to.left - from.left) < 2;
    press(document.activeElement, "Home"); answer.home = here(buttons()[0]);
    press(buttons()[0], "ArrowLeft"); answer.stays = here(buttons()[0]);
    press(buttons()[0], "PageDown"); answer.paged = [find("status").textContent, here(buttons()[0])];
    press(buttons()[0], "ArrowLeft"); answer.back = [find("status").textContent, here(buttons()[59])];
    press(buttons()[59], "End"); answer.end = [find("status").textContent, here(buttons()[59])];
    press(buttons()[59], "Home");
    const look = document.getElementById("look"), name = document.getElementById("look-title");
    const key = (k) => look.dispatchEvent(new KeyboardEvent("keydown", { key: k, bubbles: true, cancelable: true }));
    gallery.querySelector(".look").click(); answer.open = look.open; answer.looks = [name.textContent];
    key("ArrowRight"); key("ArrowRight"); answer.looks.push(name.textContent);
    key("ArrowLeft"); answer.looks.push(name.textContent);
    answer.shown = look.querySelectorAll("img, dl.attributes dd").length;
    answer.pixelated = getComputedStyle(look.querySelector("img")).imageRendering;
    answer.wide = look.scrollWidth > look.clientWidth;
    for (let i = 0; i < 60; i++) key("ArrowRight");
    const left = new Promise((done) => look.addEventListener("close", done));  // the page's own listener came first
    look.querySelector('[data-look="close"]').click(); answer.closed = !look.open;
    await left;
    answer.left = [find("status").textContent, here(buttons()[1])];
    answer.rows = await walkRows();
    document.querySelectorAll("details").forEach((details) => { details.open = false; });
    document.querySelector('.contents a[href="#step-imbalance"]').click();
    await new Promise((done) => setTimeout(done, 50));
    answer.opened = Array.from(document.querySelectorAll("details[open]"), (details) => details.id);
    document.getElementById("all").click();
    answer.all = document.querySelectorAll("details.step:not([open])").length;
  }
  const replay = document.querySelector("[data-replay]");
  if (replay) {
    const [button, slider] = [replay.querySelector("[data-play]"), replay.querySelector("[data-at]")];
    const places = () => Array.from(replay.querySelectorAll("[data-dot]"), (dot) => Number(dot.getAttribute("cx")));
    const words = [replay.querySelector("[data-look]").textContent];
    const seen = [places()];
    slider.value = 0; slider.dispatchEvent(new Event("input")); seen.push(places());
    slider.value = 2; button.click(); words.push(button.textContent);
    await new Promise((done) => setTimeout(done, 1500));
    words.push(button.textContent); seen.push(places());
    answer.replay = { words, seen };
  }
  answer.title = document.title;
  parent.postMessage(JSON.stringify(answer), "*");
});
"""
HARNESS = """<!doctype html><meta charset="utf-8"><body><pre id="answers"></pre><script>
const waiting = FRAMES;
const next = () => {  // one after the other: two pages at once would take the focus from each other
  document.querySelector("iframe")?.remove();
  if (!waiting.length) return;
  const [source, width] = waiting.shift();
  document.body.append(Object.assign(document.createElement("iframe"), { src: source, width, height: 900 }));
};
addEventListener("message", (event) => {
  document.getElementById("answers").textContent += event.data + "\\n";
  next();
});
next();
</script>"""


def probed(name: str, page: str) -> str:
    """A copy of a page with the test's script allowed beside its own."""
    script = PROBE.replace("NAME", json.dumps(name))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = page.replace("script-src ", f"script-src &#39;sha256-{digest}&#39; ", 1)
    return allowed.replace("</body>", f"<script>{script}</script></body>")


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> tuple[list[dict], str]:
    return open_pages({name: PAGES[name] for name in MAKE}, tmp_path_factory.mktemp("pages"))


def open_pages(pages: dict[str, str], folder: Path) -> tuple[list[dict], str]:
    """Opens pages at phone and desktop width; returns what the probe in each answered, and the log."""
    if BROWSER is None:
        pytest.skip("No Chromium or Chrome is installed, so the pages cannot be opened in a browser.")
    frames = []
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(probed(name, page), encoding="utf-8")
        frames += [(f"{name}.html", width) for width in (380, 1280)]
    (folder / "harness.html").write_text(HARNESS.replace("FRAMES", json.dumps(frames)), encoding="utf-8")
    command = [BROWSER, *FLAGS, f"--user-data-dir={folder / 'profile'}", (folder / "harness.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    found = re.search(r'<pre id="answers">(.*?)</pre>', done.stdout, re.DOTALL)
    answers = [json.loads(line) for line in html.unescape(found[1] if found else "").splitlines() if line]
    return answers, done.stderr


def test_every_page_opens_without_an_error(opened):
    answers, log = opened
    assert sorted(a["page"] for a in answers) == sorted([*MAKE, *MAKE])
    assert all(a["scripted"] for a in answers)
    assert [line for line in log.splitlines() if "CONSOLE" in line] == []


def test_hostile_names_run_nothing(opened):
    assert all("harmed" not in a["title"] for a in opened[0])


def test_nothing_is_wider_than_the_page(opened):
    assert [(a["page"], a["width"], a["full"]) for a in opened[0] if a["full"] > a["width"]] == []
    assert {a["width"] for a in opened[0]} == {380, 1280}


def test_text_in_figures_can_be_read_on_a_phone(opened):
    assert [a["page"] for a in opened[0] if a["small"]] == []


def test_the_gallery_filters_sorts_searches_and_pages(opened):
    for answer in (a for a in opened[0] if a["page"] == "explore"):
        assert answer["first"] == 60
        assert answer["status"] == "1–60 of 300"
        assert answer["second"] == "61–120 of 300"
        assert answer["sevens"] == ["7"]
        assert answer["filtered"].endswith("(all: 300)")
        assert answer["rising"] == sorted(answer["rising"])
        assert answer["falling"] == answer["rising"][::-1]
        assert answer["last"] == [None] * 3, "examples without the attribute come last"
        assert answer["under"] == ["outlier score"], "what is sorted by stands under each example"
        assert answer["none"] == "No example matches."


def test_examples_are_sorted_by_label_and_rows_by_their_columns(opened):
    for answer in (a for a in opened[0] if a["page"] == "explore"):
        assert answer["byLabel"] == sorted(answer["byLabel"], key=int)
        assert answer["rows"]["ages"] == ["24", "23", "22", "21", "20"]
        assert answer["rows"]["seen"] == ["age"], "what is sorted by stands first in its row"
        assert answer["rows"]["unusual"] == 5
        assert answer["rows"]["one"] == "1–1 of 1 (all: 5)"
        assert answer["rows"]["cells"] == 4, "in full, every cell is shown"


def test_arrow_keys_walk_over_the_examples_and_their_pages(opened):
    for answer in (a for a in opened[0] if a["page"] == "explore"):
        assert [answer[name] for name in ("right", "down", "home", "stays")] == [True] * 4
        assert answer["paged"] == ["61–120 of 300", True]
        assert answer["back"] == ["1–60 of 300", True]
        assert answer["end"] == ["241–300 of 300", True]


def test_closing_an_example_leads_back_to_where_it_stands(opened):
    for answer in (a for a in opened[0] if a["page"] == "explore"):
        assert answer["left"] == ["61–120 of 300", True]


def test_a_link_in_the_contents_opens_its_step(opened):
    for answer in (a for a in opened[0] if a["page"] == "explore"):
        assert answer["opened"] == ["step-imbalance"]
        assert answer["all"] == 0


def test_an_example_opens_large_and_arrow_keys_go_on(opened):
    for answer in (a for a in opened[0] if a["page"] == "explore"):
        assert answer["open"]
        assert answer["closed"]
        places = [re.search(r"\((\d+) of 300\)", title)[1] for title in answer["looks"]]
        assert places == ["1", "3", "2"]
        assert answer["shown"] == 1 + 4, "one picture and its four attributes"
        assert answer["pixelated"] == "pixelated"
        assert not answer["wide"]


def test_the_course_of_training_is_played_on_demand(opened):
    found = [a["replay"] for a in opened[0] if "replay" in a]
    assert len(found) == 6  # of a stage, and of both pages of the whole journey, each at two widths
    for one in found:
        assert one["words"] == ["step 20", "Pause", "Play"], "it starts at its end, plays, and stops there"
        end, start, again = one["seen"]
        assert start == [196.0, 242.0, 196.0]
        assert end == again == [564.0, 150.0, 610.0], "what is no number, or beyond the axis, stays at its ends"
