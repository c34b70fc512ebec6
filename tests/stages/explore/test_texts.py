"""How explore shows texts, and what it says about odd ones."""

import numpy as np
import pytest

from tests.small import some_texts
from tests.stages.walk import journey_on, walk

STEPS = ("readable", "examples", "distributions", "duplicates")


def explored(folder, change=lambda text, number: text, n=200):
    texts, labels = some_texts(n)
    changed = [change(text, number) for number, text in enumerate(texts)]
    return walk(journey_on((changed, labels), folder), "explore", *STEPS)


def test_clean_texts_raise_no_alarm(tmp_path):
    found = explored(tmp_path)
    assert {name: finding.status for name, finding in found.items()} == {
        "readable": "passed", "examples": "noted", "distributions": "passed", "duplicates": "passed",
    }  # fmt: skip
    items = found["examples"].blocks[0].items
    assert all(item.text and item.attributes["words"] == 9 for item in items)


def test_empty_texts_are_listed(tmp_path):
    found = explored(tmp_path, lambda text, number: "" if number == 7 else text)
    assert found["readable"].status == "noted"
    assert found["readable"].blocks[0].rows == (("x[7]", "is empty"),)


@pytest.mark.parametrize(
    ("change", "step", "words"),
    [
        (lambda text, number: f"<p>{text}</p>" if number % 5 == 0 else text, "distributions", "HTML markup"),
        (lambda text, number: f"{text} cafÃ©" if number % 20 == 0 else text, "readable", "wrongly decoded"),
        (lambda text, number: "?!" * (number + 1) if number % 20 == 0 else text, "readable", "neither a letter"),
    ],
    ids=["markup", "mojibake", "hollow"],
)
def test_odd_texts_are_named(tmp_path, change, step, words):
    finding = explored(tmp_path, change)[step]
    assert finding.status == "warned"
    assert words in finding.headline


def test_a_text_that_swallowed_others_is_named(tmp_path):
    texts, labels = some_texts(200)
    journey = journey_on((texts, labels), tmp_path / "before")
    row = int(journey.split.train[0])
    texts[row] = " ".join(texts * 2)
    journey = journey_on((texts, labels), tmp_path / "after")
    finding = walk(journey, "explore", "readable")["readable"]
    if row in journey.split.train:
        assert finding.status == "warned"
        assert f"x[{row}]" in finding.headline


def test_a_long_text_is_cut_on_its_card(tmp_path):
    items = explored(tmp_path, lambda text, number: f"{text} " * 300, 60)["examples"].blocks[0].items
    assert all(len(item.text) < 4_100 and item.text.endswith("… (cut after 4,000 characters)") for item in items)


def test_scripts_are_told_apart(tmp_path):
    chinese = "我爱北京天安门上太阳升起来"
    random = np.random.default_rng(0)
    texts = ["".join(random.permutation(list(chinese))) for _ in range(80)]
    found = walk(journey_on((texts, np.resize(["a", "b"], 80)), tmp_path), "explore", "distributions")["distributions"]
    facts = dict(found.blocks[3].rows)
    assert facts["texts mostly in Chinese characters"] == "100%"
