"""What a command writes: JSON and nothing else, or a page for people. Complaints go to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

#: Wide enough for ids when nobody looks.
_WIDTH = 200


def as_json(result: Any) -> None:
    """A result on standard output, one line."""
    sys.stdout.write(orjson.dumps(result, default=str).decode() + "\n")


def page() -> Console:
    """Where a page goes; plain and wide where it is no terminal."""
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDTH)


def say(text: str) -> None:
    """One line of a page."""
    page().print(Text(text))


def complain(text: str) -> None:
    """One line about what is wrong, or what to know."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(Text(text))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows under headings; nothing of a cell is taken for markup."""
    made = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        made.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    page().print(made)


def hint(told: dict[str, Any], begin: str = "") -> Iterator[str]:
    """What a class of failures means and what to do, in both languages."""
    margin = " " * len(begin)
    yield f"{begin}{told['class']} ({told['side']}, {told['policy']}): {told['what']}"
    yield f"{margin}→ {told['todo']}"
    yield f"{margin}{told['what_vi']}"
    yield f"{margin}→ {told['todo_vi']}"
