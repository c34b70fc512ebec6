import json

import pytest

from tests.report.example_blocks import IMAGE, SCRIPT, picture
from tests.report.examples import passed, result_of
from tests.report.reading import Page
from tests.report.test_pictures import noise
from tests.report.test_render import JOURNEY
from wizard.core.blocks import Curve, Gallery, Item
from wizard.report import render_stage
from wizard.report.gallery import examples_of


def page_of(*items: Item, looks=picture) -> str:
    finding = passed("examples", "t", "h", blocks=(Gallery(items=items),))
    return render_stage(result_of("explore", findings=(finding,), answers=(), to_do=()), JOURNEY, looks)


def curve(n: int, name: str) -> Curve:
    return Curve(name=name, y=tuple(round(i * 0.7331 % 1, 4) for i in range(n)), low=0, high=1)


HEAVY = {
    "pictures": [Item(label="a", asset=str(i)) for i in range(300)],
    "texts": [Item(label="a", text="<&> " * 1000) for _ in range(300)],
    "Chinese texts": [Item(label="a", text="数字的九" * 1000) for _ in range(300)],
    "rows": [Item(label="a", cells=tuple((f"a column {i}", "12.345", i < 3) for i in range(101))) for _ in range(300)],
    "series": [Item(label="a", curves=tuple(curve(100, f"c {i}") for i in range(6))) for _ in range(300)],
}
MANY = {f"level of channel {i}": 0.123 + i for i in range(12)} | {"row": 3, "outlier score": 0.2}


@pytest.mark.parametrize("kind", HEAVY)
def test_a_page_of_300_examples_stays_under_eight_megabytes(kind):
    contents = [noise(str(i)) for i in range(3)]
    items = [item.but(attributes=MANY, caption="somewhere/in/a/folder.csv line 12345") for item in HEAVY[kind]]
    html = page_of(*items, looks=lambda name: contents[int(name) % 3])
    assert len(html.encode()) < 8_000_000
    assert html.count("data-example") > 300


def test_the_attributes_in_which_examples_differ_can_be_sorted_by():
    items = tuple(Item(label="a", attributes={"row": i, "height": 8}, cells=(("x", str(i), False),)) for i in range(3))
    found = examples_of(Gallery(items=items), {})
    assert (found.attributes, found.columns) == (("row",), ("x",))


def test_labels_are_counted_and_stand_in_the_order_that_people_expect():
    items = (*(Item(label=f"class {i}") for i in (10, 9, 9, 1)), Item(label="a, b", groups=("a", "class 9")))
    assert examples_of(Gallery(items=items), {}).groups == (("a", 1), ("class 1", 1), ("class 9", 3), ("class 10", 1))


def test_a_label_of_its_own_for_each_example_is_nothing_to_filter_by():
    items = tuple(Item(label=f"{i}.5") for i in range(30))
    assert examples_of(Gallery(items=items), {}).groups == ()
    assert "data-filter" not in page_of(*items).split("<script>")[0]


def test_a_text_is_shown_in_full_up_to_a_limit_that_is_told():
    text = Page(page_of(Item(label="a", text="zebra " * 650), Item(label="b", text="gnu " * 2000))).text()
    assert text.count("zebra") == 650
    assert text.count("gnu") == 1000
    assert "(cut after 4,000 characters)" in text


def test_hostile_groups_attributes_and_columns_stay_text():
    hostile = Item(label=SCRIPT, groups=(SCRIPT, IMAGE), attributes={IMAGE: SCRIPT}, cells=((SCRIPT, IMAGE, True),))
    other = Item(label=IMAGE, groups=(SCRIPT,), attributes={IMAGE: 1}, cells=((SCRIPT, "", False),))
    page = Page(page_of(hostile, other))
    assert len(page.all("script")) == 1
    assert not [image for image in page.all("img") if image.get("src") == "x"]
    assert page.text().count(SCRIPT) > 4
    first = next(item for item in page.all("li") if "data-example" in item)
    assert json.loads(first["data-groups"]) == [SCRIPT, IMAGE]


def test_equal_galleries_give_equal_bytes():
    items = tuple(Item(label=str(i % 3), attributes={"row": i}, groups=(f"g{i % 2}",)) for i in range(40))
    assert page_of(*items) == page_of(*(Item.model_validate_json(item.model_dump_json()) for item in items))
