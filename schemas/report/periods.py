"""The periods reports are about: from which day to which their data run, under which code. Pure.

A data month ends on the basis's cut-off day, and everything else is a run of data months. So months tile the years without gap or
overlap, a quarter is its three months, and so on, whatever the basis. ``nd09`` is Decree 09/2019, article 12: a
month runs from the 15th of the month before to the 14th. What the law leaves open is said at its place.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

_DAY = timedelta(days=1)
_CODE = re.compile(r"(2[01]\d\d)-(M\d\d|[QSNAY]\d)", re.ASCII)
_MONTHS_A_YEAR = 12
#: Five-year plans end in years that five divides (2025, 2030).
_PLAN = 5


class Kind(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    NINE_MONTHS = "nine_months"
    YEAR = "year"
    FIVE_YEARS = "five_years"


#: The letter of a kind in codes, and how many months it has.
_LETTERS = MappingProxyType(
    {
        "M": (Kind.MONTH, 1),
        "Q": (Kind.QUARTER, 3),
        "S": (Kind.HALF, 6),
        "N": (Kind.NINE_MONTHS, 9),
        "A": (Kind.YEAR, 12),
        "Y": (Kind.FIVE_YEARS, 60),
    }
)
_MONTHS = MappingProxyType(dict(_LETTERS.values()))

#: What is written for the kinds there is one of in a year: nine months, the year, and five years that end with it.
_ONCE = MappingProxyType({"N9": Kind.NINE_MONTHS, "A1": Kind.YEAR, "Y5": Kind.FIVE_YEARS})


class PeriodUnknown(ValueError):
    """No period is called so; says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a data month ends: on ``cut_day`` of its month, or with the month where that is ``None``."""

    name: str
    cut_day: int | None = None

    def month_end(self, year: int, month: int) -> date:
        """The last day of a data month. ``month`` may lie outside 1 to 12 and counts on into other years."""
        years, month = divmod(month - 1, _MONTHS_A_YEAR)
        last = monthrange(year + years, month + 1)[1]
        return date(year + years, month + 1, min(self.cut_day or last, last))


ND09 = Basis("nd09", 14)
CALENDAR = Basis("calendar")


def custom(cut_day: int) -> Basis:
    """A basis of its own, such as one that cuts on day 25. Raises ``ValueError`` for a day not every month has."""
    if not 1 <= cut_day <= 28:
        raise ValueError("a cut-off day is one that every month has: 1 to 28")
    return Basis("custom", cut_day)


@dataclass(frozen=True, slots=True)
class Period:
    """One period. Both days are included; ``year`` is the reporting year, of five years the last."""

    code: str
    kind: Kind
    basis: Basis
    year: int
    #: The last month, 1 to 12, in the reporting year.
    last_month: int

    @property
    def data_from(self) -> date:
        """The first day of its data."""
        return self.basis.month_end(self.year, self.last_month - _MONTHS[self.kind]) + _DAY

    @property
    def data_to(self) -> date:
        """The last day of its data."""
        return self.basis.month_end(self.year, self.last_month)

    @property
    def tail(self) -> str:
        """The code without its year: ``M03``."""
        return self.code[5:]

    @property
    def number(self) -> int:
        """Which of its kind in the year, from 1."""
        return 1 if self.kind in _ONCE.values() else self.last_month // _MONTHS[self.kind]


def period(code: str, basis: Basis = ND09) -> Period:
    """The period of a code: ``2025-M01`` to ``M12``, ``Q1`` to ``Q4``, ``S1`` and ``S2`` (halves), ``N9``, ``A1`` (the year), ``Y5``. Raises PeriodUnknown."""
    found = _CODE.fullmatch(code)
    if found is None:
        raise PeriodUnknown(
            f"'{code}' is no period: write it like 2025-M01, 2025-Q1, 2025-S1, 2025-N9, 2025-A1, 2025-Y5"
        )
    year, tail = int(found[1]), found[2]
    kind, months = _LETTERS[tail[0]]
    number = 1 if tail in _ONCE else int(tail[1:])
    if tail not in tails(kind):
        raise PeriodUnknown(f"'{code}' is no period: of its kind there are {', '.join(tails(kind))} in a year")
    if kind is Kind.FIVE_YEARS and year % _PLAN:
        raise PeriodUnknown(f"'{code}' is no period: five years end in a year that five divides")
    return Period(code, kind, basis, year, min(months * number, _MONTHS_A_YEAR))


def tails(kind: Kind) -> tuple[str, ...]:
    """The codes of a kind without their year, in order."""
    once = tuple(tail for tail, one in _ONCE.items() if one is kind)
    letter = next(letter for letter, (one, _) in _LETTERS.items() if one is kind)
    width = 2 if kind is Kind.MONTH else 1
    return once or tuple(f"{letter}{number:0{width}}" for number in range(1, _MONTHS_A_YEAR // _MONTHS[kind] + 1))


def of_year(year: int, kind: Kind, basis: Basis = ND09) -> tuple[Period, ...]:
    """The periods of a kind in a reporting year, in order; of five years those that end with it, so mostly none."""
    if kind is Kind.FIVE_YEARS and year % _PLAN:
        return ()
    return tuple(period(f"{year}-{tail}", basis) for tail in tails(kind))


def parts(whole: Period, kind: Kind) -> tuple[Period, ...]:
    """The periods of a shorter kind that make it up, in order. Raises ``ValueError`` where they do not fit."""
    if _MONTHS[whole.kind] % _MONTHS[kind]:
        raise ValueError(f"{whole.code} is not made of whole periods of the kind {kind}")
    years = range(whole.year - max(1, _MONTHS[whole.kind] // _MONTHS_A_YEAR) + 1, whole.year + 1)
    inside = (one for year in years for one in of_year(year, kind, whole.basis))
    return tuple(one for one in inside if whole.data_from <= one.data_from and one.data_to <= whole.data_to)


def ending(start: date, end: date, owed: Iterable[str], basis: Basis = ND09) -> Iterator[Period]:
    """Every period of these tails (``M03``, ``Q1``) or letters (``M``: every month) whose data end from start to end, both included, by the day they end on."""
    wanted = frozenset(tail for word in owed for tail in spread(word))
    every = (one for year in range(start.year, end.year + 1) for kind in Kind for one in of_year(year, kind, basis))
    found = (one for one in every if one.tail in wanted and start <= one.data_to <= end)
    yield from sorted(found, key=lambda one: (one.data_to, -one.data_from.toordinal()))


def spread(word: str) -> tuple[str, ...]:
    """The tails a word of a regime means: a letter all of its kind, a tail itself. Raises PeriodUnknown."""
    if word in _LETTERS:
        return tails(_LETTERS[word][0])
    if not word or word[0] not in _LETTERS or word not in tails(_LETTERS[word[0]][0]):
        raise PeriodUnknown(
            f"'{word}' is no period of a year: write a letter (M, Q, S) or one such as M03, Q1, S2, N9, A1, Y5"
        )
    return (word,)
