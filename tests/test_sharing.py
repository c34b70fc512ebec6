"""The page for a mail shows what was found, and nothing of what it was found in."""

import html
import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.small import short_recipe, some_digits, some_rows
from wizard import Wizard
from wizard.core.config import TrainingConfig
from wizard.core.errors import OptionError, StageOrderError
from wizard.core.private import MARK, Private

LINEAR = TrainingConfig(family="linear", epochs=2, learning_rate=1e-2)


def unmistakable(n=160):
    """Rows whose every value is one of its kind, with copies, outliers and wrong labels for explore to name."""
    frame = some_rows(n).drop(columns=["since"])
    random = np.random.default_rng(7)
    frame["age"] = (frame["age"] + random.uniform(0, 1e-3, n)).round(7)
    frame["city"] = frame["city"].map({"Köln": "Xanthippe Zwirn", "Bonn": "Quetzalcoatlus", "Ulm": "Yggdrasil-9"})
    frame["secret"] = [f"Person-{number:04d}-Mustermann" for number in range(n)]
    frame.loc[5, "age"] = 9876543.21
    frame.loc[:3, "bought"] = np.where(frame.loc[:3, "bought"] == "yes", "no", "yes")
    return pd.concat([frame, frame.iloc[:6]], ignore_index=True)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shared")
    frame = unmistakable()
    frame.to_csv(folder / "wolkenkuckucksheim.csv", index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wizard.stages.stage.steps_of", short_recipe(LINEAR))
        wizard = Wizard(folder / "wolkenkuckucksheim.csv", "bought", budget="quick", out=folder, name="buyers").run()
    wizard.share(folder / "closed.html")
    wizard.share(folder / "open.html", examples=True)
    return frame, wizard, (folder / "closed.html").read_text(), (folder / "open.html").read_text()


def values_of(frame):
    """Every value of the frame that can be known again, as it is written."""
    words = {value for name in ("city", "secret") for value in frame[name].dropna()}
    return words | {f"{value:.15g}" for name in ("age", "a b/c.d é") for value in frame[name].dropna()}


def test_no_value_no_name_of_a_file_and_no_suspect_is_in_it(shared):
    frame, wizard, closed, _ = shared
    flat = closed.replace(",", "")
    assert not [value for value in values_of(frame) if value in closed or value in flat]
    assert "wolkenkuckucksheim" not in closed
    assert not [where for where in wizard.label_suspects["where"] if where in closed]
    assert not re.search(r"\brow \d", closed)
    assert "data:image" not in closed


def test_with_examples_it_shows_them(shared):
    frame, _, closed, opened = shared
    assert [value for value in frame["city"].dropna().unique() if value in opened]
    assert len(opened) > len(closed)
    assert "send it only to those" in opened


def test_what_was_found_is_in_it(shared):
    _, wizard, closed, _ = shared
    for stage in wizard.results:
        assert f'id="{stage}"' in closed
    for finding in wizard.findings:
        assert f'id="step-{finding.step}"' in closed
    assert "<svg" in closed
    assert "age" in closed  # a column's name


def test_nothing_is_loaded_and_it_fits_into_a_mail(shared):
    for page in shared[2:]:
        assert len(page.encode()) < 8_000_000
        assert "default-src 'none'" in html.unescape(page)
        assert not re.search(r'(src|href)="(?!#|data:)', page)


def test_the_same_results_give_the_same_bytes(shared, tmp_path):
    _, wizard, closed, _ = shared
    wizard.share(tmp_path / "again.html")
    assert (tmp_path / "again.html").read_text() == closed


def test_names_of_picture_files_are_left_out(tmp_path, monkeypatch):
    x, y = some_digits(60)
    for number, (picture, label) in enumerate(zip(x, y, strict=True)):
        (tmp_path / "pictures" / f"kind {label % 2}").mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(tmp_path / "pictures" / f"kind {label % 2}" / f"anna-mustermann-{number}.png")
    monkeypatch.setattr("wizard.stages.stage.steps_of", short_recipe(LINEAR))
    wizard = Wizard(tmp_path / "pictures", budget="quick", out=tmp_path).explore()
    wizard.share(tmp_path / "closed.html")
    wizard.share(tmp_path / "open.html", examples=True)
    closed, opened = ((tmp_path / f"{name}.html").read_text() for name in ("closed", "open"))
    assert "mustermann" not in closed
    assert "mustermann" in opened
    assert "data:image" not in closed
    assert "data:image" in opened


def test_mistakes_are_one_clear_error(tmp_path):
    wizard = Wizard(some_rows(60), "bought", out=tmp_path)
    with pytest.raises(StageOrderError, match="explore"):
        wizard.share(tmp_path / "page.html")
    with pytest.raises(OptionError, match=r"\.html"):
        wizard.share(tmp_path / "page.pdf")


def test_private_values_are_found_in_sentences():
    private = Private(
        values=frozenset({"Anna", "cat/7.png", "Xanthippe Zwirn", "age", "the soup is cold"}),
        numbers=frozenset({34.125, 7.0, 12345678.0}),
        allowed=frozenset({"age"}),
    )
    for sentence, expected in {
        "Anna is old.": f"{MARK} is old.",
        "Annabel is not meant.": "Annabel is not meant.",
        "See cat/7.png and Xanthippe Zwirn.": f"See {MARK} and {MARK}.",
        "The column 'age' has 7 gaps.": "The column 'age' has 7 gaps.",
        "Most telling: 'soup is'.": f"Most telling: '{MARK}'.",
        "At 34.125 or 12,345,678 it ends, at 34.12 not.": f"At {MARK} or {MARK} it ends, at 34.12 not.",
    }.items():
        assert private.scrubbed(sentence) == expected
    assert private.scrubbed("It is 7.", is_strict=True) == f"It is {MARK}."
    assert private.is_clean(["age", "7 rows"])
    assert not private.is_clean(["Anna"])
