"""CSV in and out: UTF-8, divided by ``;``, ``,`` or tabs as its first line says. Every cell is text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from schemas.sheets.cells import Bounds, FileInvalid


def rows(data: bytes, bounds: Bounds) -> Iterator[Sequence[str]]:
    """Every row as its cells. Raises FileInvalid."""
    text = _decoded(data)
    first = text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(first), strict=True)
    try:
        for number, line in enumerate(lines, 1):
            bounds.check(number, len(line))
            yield line
    except csv.Error as error:
        raise FileInvalid(f"this is no CSV file: {error}", "đây không phải tệp CSV hợp lệ") from None


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise FileInvalid(
            f"row {row}: this is not UTF-8; save it as CSV UTF-8",
            f"dòng {row}: không phải UTF-8; hãy lưu dạng CSV UTF-8",
        ) from None
    if "\0" in text:
        raise FileInvalid("this is neither a CSV file nor an XLSX file", "đây không phải tệp CSV hay XLSX")
    return text


def _delimiter(heading: str) -> str:
    return max(";,\t", key=heading.count)


def written(lines: Iterable[Sequence[str]]) -> bytes:
    """The rows as CSV that any program for tables opens."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=";", lineterminator="\r\n").writerows(lines)
    return file.getvalue().encode("utf-8-sig")
