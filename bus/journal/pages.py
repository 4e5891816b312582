"""Lists of copies, newest first, in a time that does not grow with what is stored.

Numbers of copies that may be meant come from whatever has them soonest: their names, their state where few are in it, the
index by words, or the table from its end. They come in portions and are then held against all that is asked, so that a
list stops as soon as it is long enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from heapq import nlargest

from sqlalchemy import Connection

from bus.journal import by_words, lookup, schema, tokens
from bus.journal.by_words import few
from bus.journal.pick import Filter, Listed, from_row, listed
from bus.journal.states import ASIDE, REASONED, UNDELIVERED, State

_C = schema.copies.c

#: So many copies in the states that are asked for are looked at one by one; fewer, where the index by words tells of each
#: whether it is among them.
_FEW, _FEWER = 5000, 500
#: Copies that are not in the index yet and are looked at for words all the same.
_UNREAD = 2000
_PORTION, _LARGEST, _GROWTH = 64, 4096, 4

#: The highest numbers between two others (both left out), at the most so many.
Source = Callable[[int, int, int], Sequence[int]]


def matching(connection: Connection, which: Filter) -> Iterator[Listed]:
    """Every copy that a filter means, newest first, as far as they are asked for."""
    low, high = lookup.between(connection, which.since, which.until)
    high = high if which.after is None else min(high, which.after)
    states = _few(which)
    if which.named:
        yield from _from(connection, which, partial(lookup.by_name, connection, which), low, high)
    elif which.group:
        yield from _from(connection, which, partial(lookup.by_group, connection, which), low, high)
    elif states and not (which.asked() and lookup.many(connection, states, _FEWER if few(which) else _FEW)):
        yield from _from(connection, which, partial(lookup.by_state, connection, which, states), low, high)
    elif which.asked():
        yield from _by_words(connection, which, low, high)
    else:
        yield from _from(connection, which, partial(lookup.from_the_end, connection, which), low, high)


def _few(which: Filter) -> Sequence[State]:
    """The states that are asked for, where indexes hold the copies in them."""
    states = tuple(map(State, which.states)) or _meant(which)
    return () if State.DELIVERED in states else states


def _meant(which: Filter) -> Sequence[State]:
    """The states that are asked for without being named: who asks how something failed does not mean what arrived."""
    if which.reason:
        return REASONED
    return UNDELIVERED if which.code or which.attempts or which.unchanged_since is not None else ()


def _by_words(connection: Connection, which: Filter, low: int, high: int) -> Iterator[Listed]:
    """What is not in the index yet stands at the end; then by the index."""
    last = by_words.last_read(connection)
    unread = max(low, last, lookup.last(connection) - _UNREAD if which.words() else 0)
    yield from _from(connection, which, partial(lookup.from_the_end, connection, which), unread, high)
    source: Source
    asked, among = by_words.spelled_out(connection, which.asked()), few(which)
    source = partial(by_words.by_words, connection, asked, among)
    live = [state for state in _few(which) if among and state not in ASIDE]
    if live:
        source = _both(source, partial(lookup.by_state, connection, which, live))
    yield from _from(connection, which, source, low, min(high, last + 1), read=not live)


def _both(one: Source, other: Source) -> Source:
    """What comes of either."""
    return lambda low, high, limit: nlargest(limit, (*one(low, high, limit), *other(low, high, limit)))


def _from(
    connection: Connection, which: Filter, source: Source, low: int, high: int, *, read: bool = False
) -> Iterator[Listed]:
    """Portion by portion; ``read``: the source has looked at the words."""
    words = () if read else which.words()
    for numbers in _portions(source, low, high):
        for row in _held(connection, which, numbers):
            if not words or tokens.holds(row.found(), words):
                yield row


def _portions(source: Source, low: int, high: int) -> Iterator[Sequence[int]]:
    """Ever larger ones: the first is soon had, and where few of many are meant there are not too many."""
    size = _PORTION
    while numbers := source(low, high, size):
        yield numbers
        if len(numbers) < size:
            return
        high, size = numbers[-1], min(size * _GROWTH, _LARGEST)


def _held(connection: Connection, which: Filter, numbers: Sequence[int]) -> list[Listed]:
    """Of the copies of these numbers, those for which all else is so."""
    query = listed().with_hint(schema.copies, "NOT INDEXED", "sqlite").where(_C.seq.in_(numbers), *which.conditions())
    return sorted(map(from_row, connection.execute(query)), key=lambda row: -row.seq)
