"""An agency's statement: what is counted, what is listed, and cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bus.alerts.statement import Statement, bounds, day_before
from bus.classes import CLASSES
from bus.clock import MICROS, iso
from bus.journal.statements import Line

NOW = 1_790_000_000 * MICROS
DAY = date(2026, 9, 21)


def line(state: str = "delivered", reason: str = "", document: str = "d1", recipient: str = "r") -> Line:
    return Line(document, "15/QĐ-UBND", "edoc", "new", recipient, state, reason, NOW, NOW)


def rows(statement: Statement) -> list[list[str]]:
    """The CSV as a spreadsheet reads it, without its heading."""
    text = statement.csv()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))[1:]


def test_counts_come_first_then_what_has_not_arrived() -> None:
    """By state and reason; what arrived is counted and not listed."""
    told = Statement(
        "A", DAY, (line(), line("delivered", "ok"), line("dead", "schema", "d2"), line("waiting", "connect"))
    )

    assert told.counts == {("dead", "schema"): 1, ("delivered", ""): 2, ("waiting", "connect"): 1}
    assert [row[2:6] for row in rows(told)] == [
        ["dead", "schema", "1", ""],
        ["delivered", "", "2", ""],
        ["waiting", "connect", "1", ""],
        ["dead", "schema", "1", "d2"],
        ["waiting", "connect", "1", "d1"],
    ]
    assert rows(told)[3][-3:] == ["r", "21:13 21/09/2026", "21:13 21/09/2026"]
    assert "A đã gửi đến 4 nơi nhận" in told.text()
    assert "A sent to 4 recipients" in told.text()
    assert f"không giao được ({CLASSES['schema'].what_vi}): 1" in told.text()
    assert f"dead ({CLASSES['schema'].what}): 1" in told.text()


@given(st.text(max_size=40), st.sampled_from(["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=x", ""]))
def test_no_cell_is_a_formula(text: str, start: str) -> None:
    """Whatever a sender wrote into its id; and it stays in its cell."""
    told = rows(Statement("A", DAY, (line("dead", document=start + text),)))

    assert [len(row) for row in told] == [11, 11]
    assert not told[1][5].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert all(character.isprintable() for character in told[1][5])


def test_a_day_is_vietnams() -> None:
    """From midnight to midnight there."""
    begins, ends = bounds(date(2026, 11, 22))

    assert (iso(begins), iso(ends)) == ("2026-11-21T17:00:00.000+00:00", "2026-11-22T17:00:00.000+00:00")
    assert day_before(ends) == date(2026, 11, 22)
    assert day_before(ends - 1) == date(2026, 11, 21)
