"""Text files with a row a line: CSV, TSV and their relatives."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wizard.core.errors import DataError
from wizard.data.dataset import LeftOut
from wizard.data.tables import RawTable, check_unique, check_width

if TYPE_CHECKING:
    import pandas as pd

DELIMITERS = (",", ";", "\t", "|")
MARKS = {  # byte order marks, the longer ones first: UTF-32's begins with UTF-16's
    b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16",
}  # fmt: skip
CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\f")
MOST_CONTROL = 0.02  # of a file's bytes: more, and it is no text in an old encoding; random bytes have 11 %
PROBE_BYTES = 10_000
PROBE = 50  # lines that show the delimiter: enough to outvote a title line, few enough to be instant
MOST_BROKEN = 1_000  # lines read again after a quote that is never closed; more, and the file is no such table


def read_delimited(path: Path) -> RawTable:
    """Reads every cell of a delimited text file as text, and lists the lines that cannot be read.

    Raises:
        DataError: If the file is empty, binary, or broken throughout.
    """
    import pandas as pd

    text, notes = decoded(path)
    lines = list(io.StringIO(text, newline=""))
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:  # Excel's own first line
        lines[0] = "\n"
    delimiter = delimiter_of(lines, path)
    rows, numbers, broken = _rows(lines, delimiter)
    if not rows:
        raise DataError(f"A table needs a line of column names and rows below it. Received: {path} without any text.")
    names, rows, more = _header([name.strip() for name in rows[0]], rows[1:])
    check_width(len(names), str(path))
    check_unique(names)
    good, left_out = [], list(broken)
    for row, number in zip(rows, numbers[1:], strict=True):
        if len(row) == len(names):
            good.append((number, row))
        else:
            left_out.append((number, f"has {len(row)} fields where the header has {len(names)}"))
    cells = zip(*(row for _, row in good), strict=True) if good else ((),) * len(names)
    frame = pd.DataFrame({name: np.array(column, dtype=object) for name, column in zip(names, cells, strict=True)})
    frame, dropped = _without_row_numbers(frame)
    return RawTable(
        frame=frame,
        where=np.array([f"{path.name} line {number}" for number, _ in good], dtype=object),
        source=str(path),
        name=path.name.split(".")[0],
        left_out=tuple(LeftOut(f"{path.name} line {number}", why) for number, why in sorted(left_out)),
        notes=(*notes, *more, *dropped),
        is_text=True,
        decimal_comma=delimiter == ";",
    )


def delimiter_of(lines: list[str], path: Path) -> str:
    """Returns the delimiter that splits most of the first lines into as many fields as the header."""
    if path.suffix.lower() in (".tsv", ".tab"):
        return "\t"
    probe = [line for line in lines[: PROBE + 1] if line.strip()]

    def score(delimiter: str) -> tuple[float, int]:
        try:
            n_fields = [len(row) for row in csv.reader(probe, delimiter=delimiter)]
        except csv.Error:
            return 0.0, 0
        alike = sum(n == n_fields[0] for n in n_fields) / len(n_fields) if n_fields and n_fields[0] > 1 else 0.0
        return alike, n_fields[0] if n_fields else 0

    return max(DELIMITERS, key=score)


def decoded(path: Path) -> tuple[str, list[str]]:
    """Returns a file's text, unpacked where it is packed, and what was done to read it."""
    try:
        content = path.read_bytes()
        if path.suffix.lower() == ".gz":
            import gzip

            content = gzip.decompress(content)
    except (OSError, EOFError) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding, "replace"), []
    if content.startswith(b"PK\x03\x04"):
        raise DataError(f"{path} must be a text file. Received: an Excel or zip file. Save it as CSV first.")
    if b"\0" in content:
        raise DataError(
            f"{path} must be a text file. Received: binary content (it has zero bytes). "
            "If it is text, save it as UTF-8."
        )
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        if sum(byte in CONTROL for byte in content[:PROBE_BYTES]) > MOST_CONTROL * len(content[:PROBE_BYTES]):
            raise DataError(f"{path} must be a text file. Received: binary content ({error.reason}).") from error
        note = f"{path.name} is not UTF-8: read as Windows-1252 (Western European). Check accented letters."
        return content.decode("cp1252", "replace"), [note]


def _rows(lines: list[str], delimiter: str) -> tuple[list[list[str]], list[int], list[tuple[int, str]]]:
    """Splits lines into rows, with the line number of each; an open quote costs its own line only.

    A blank line is no row, but in a file of one column, where it is an empty cell, unless no row comes after it.
    """
    rows: list[list[str]] = []
    numbers: list[int] = []
    broken: list[tuple[int, str]] = []
    start, width = 0, 0
    while start < len(lines):
        reader = csv.reader(lines[start:] if start else lines, delimiter=delimiter)
        begun = 0  # lines of this reader that are done
        failed = ""
        try:
            for row in reader:
                own = lines[start + begun : start + reader.line_num]
                if len(own) > 1 and not _is_whole(own, delimiter, width):
                    failed = "opens a quote that does not close in its field"
                    break
                is_blank = len(row) < 2 and not "".join(own).strip()
                if rows or any(cell.strip() for cell in row) or len(row) > 1:  # the header, or below it
                    rows.append([] if is_blank else row)
                    numbers.append(start + begun + 1)
                    width = width or len(row)
                begun = reader.line_num
        except csv.Error as error:
            failed = f"cannot be split into fields: {error}"
        if not failed:
            break
        broken.append((start + begun + 1, failed))
        if len(broken) > MOST_BROKEN:
            raise DataError(
                f"More than {MOST_BROKEN:,} lines are broken, the first: line {broken[0][0]} {broken[0][1]}."
            )
        start += begun + 1
    kept = _without_blank(rows)
    return [rows[i] or [""] for i in kept], [numbers[i] for i in kept], broken


def _without_blank(rows: list[list[str]]) -> list[int]:
    """Positions of the rows without blank lines: empty lists, which a single column has for cells but at its end."""
    filled = [i for i, row in enumerate(rows) if row]
    is_column = bool(filled) and len(rows[0]) == 1 and any(len(rows[i]) == 1 for i in filled[1:])
    return list(range(filled[-1] + 1)) if is_column else filled


def _is_whole(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether lines that a quote holds together make one row of the right width, with the quote closed."""
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return not width or len(rows[0]) == width


def _header(names: list[str], rows: list[list[str]]) -> tuple[list[str], list[list[str]], list[str]]:
    """Mends the two ways in which a header is commonly one name short, and names the nameless."""
    notes = []
    if rows and all(len(row) == len(names) + 1 for row in rows):
        if all(not row[-1].strip() for row in rows):
            rows = [row[:-1] for row in rows]  # a delimiter at the end of every line
        else:
            names = ["", *names]  # row names, as R writes them
    nameless = [i + 1 for i, name in enumerate(names) if not name]
    if nameless:
        names = [name or f"column {i + 1}" for i, name in enumerate(names)]
        notes.append(f"Columns without a name were called {', '.join(f'column {i}' for i in nameless)}.")
    return names, rows, notes


def _without_row_numbers(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Drops a nameless first column that only counts the rows, as pandas and R write it."""
    name = "column 1"
    if frame.columns[0] != name or not len(frame) or len(frame.columns) < 2:
        return frame, []
    cells = frame[name].tolist()
    for first in ("0", "1"):
        if cells == [str(int(first) + i) for i in range(len(cells))]:
            return frame.drop(columns=[name]), ["The nameless first column only counts the rows: not an input."]
    return frame, []
