"""What is wrong with a report, in both languages: behind an answer, or in the detail of a fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from adapters.soap.door import answers
from bus.errors import Rejected
from schemas.report.problem import Problem

#: Of all that is wrong, so much is told.
_MOST = 500


def told(problems: Iterable[Problem]) -> Iterator[bytes]:
    """A record for each of the first of them."""
    return map(_row, islice(problems, _MOST))


def refusal(code: str, problems: Sequence[Problem]) -> Rejected:
    """A refusal that names them."""
    first = problems[0].text("vi") if problems else ""
    return Rejected(code, first, rows=b"".join(told(problems)).decode())


def _row(one: Problem) -> bytes:
    where = [("sheet", one.sheet), ("place", one.place), ("cell", one.cell)]
    words = [("what", one.text("en")), ("whatVi", one.text("vi"))]
    return answers.row("problem", [("rule", one.rule), ("verdict", one.verdict), *where, *words])
