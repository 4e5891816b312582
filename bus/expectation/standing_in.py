"""The versions of a report, by who sent them: the unit that owes it, or who took its place. Pure.

Each counts its own versions, so what one sends never stands in for a version of the other: a report is there while somebody's latest
version was not returned, as for the report that is made of it (:mod:`bus.aggregator.standing`).
"""

from __future__ import annotations

import orjson

from bus.journal.expecting import Expectation

#: The latest version, and the latest that was returned; 0: none.
Numbers = tuple[int, int]
_NONE: Numbers = (0, 0)


def versions_of(row: Expectation, stand_in: str) -> Numbers:
    """The versions of who sent in its unit's place; of the unit itself, where that is nobody."""
    return _stand_ins(row).get(stand_in, _NONE) if stand_in else (row.version, row.returned)


def with_versions(row: Expectation, stand_in: str, numbers: Numbers) -> Expectation:
    """The row with these versions of one of them."""
    version, returned = numbers
    if not stand_in:
        return row._replace(version=version, returned=returned)
    every = dict(sorted({**_stand_ins(row), stand_in: numbers}.items()))
    return row._replace(stand_ins=orjson.dumps(every).decode())


def is_there(row: Expectation) -> bool:
    """Whether anybody's latest version was not returned."""
    return any(version > returned for version, returned in _all(row))


def newest(row: Expectation) -> Numbers:
    """What people are told of them: those of who sent last in its place, or its unit's own where nobody did."""
    return max(_stand_ins(row).values(), default=(row.version, row.returned))


def was_returned(row: Expectation) -> bool:
    """Whether any version was, so that its deadline is one of its own."""
    return any(returned for _, returned in _all(row))


def happenings(row: Expectation) -> int:
    """A number that grows with each version and each return, whoever sent it."""
    return sum(version + returned for version, returned in _all(row))


def _all(row: Expectation) -> list[Numbers]:
    return [(row.version, row.returned), *_stand_ins(row).values()]


def _stand_ins(row: Expectation) -> dict[str, Numbers]:
    found: dict[str, list[int]] = orjson.loads(row.stand_ins) if row.stand_ins else {}
    return {unit: (version, returned) for unit, (version, returned) in found.items()}
