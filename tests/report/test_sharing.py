from tests.report.examples import RESULTS, passed, result_of
from wizard.core.blocks import Bars, Column, Curve, File, Gallery, Item, Table, Text
from wizard.report.sharing import BLANK, what_was_left_out, without_examples, without_files

TABLE = Table(
    columns=(Column(name="where", private=True), Column(name="what"), Column(name="how many")),
    rows=(("scan-7.png", "blank", 3.0), ("scan-9.png", "'Ulm' is rare", 1.0)),
)
BLOCKS = (
    TABLE,
    Text(title="Read", text="From /home/ann/scans.", private=True),
    Bars(labels=("'Ulm'", "Bonn"), values=(1.0, 2.0), value_label="rows"),
    Gallery(items=(Item(label="cat", curves=(Curve(name="x", y=(1.0,), low=0, high=1),)),)),
    File(name="suspects.csv", asset="a.csv"),
)


def shared(headline: str, *private: str, raw: tuple[str, ...] = ()):
    result = result_of("explore", findings=(passed("readable", "It is read.", headline, blocks=BLOCKS),))
    return without_examples([result.but(private=private, verdict=headline)], raw)[0]


def test_private_blocks_and_columns_are_gone_and_the_rest_stays():
    table, bars = shared("All can be read.", "'Ulm'").findings[0].blocks
    assert [column.name for column in table.columns] == ["what", "how many"]
    assert table.rows == (("blank", 3.0), (f"{BLANK} is rare", 1.0))
    assert bars.labels == (BLANK, "Bonn")


def test_what_stands_above_the_steps_is_no_more_public():
    result = result_of("explore", product=BLOCKS, findings=())
    (found,) = without_examples([result])
    assert found.product[0].rows == (("blank", 3.0), ("'Ulm' is rare", 1.0))
    assert [block.kind for block in found.product] == ["table", "bars"]
    assert [block.kind for block in without_files([result], most=0)[0].product] == ["table", "text", "bars", "gallery"]
    assert "suspects.csv lie" in what_was_left_out([result], examples=True)
    assert result.files == (BLOCKS[-1],)


def test_what_sentences_quote_is_blanked_wherever_it_stands():
    result = shared("Column 'age' has 3% at -999, and 1,999 rows at -9990.", "at -999")
    assert result.verdict == f"Column 'age' has 3% {BLANK}, and 1,999 rows at -9990."
    assert result.findings[0].headline == result.verdict


def test_a_short_word_is_blanked_only_where_it_stands_alone():
    assert shared("A person (a) answered.", "a").verdict == "A person (a) answered."
    assert shared("Al answered.", "Al answered.").verdict == BLANK


def test_names_of_files_are_found_in_sentences_without_being_declared():
    raw = ("scan 7.png", "scan-9.png", "x[30]", "'Köln'", "rows")
    assert shared("The strangest is scan 7.png: odd (scan-9.png), as x[30].", raw=raw).verdict == (
        f"The strangest is {BLANK}: odd ({BLANK}), as {BLANK}."
    )


def test_names_of_classes_and_columns_stay():
    name = RESULTS["explore"].dataset.classes[0]
    target = RESULTS["explore"].dataset.target
    assert shared(f"{name!r} of {target!r} is rare.", repr(name), repr(target)).verdict.startswith(repr(name))


def test_options_and_decisions_stay_behind():
    result = result_of("explore").but(options={"human": {"annotators": ["Ann"]}}, decided={"metric": "accuracy"})
    (found,) = without_examples([result])
    assert (found.options, found.decided, found.runs) == ({}, {}, ())
    assert found.dataset == result.dataset


def test_galleries_are_shortened_and_files_left_beside_the_stage_s_page():
    result = result_of("explore", findings=(passed("readable", "It is read.", "It is.", blocks=BLOCKS),))
    blocks = without_files([result], most=0)[0].findings[0].blocks
    assert [block.kind for block in blocks] == ["table", "text", "bars", "gallery"]
    assert blocks[-1].items == ()
    assert "suspects.csv lie" in what_was_left_out([result], examples=True)
    assert "2 galleries, tables and figures" in what_was_left_out([result], examples=False)
