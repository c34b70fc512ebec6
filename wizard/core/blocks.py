"""Plain data to show: what a step attaches as evidence. No markup, no colours, no plotting library."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from typing_extensions import TypeAliasType

from wizard.core.values import Value

NOT_FINITE = ("NaN", "Infinity", "-Infinity")  # how JSON spells them, which has no such numbers


def _as_number(value: object) -> object:
    """A number that JSON could only spell comes back as the number, also where text may stand."""
    return float(value) if isinstance(value, str) and value in NOT_FINITE else value


Cell = Annotated[str | bool | int | float | None, BeforeValidator(_as_number)]
Attribute = Annotated[str | int | float | None, BeforeValidator(_as_number)]
Tree = TypeAliasType("Tree", "dict[str, Tree | Cell]")  # pydantic: recursion needs a name


class Reference(Value):
    """A reference line in a plot: `value` on the measured axis, with its `label`."""

    value: float
    label: str


class Shown(Value):
    """What every block has.

    Attributes:
        private: Whether it shows what stands in single rows, texts or files, in their extremes too: a page that is
            passed on leaves it out. Galleries and files are always private.
    """

    private: bool = False


class Text(Shown):
    """A paragraph of plain words."""

    kind: Literal["text"] = "text"
    title: str = ""
    text: str


class Column(Value):
    """A table's column. `format` is how its numbers read: as they are, as a share (0–1), or whole.

    `private` cells stand in the data (or are names of files): a page that is passed on leaves the column out.
    """

    name: str
    unit: str = ""
    format: Literal["plain", "share", "count"] = "plain"
    private: bool = False


class Table(Shown):
    """Rows of cells under named columns; `emphasis` lists row numbers to set off."""

    kind: Literal["table"] = "table"
    title: str = ""
    caption: str = ""
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    emphasis: tuple[int, ...] = ()


class Bars(Shown):
    """One bar a label, with optional 95% intervals and reference lines; `emphasis` lists bars to set off."""

    kind: Literal["bars"] = "bars"
    title: str = ""
    caption: str = ""
    labels: tuple[str, ...]
    values: tuple[float, ...]
    intervals: tuple[tuple[float, float] | None, ...] = ()
    references: tuple[Reference, ...] = ()
    value_label: str
    emphasis: tuple[int, ...] = ()


class Line(Value):
    """One curve; `low` and `high` are an optional band of the same length as `y`."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    dashed: bool = False


class Lines(Shown):
    """Curves over one x axis; `marks` are vertical lines at x values."""

    kind: Literal["lines"] = "lines"
    title: str = ""
    caption: str = ""
    lines: tuple[Line, ...]
    x_label: str
    y_label: str
    log_x: bool = False
    log_y: bool = False
    references: tuple[Reference, ...] = ()
    marks: tuple[Reference, ...] = ()


class Points(Value):
    """One cloud of a scatter plot."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]


class Scatter(Shown):
    """Clouds of points; `diagonal` draws y = x."""

    kind: Literal["scatter"] = "scatter"
    title: str = ""
    caption: str = ""
    clouds: tuple[Points, ...]
    x_label: str
    y_label: str
    log_x: bool = False
    log_y: bool = False
    diagonal: bool = False


class Counts(Value):
    """One group of a histogram: `values` counts (or shares) between the histogram's edges."""

    name: str
    values: tuple[float, ...]


class Histogram(Shown):
    """Counts between shared `edges` (one more edge than counts), one group or several."""

    kind: Literal["histogram"] = "histogram"
    title: str = ""
    caption: str = ""
    edges: tuple[float, ...]
    groups: tuple[Counts, ...]
    x_label: str
    y_label: str = "examples"
    references: tuple[Reference, ...] = ()


class Heatmap(Shown):
    """A matrix of numbers with named rows and columns."""

    kind: Literal["heatmap"] = "heatmap"
    title: str = ""
    caption: str = ""
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    x_label: str
    y_label: str
    value_label: str


class Axis(Value):
    """One upright axis of parallel coordinates: a range, or names in order where `options` are given."""

    name: str
    low: float = 0.0
    high: float = 1.0
    is_log: bool = False
    options: tuple[str, ...] = ()


class Path(Value):
    """One line across parallel coordinates: a value an axis (of names their number); `name` is told when pointed at."""

    name: str
    values: tuple[float, ...]


class Parallel(Shown):
    """Parallel coordinates: an upright axis a quantity, a line a trial; `emphasis` lists lines to set off."""

    kind: Literal["parallel"] = "parallel"
    title: str = ""
    caption: str = ""
    axes: tuple[Axis, ...]
    paths: tuple[Path, ...]
    emphasis: tuple[int, ...] = ()


class Replay(Shown):
    """Numbers of a few examples over the course of something, one look after the other, that the page can play.

    Attributes:
        rows: Names of the examples.
        looks: What the looks are called, in order.
        values: A row an example, a column a look.
        low: Left end of the axis.
        high: Right end of the axis.
        goal: Where every example should end, or None.
        value_label: What is shown.
    """

    kind: Literal["replay"] = "replay"
    title: str = ""
    caption: str = ""
    rows: tuple[str, ...]
    looks: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    low: float
    high: float
    goal: float | None = None
    value_label: str


class Curve(Value):
    """A small curve of an example: `y` at even steps (None in gaps), drawn between `low` and `high`.

    `share` is the part of the frame's width that it takes, where a shorter series stands beside longer ones.
    """

    name: str
    y: tuple[float | None, ...]
    low: float
    high: float
    share: float = 1.0


class Item(Value):
    """One example of a gallery.

    Attributes:
        label: What the example is labelled as.
        asset: Name of a picture beside the result, or "".
        text: The example in words (text, or a table row as "column: value" lines), or "".
        cells: A table row as (column, value, is unusual).
        curves: A series, a small curve a channel.
        attributes: What the gallery can be sorted and searched by.
        caption: A short line under the picture.
        groups: What it can be found by beside others: its labels one by one, or the part of the target's range that
            it lies in; its label where this is empty.
    """

    label: str
    asset: str = ""
    text: str = ""
    cells: tuple[tuple[str, str, bool], ...] = ()
    curves: tuple[Curve, ...] = ()
    attributes: dict[str, Attribute] = {}
    caption: str = ""
    groups: tuple[str, ...] = ()


class Gallery(Shown):
    """Examples to look at; sortable by the attributes of its items."""

    kind: Literal["gallery"] = "gallery"
    private: bool = True
    title: str = ""
    caption: str = ""
    items: tuple[Item, ...]


class Numbers(Shown):
    """A tree of named numbers, for readers and for machines."""

    kind: Literal["numbers"] = "numbers"
    title: str = ""
    caption: str = ""
    tree: Tree


class File(Shown):
    """A file beside the result: `asset` holds its content, `name` is what it is called beside the stage's page."""

    kind: Literal["file"] = "file"
    private: bool = True
    title: str = ""
    caption: str = ""
    name: str
    asset: str


Block = Annotated[
    Text | Table | Bars | Lines | Scatter | Histogram | Heatmap | Parallel | Replay | Gallery | Numbers | File,
    Field(discriminator="kind"),
]
