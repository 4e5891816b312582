"""The verbs of the index by words, which people's lists are answered from. It follows the events (semantics 8).

What is new is worked off by one cursor, in the order of the events; what was there before the index, by another, newest
first. Both work in portions, and a portion that is worked off twice leaves what it left the first time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, text

from bus.journal import schema, tokens
from bus.journal.cursor import move_cursors
from bus.journal.sql import Among
from bus.journal.tokens import Found
from bus.journal.tx import Tx

#: Events, and older copies, that one call works off at the most: what is worth a call, and what keeps nobody waiting.
PORTION, OLDER = 250, 100
#: Copies whose numbers differ in the last bits only are one block: of a block it is known when its copies were accepted.
BLOCK_BITS = 12
#: The same for the blocks by which PostgreSQL looks for words, newest first.
WORDS_BITS = 16

#: The names of the cursors: the events, and the highest copy of those from before the index that is not in it yet.
NEW, OLD = "search", "search.old"
#: What makes a copy, or gives it another way.
_MAKES = frozenset({"message.accepted", "message.extended", "copy.resent", "copy.replayed", "copy.redirected"})
#: Pages of the index that SQLite merges with each portion: a little each time instead of much now and then. PostgreSQL
#: sorts what a portion added in by the end of it: for a group of rows that is a quarter of the work, and nothing is put off.
_MERGED = 16

_C, _M, _E, _P = schema.copies.c, schema.messages.c, schema.events.c, schema.cursors.c
_S, _T, _V = schema.search.c, schema.search_times.c, schema.search_vocabulary.c

_POSITIONS = select(_P.name, _P.position).where(Among(_P.name, "names"))
_PLACES = select(_P.name, _P.position).where(_P.name.in_([NEW, OLD]))
_MINE = _POSITIONS.with_for_update(skip_locked=True)
_STILL = _POSITIONS.with_for_update()
_EVENTS = select(_E.seq, _E.message, _E.what).where(_E.seq > bindparam("after")).order_by(_E.seq).limit(PORTION)
_FOUND = select(_C.seq, _C.accepted_at, _M.sender, _M.type, _M.subject, _M.view, _C.recipient, _C.endpoint).join(
    schema.messages, _M.id == _C.message
)
_OF_MESSAGES = _FOUND.where(Among(_C.message, "messages"))
_WORDS = select(_S.seq, _S.words).where(Among(_S.seq, "numbers"))
_TIMES = select(_T.block, _T.first_at, _T.last_at).where(Among(_T.block, "numbers"))
_OLDER = _FOUND.where(_C.seq <= bindparam("upto")).order_by(_C.seq.desc()).limit(bindparam("older"))
_SORT_IN = text("SELECT gin_clean_pending_list('search_words')")
_MERGE = text("INSERT INTO search_words (search_words, rank) VALUES ('merge', :pages)")
_LAST_EVENT = select(func.coalesce(func.max(_E.seq), 0))
_LAST_COPY = select(func.coalesce(func.max(_C.seq), 0))


@dataclass(frozen=True, slots=True)
class Grown:
    """What a portion worked off."""

    events: int = 0
    older: int = 0


@dataclass(frozen=True, slots=True)
class Behind:
    """What is not in the index yet: events that were not looked at, and about so many copies from before there was one."""

    events: int = 0
    older: int = 0

    def __bool__(self) -> bool:
        return bool(self.events or self.older)


def behind(connection: Connection) -> Behind:
    """How far the index is behind."""
    positions = dict(map(tuple, connection.execute(_PLACES)))
    last = connection.execute(_LAST_EVENT).scalar_one()
    if not positions:
        return Behind(last, connection.execute(_LAST_COPY).scalar_one())
    return Behind(max(0, last - positions[NEW]), positions[OLD])


def grow(tx: Tx, requests: Sequence[int]) -> list[Grown | Exception]:
    """Work off the next portion of the events, and, where that was the last, so many of the older copies. Nothing, where
    another process is at it.
    """
    return [_grow(tx, older) for older in requests]


def hold_still(tx: Tx) -> None:
    """Nothing is added to the index by any process until this transaction ends."""
    tx.ask(_STILL, names=[NEW, OLD])


def forget(tx: Tx, messages: Sequence[str]) -> None:
    """The copies of these messages that are in the index are found by what is left of them now."""
    copies = _found(tx.ask(_OF_MESSAGES, messages=list(messages)))
    known = _known(tx, copies)
    _write(tx, [copy for copy in copies if copy.seq in known], known)


def _grow(tx: Tx, older: int) -> Grown:
    positions = {name: position for name, position in tx.ask(_MINE, names=[NEW, OLD])}  # noqa: C416
    if positions.keys() != {NEW, OLD}:  # there are none yet, or another process is at work
        _begin(tx)
        return Grown()
    events = _follow(tx, positions[NEW])
    return Grown(events, _go_back(tx, positions[OLD], older) if events < PORTION else 0)


def _begin(tx: Tx) -> None:
    """Where there is no index yet. In this order: what comes between the two questions is worked off as an event."""
    new = tx.connection.execute(_LAST_EVENT).scalar_one()
    old = tx.connection.execute(_LAST_COPY).scalar_one()
    rows = [{"name": NEW, "position": new}, {"name": OLD, "position": old}]
    tx.insert(schema.cursors, rows, ignore=True)


def _follow(tx: Tx, after: int) -> int:
    """How many events there were."""
    events = tx.ask(_EVENTS, after=after)
    if events:
        messages = sorted({message for _, message, what in events if what in _MAKES})
        _put(tx, _found(tx.ask(_OF_MESSAGES, messages=messages)) if messages else [])
        move_cursors(tx, [(NEW, events[-1][0])])
    return len(events)


def _go_back(tx: Tx, upto: int, older: int) -> int:
    """How many copies there were."""
    copies = _found(tx.ask(_OLDER, upto=upto, older=older)) if upto else []
    _put(tx, copies)
    if upto:
        move_cursors(tx, [(OLD, copies[-1].seq - 1 if len(copies) == older else 0)])
    return len(copies)


def _found(rows: Iterable[Sequence[Any]]) -> list[Found]:
    return [Found._make(row) for row in rows]


def _put(tx: Tx, copies: Sequence[Found]) -> None:
    if copies:
        _write(tx, copies, _known(tx, copies))
        _put_times(tx, copies)


def _known(tx: Tx, copies: Sequence[Found]) -> dict[int, str]:
    """What the index has of these copies, by number."""
    rows = tx.ask(_WORDS, numbers=[copy.seq for copy in copies])
    return {seq: words.replace("'", "") for seq, words in rows}  # PostgreSQL puts its lexemes in quotes


def _write(tx: Tx, copies: Iterable[Found], known: Mapping[int, str]) -> None:
    """Put these copies into the index in the place of what it has of them. In their order: SQLite writes a group out at each
    step back.
    """
    words = {copy.seq: _words(tx, copy) for copy in sorted(copies)}
    tx.keep(schema.search, "seq", "words", words)
    _count(tx, " ".join(words.values()), " ".join(known.values()))
    if tx.on_postgres:
        tx.connection.execute(_SORT_IN)
    else:
        tx.connection.execute(_MERGE, {"pages": _MERGED})


def _count(tx: Tx, come: str, gone: str) -> None:
    """How many copies have each word; one that none has any more is forgotten."""
    count = Counter(come.split())
    count.subtract(gone.split())
    changed = {word: number for word, number in sorted(count.items()) if number and tokens.is_word(word)}
    tx.tally(schema.search_vocabulary, "word", "copies", changed)
    fewer = [word for word, number in changed.items() if number < 0]
    if fewer:
        tx.connection.execute(delete(schema.search_vocabulary).where(_V.word.in_(fewer), _V.copies <= 0))


def _words(tx: Tx, copy: Found) -> str:
    told = tokens.of_copy(copy)
    return f"{told} {tokens.block(copy.seq >> WORDS_BITS)}" if tx.on_postgres else told


def _put_times(tx: Tx, copies: Iterable[Found]) -> None:
    """When the copies of each block were accepted, as far as they are known."""
    times: dict[int, list[int]] = defaultdict(list)
    for copy in copies:
        times[copy.seq >> BLOCK_BITS].append(copy.accepted_at)
    for block, *known in tx.ask(_TIMES, numbers=sorted(times)):
        times[block] += known
    rows = [{"block": block, "first_at": min(at), "last_at": max(at)} for block, at in sorted(times.items())]
    tx.put(schema.search_times, "block", rows)
