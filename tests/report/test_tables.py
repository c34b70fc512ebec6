import pytest

from tests.report.example_blocks import BASELINES, BRIGHTNESS, CONFUSION, CURVES, TRIALS, WORDS
from wizard.report.tables import table_of


@pytest.mark.parametrize(
    ("block", "n_rows", "first"),
    [
        (BASELINES, 8, ("majority class", 0.1037, 0.070, 0.144)),
        (CURVES, 82, None),
        (TRIALS, 72, None),
        (BRIGHTNESS, 21, (0.0, 0.05, 0.0, 0.0)),
        (CONFUSION, 10, ("0", 26.0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_what_is_drawn_can_be_read(block, n_rows, first):
    table = table_of(block)
    assert len(table.rows) == n_rows
    assert {len(row) for row in table.rows} == {len(table.columns)}
    assert first is None or table.rows[0] == first


def test_a_block_that_is_no_figure_is_refused():
    with pytest.raises(TypeError, match="Received: Text"):
        table_of(WORDS)
