"""The quiz in a real browser, from a file: answered by keyboard, saved, and handed back."""

import base64
import hashlib
import html
import json
import re
import subprocess

import pytest

from tests.report.test_browser import BROWSER, FLAGS
from tests.stages.baseline.test_human_baseline import content_of, measured, page_of, read, right_answers, saved
from tests.stages.walk import digits, journey_on, walk

HAND = """
const press = (key) => (document.activeElement || document.body).dispatchEvent(
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const type = (field, text) => { field.value = text; field.dispatchEvent(new Event("input", { bubbles: true })); };
const find = (id) => document.getElementById(id);
const place = () => find("place").textContent;
const pressed = () => Array.from(
  document.querySelectorAll('#choices [aria-pressed="true"] span'), (e) => e.textContent);
addEventListener("load", async () => {
  let blob = null, name = "";
  URL.createObjectURL = (given) => { blob = given; return "#"; };
  HTMLAnchorElement.prototype.click = function () { name = this.download; };
  const seen = { places: [place()], width: innerWidth, requests: 0 };
  const answers = ANSWERS;
  const answer = (label) => { KEYS };
  try { EXTRA } catch (error) { seen.error = String(error); }
  const { questions } = JSON.parse(find("content").textContent);
  for (const question of questions) if (question.row in answers) answer(answers[question.row]);
  seen.status = find("status").textContent; seen.answered = find("answered").textContent;
  type(find("annotator"), "Ann Ä. / B");
  find("save").click();
  seen.name = name; seen.file = find("file").textContent; seen.full = document.documentElement.scrollWidth;
  seen.requests = performance.getEntriesByType("resource").filter((e) => !e.name.startsWith("data:")).length;
  seen.saved = JSON.parse(await blob.text());
  const out = document.createElement("pre");
  out.id = "seen"; out.textContent = JSON.stringify(seen);
  document.body.append(out);
});
"""
BY_NUMBER = "press(String(1 + outputs.indexOf(label)));"
OUTPUTS = 'const outputs = JSON.parse(find("content").textContent).outputs; '


