"""What is passed on gives nothing away: unmistakable cells, names and texts are searched for in the page."""

import re
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.report.reading import Page
from tests.small import short_recipe, some_digits
from wizard import StageOrderError, Wizard
from wizard.core.config import TrainingConfig
from wizard.core.errors import OptionError
from wizard.core.store import PARTIAL

LINEAR = TrainingConfig(family="linear", epochs=2, learning_rate=1e-2)


def a_table(n: int = 200) -> pd.DataFrame:
    """Rows with wrong labels, copies, a cell in another unit, one that stands for "missing" and a rare word."""
    random = np.random.default_rng(0)
    age = random.normal(40, 12, n).round(1)
    frame = pd.DataFrame({
        "age": age,
        "income": random.lognormal(3, 1, n).round(2),
        "town": random.choice(["Zyxtown", "Qwvburg", "Kjhville"], n, p=[0.5, 0.3, 0.2]),
    })  # fmt: skip
    frame["bought"] = np.where(
        (age - 40) / 6 + 2 * (frame["town"] == "Zyxtown") > random.normal(1, 0.5, n), "yes", "no"
    )
    frame.loc[random.choice(n, 10, replace=False), "income"] = -98765.0
    frame.loc[3, "age"], frame.loc[[5, 9, 11, 30, 31], "town"] = 987654.5, "Xanthograph"
    wrong = random.choice(n, n // 10, replace=False)
    frame.loc[wrong, "bought"] = frame.loc[wrong, "bought"].map({"yes": "no", "no": "yes"})
    copies = frame.iloc[20:26].assign(bought=frame["bought"].iloc[20:26].map({"yes": "no", "no": "yes"}))
    return pd.concat([frame, copies], ignore_index=True)


def some_telltale_texts(n: int = 160) -> tuple[list[str], np.ndarray]:
    """Texts with wrong labels, a giant, wrong decoding, copies, and a word that gives the label away."""
    random = np.random.default_rng(0)
    words = {"food": ["soupzq", "breadzq", "cheesezq"], "sea": ["wavezq", "sailzq", "tidezq"]}
    labels = np.resize(["food", "sea"], n)
    texts = [
        " ".join(["gloobish", *random.choice(words[label], 3), f"serial{i}zq", "tellzq" * (label == "sea")])
        for i, label in enumerate(labels)
    ]
    texts[4] = "plumbeous quixotry " * 900
    texts[6] = texts[8]
    for i in range(30, 40):
        texts[i] = f"naÃ¯vezq {texts[i]}"
    return texts, labels


def a_folder(root: Path, n: int = 120) -> Path:
    """Pictures with wrong labels, blank ones, copies and one that cannot be opened."""
    pictures, labels = some_digits(600)
    kept = np.flatnonzero(labels < 2)[:n]
    for i, k in enumerate(kept):
        folder = root / f"digit{labels[k] if i % 15 else 1 - labels[k]}"
        folder.mkdir(parents=True, exist_ok=True)
        blank = np.full((8, 8), 200, "uint8")
        Image.fromarray(blank if 7 <= i < 13 else pictures[k]).save(folder / f"patientzq{i}.png")
    (folder / "brokenzq.png").write_bytes(b"no picture")
    return root


def explored(kind: str, folder: Path) -> Wizard:
    options = {"budget": "quick", "gates": "warn", "out": folder, "name": "journey"}
    if kind == "table":  # all six stages, of which those that show examples are real
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("wizard.stages.stage.steps_of", short_recipe(LINEAR))
            return Wizard(a_table(), "bought", **options).run()
    data = some_telltale_texts() if kind == "texts" else a_folder(folder / "pictures")
    return Wizard(data, **options).explore()


TELLTALE = {
    "table": ("Zyxtown", "Qwvburg", "Kjhville", "Xanthograph", "987654", "9.8765e+05", "-98765", "row 3"),
    "texts": ("gloobish", "soupzq", "plumbeous", "quixotry", "serial", "naÃ¯vezq", "tellzq"),
    "folder": ("patientzq", "brokenzq", "data:image/"),
}


@pytest.fixture(
    scope="module", params=["texts", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("table", "folder"))]
)
def journey(request, tmp_path_factory):
    """(kind, wizard, what is not to be found, shared page, page with examples)"""
    folder = tmp_path_factory.mktemp(request.param)
    wizard = explored(request.param, folder)
    pages = [
        wizard.share(folder / "out" / f"{examples}.html", examples=examples).read_text() for examples in (False, True)
    ]
    return request.param, wizard, *pages


def found_in(page: str, words: tuple[str, ...]) -> set[str]:
    """Those of the words that stand in a page, also where numbers are written with signs of their own."""
    plain = unescape(page).replace("\u2212", "-")
    grouped = re.sub(r"(?<=\d),(?=\d{3})", "", plain)
    return {word for word in words if word in plain or word in grouped}


def test_nothing_of_the_data_is_in_a_page_that_is_passed_on(journey):
    kind, _, shared, _ = journey
    assert found_in(shared, TELLTALE[kind]) == set()


def test_all_of_it_would_be_shown_and_is_with_examples(journey):
    kind, _, _, whole = journey
    missing = set(TELLTALE[kind]) - found_in(whole, TELLTALE[kind])
    assert missing <= {"9.8765e+05", "987654"}, "a number is written in one of two ways"
    assert len(missing) < 2


def test_the_page_says_what_was_left_out_and_is_whole(journey):
    _, wizard, shared, whole = journey
    assert re.search(r"\d+ galleries, tables and figures of raw examples, suspects and single values", shared)
    assert "pass it on only to people who may see them" in whole
    for text in (shared, whole):
        page = Page(text)
        assert len(text.encode()) < 8e6
        assert len(page.ids) == len(set(page.ids))
        links = {attributes["href"] for attributes in page.all("a")}
        assert {link[1:] for link in links} <= set(page.ids), "nothing leads out of the page"
        policy = next(meta["content"] for meta in page.all("meta") if "http-equiv" in meta)
        assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-")
        for finding in wizard.findings:
            assert f"step-{finding.step}" in page.ids


def test_the_same_journey_gives_the_same_bytes(journey, tmp_path):
    _, wizard, shared, _ = journey
    path = wizard.share(tmp_path / "again.html")
    assert path.read_text() == shared
    assert not list(tmp_path.glob(f"{PARTIAL}*"))


def test_a_path_that_cannot_be_written_is_refused(journey, tmp_path):
    wizard = journey[1]
    (tmp_path / "folder.html").mkdir()
    for wrong, says in (("journey.pdf", "ends in .html"), (str(tmp_path / "folder.html"), "is a folder"), (3, "path")):
        with pytest.raises(OptionError, match=says):
            wizard.share(wrong)


def test_there_is_something_to_share_after_explore(tmp_path):
    with pytest.raises(StageOrderError, match=r"Call explore\(\) first"):
        Wizard(a_table(), "bought", out=tmp_path).share(tmp_path / "journey.html")
