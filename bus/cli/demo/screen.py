"""What is seen of a running demo: a live table on a terminal, else a line whenever something changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from bus.cli import words
from bus.cli.endpoints import condition


class Screen(Protocol):
    """Somewhere to show how the bus is."""

    def show(self, status: Mapping[str, Any]) -> None:
        """Show it; ``status`` is that of ``bus.control``."""
        ...


@contextmanager
def opened(notes: Sequence[str]) -> Iterator[Screen]:
    """A screen with some lines above; the first of them begins with ``ready``."""
    console = Console(highlight=False, soft_wrap=True)
    for note in notes:
        console.print(Text(note))
    if not console.is_terminal:
        yield _Lines(console)
        return
    with Live(console=Console(highlight=False), auto_refresh=False) as live:
        yield _Table(live)


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._last = ""

    def show(self, status: Mapping[str, Any]) -> None:
        line = counts(status)
        if line != self._last:
            self._last = line
            self._console.print(Text(line))


class _Table:
    def __init__(self, live: Live) -> None:
        self._live = live

    def show(self, status: Mapping[str, Any]) -> None:
        table = Table("endpoint", "waiting", "oldest", "delivered", "dead", "condition", box=None, pad_edge=False)
        for one in status["endpoints"]:
            states = one["states"]
            cells = (one["endpoint"], one["waiting"], words.age(one["oldest_at"]))
            ends = (states.get("delivered", 0), states.get("dead", 0), condition(one))
            table.add_row(*(Text(str(cell)) for cell in (*cells, *ends)))
        self._live.update(Group(Text(counts(status), style="bold"), table), refresh=True)


def counts(status: Mapping[str, Any]) -> str:
    """The account in one line."""
    told = " + ".join(f"{number} {words.state(name)}" for name, number in sorted(status["states"].items()))
    return f"accepted · đã nhận {status['accepted']} = {told or '0'}"