def played(page, folder, answers, keys, extra="", width=1280):
    """What a person saw and saved who answered a quiz with the keyboard, and the browser's log."""
    if BROWSER is None:
        pytest.skip("No Chromium or Chrome is installed, so the quiz cannot be opened in a browser.")
    script = HAND.replace("ANSWERS", json.dumps(answers)).replace("KEYS", OUTPUTS + keys).replace("EXTRA", extra)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = page.replace("script-src ", f"script-src &#39;sha256-{digest}&#39; ", 1)
    file = folder / "quiz.html"
    file.write_text(page.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    command = [BROWSER, *FLAGS, f"--user-data-dir={folder / 'profile'}", f"--window-size={width},900", file.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    found = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    seen = json.loads(html.unescape(found[1]))
    assert "error" not in seen, seen
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line] == []
    assert seen["requests"] == 0
    assert seen["full"] <= seen["width"], "nothing is wider than the page"
    return seen


def quiz(journey):
    return page_of(walk(journey, "baseline", "human_baseline"))


def test_classes_are_answered_by_number_saved_and_handed_back(journeys, tmp_path):
    journey = journeys["classes"]
    right = right_answers(journey)
    extra = """
      const seenAt = () => seen.places.push(place());
      press("ArrowRight"); press("ArrowRight"); seenAt(); press("ArrowLeft"); seenAt(); press("ArrowLeft"); seenAt();
      press("ArrowLeft"); seenAt(); press("1"); seenAt(); press("2"); seenAt();
      press("Backspace"); seenAt(); seen.undone = find("answered").textContent; seen.open = pressed().length;
      press("ArrowLeft"); seen.chosen = pressed(); press("Backspace"); press("Backspace"); seenAt();
    """
    seen = played(quiz(journey), tmp_path, right, BY_NUMBER, extra)
    assert [text.split()[0] for text in seen["places"]] == ["1", "3", "2", "1", "1", "2", "3", "2", "1"]
    assert (seen["undone"], seen["open"], seen["chosen"]) == ("1 answered", 0, ["benign"])
    assert seen["answered"] == "50 answered"
    assert seen["status"] == "All are answered. Save your answers below."
    assert seen["name"] == seen["file"] == "answers-Ann-Ä-B.json"
    assert seen["saved"]["answers"] == {str(row): label for row, label in right.items()}

    file = tmp_path / seen["name"]
    file.write_text(json.dumps(seen["saved"]), encoding="utf-8")
    other = saved(journey, tmp_path / "bob.json", "Bob", right)
    finding = measured(journey, [file, other])["human_baseline"]
    assert finding.measured == 1.0
    assert finding.headline.startswith("2 people reach accuracy 100.0% in the mean on 50 validation rows; ")
    assert "they agree on 100%" in finding.headline


def test_classes_of_one_character_are_answered_by_it_on_a_phone(journeys, tmp_path):
    first = dict(list(right_answers(journeys["pictures"]).items())[:12])  # in the order of the questions
    seen = played(quiz(journeys["pictures"]), tmp_path, first, "press(label);", width=500)
    assert seen["answered"] == "12 answered"
    assert seen["saved"]["answers"] == {str(row): label for row, label in first.items()}


def test_many_classes_are_found_by_typing(tmp_path):
    pictures, labels = digits(400)
    journey = journey_on((pictures, [f"digit {label}" for label in labels]), tmp_path / "run")
    right = right_answers(journey)
    keys = 'type(find("filter"), label.slice(-3)); seen.focus = document.activeElement.id; press("Enter");'
    extra = 'type(find("filter"), "zebra"); press("Enter"); seen.places.push(place()); type(find("filter"), "");'
    seen = played(quiz(journey), tmp_path, right, keys, extra)
    assert seen["places"] == ["1 of 50", "1 of 50"], "no answer has such a name"
    assert seen["focus"] == "filter"
    assert seen["saved"]["answers"] == {str(row): label for row, label in right.items()}


def test_labels_are_toggled_and_confirmed(journeys, tmp_path):
    right = right_answers(journeys["labels"])
    keys = 'for (const one of label) press(String(1 + outputs.indexOf(one))); press("Enter");'
    extra = 'press("1"); press("1"); press("2"); seen.chosen = pressed(); press("2");'
    seen = played(quiz(journeys["labels"]), tmp_path, right, keys, extra)
    assert seen["chosen"] == ["target 1"]
    assert seen["saved"]["answers"] == {str(row): label for row, label in right.items()}
    assert [] in right.values()


@pytest.mark.parametrize("kind", ["amounts", "targets"])
def test_numbers_are_written_and_confirmed(journeys, tmp_path, kind):
    journey = journeys[kind]
    right = right_answers(journey)
    keys = """
      for (const number of [label].flat()) { type(document.activeElement, String(number)); press("Enter"); }
    """
    extra = """
      press("Enter"); seen.empty = find("status").textContent;
      const fields = document.querySelectorAll("#fields input");
      type(fields[0], "much"); fields.forEach(() => press("Enter"));
      seen.word = find("status").textContent; type(fields[0], ""); fields[0].focus();
    """
    seen = played(quiz(journey), tmp_path, right, keys, extra)
    assert seen["places"] == ["1 of 50"]
    assert seen["saved"]["answers"] == {str(row): label for row, label in right.items()}
    (tmp_path / "ann.json").write_text(json.dumps(seen["saved"]))
    assert read(journey, tmp_path / "ann.json")["annotators"][0]["annotator"] == "Ann Ä. / B"
    if kind == "amounts":
        assert (seen["empty"], seen["word"]) == ("Write a number first.", "That is no number: write it like 12.5.")


def test_answers_are_kept_until_the_page_is_opened_again(journeys, tmp_path):
    journey = journeys["classes"]
    page = quiz(journey)
    rows = [question["row"] for question in content_of(page)["questions"]]
    right = right_answers(journey)
    extra = """
      const visit = Number(sessionStorage.visit || 0), again = Number(sessionStorage.again || 0);
      const kept = () => JSON.stringify([place(), find("answered").textContent]);
      if (visit > 0 && find("answered").textContent === "0 answered" && again < 100) {
        sessionStorage.again = again + 1; location.reload(); return;
      }
      sessionStorage.visit = visit + 1;
      if (visit === 0) { for (const label of SEVEN) answer(label); location.reload(); return; }
      if (visit === 1) {
        sessionStorage.second = kept();
        window.confirm = () => false; find("restart").click(); location.reload(); return;
      }
      seen.second = JSON.parse(sessionStorage.second); seen.third = JSON.parse(kept());
      window.confirm = () => true; find("restart").click(); seen.after = find("answered").textContent;
    """.replace("SEVEN", json.dumps([right[row] for row in rows[:7]]))  # a browser writes when it likes: asked again
    seen = played(page, tmp_path, {rows[0]: right[rows[0]]}, BY_NUMBER, extra)
    assert seen["second"] == seen["third"] == ["8 of 50", "7 answered"], "forgotten only where that is confirmed"
    assert seen["after"] == "0 answered", "a second annotator does not see the first one's answers"
    assert seen["saved"]["answers"] == {str(rows[0]): right[rows[0]]}
