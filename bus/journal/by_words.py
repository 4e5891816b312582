"""Numbers of copies by the index of words, highest first; of those in which few are asked for, only they are come by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Text, bindparam, func, select, text

from bus.journal import schema, tokens
from bus.journal.index import WORDS_BITS
from bus.journal.pick import Filter
from bus.journal.states import ASIDE, REASONED, State
from bus.journal.tokens import Asked

_S, _V = schema.search.c, schema.search_vocabulary.c

#: Words with the same beginning that are looked for, and a letter that comes after those of every word.
_ENDINGS, _LAST_LETTER = 256, "\U0010ffff"
#: Blocks of the index on PostgreSQL that are looked through at once.
_BLOCKS = 8
_LAST_READ = select(func.coalesce(func.max(_S.seq), 0))
_IN_SQLITE = (
    "SELECT rowid FROM search_words WHERE search_words MATCH :asked AND rowid > :low AND rowid < :high{} "
    "ORDER BY rowid DESC LIMIT :limit"
)
_IN_POSTGRES = (
    "SELECT seq FROM search WHERE words @@ CAST(:asked AS tsquery) AND seq > :low AND seq < :high{} "
    "ORDER BY seq DESC LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class Few:
    """What went aside, in these states or for this reason: indexes hold it, and tell of a number whether it is among it."""

    states: tuple[State, ...]
    reason: str = ""

    def among(self, number: str, *, hinted: bool) -> str:
        """That a copy of this number is one of them, in words of SQL; no row of a table is read for it."""
        hint = f" INDEXED BY {'copies_reasons' if self.reason else 'copies_aside'}" if hinted else ""
        for_reason = " AND copies.reason = :reason" if self.reason else ""
        return (
            f" AND EXISTS (SELECT 1 FROM copies{hint} WHERE copies.seq = {number} "  # noqa: S608
            f"AND copies.state IN ({_spelled(ASIDE)}) AND copies.state IN ({_spelled(self.states)}){for_reason})"
        )


def few(which: Filter) -> Few | None:
    """What went aside, where nothing else is asked for; what waits for a reason is not among it."""
    states = tuple(map(State, which.states)) or (REASONED if which.reason else ())
    aside = tuple(state for state in states if state in ASIDE)
    return Few(aside, which.reason) if aside and (which.reason or len(aside) == len(states)) else None


def last_read(connection: Connection) -> int:
    """The highest number of a copy that is in the index by words."""
    return int(connection.execute(_LAST_READ).scalar_one())


def spelled_out(connection: Connection, asked: Asked) -> Asked:
    """With the words that there are in the place of a beginning: the commonest, where there are very many."""
    return tuple(
        tuple(dict.fromkeys(word for one in group for word in _spelled_out(connection, one))) for group in asked
    )


def by_words(connection: Connection, asked: Asked, among: Few | None, low: int, high: int, limit: int) -> Sequence[int]:
    """The highest numbers between two others (both left out), at the most so many, of what has all that is asked."""
    if connection.dialect.name == "sqlite":
        return _asked(connection, asked, among, low, high, limit)
    return list(islice(_through_blocks(connection, asked, among, low, high, limit), limit))


def _spelled(states: Iterable[State]) -> str:
    return ", ".join(f"'{state}'" for state in states)


def _spelled_out(connection: Connection, one: str) -> Iterable[str]:
    if not one.endswith(tokens.ANY):
        return (one,)
    begun = one.removesuffix(tokens.ANY)
    query = select(_V.word).where(_V.word > begun, _V.word < begun + _LAST_LETTER)
    return connection.execute(query.order_by(_V.copies.desc(), _V.word).limit(_ENDINGS)).scalars().all()


def _through_blocks(
    connection: Connection, asked: Asked, among: Few | None, low: int, high: int, limit: int
) -> Iterator[int]:
    """PostgreSQL puts together all it finds before it sorts that: newest blocks first, a few at once."""
    block, lowest, width = min(high - 1, last_read(connection)) >> WORDS_BITS, low >> WORDS_BITS, 1
    while block >= lowest:
        blocks = tuple(tokens.block(number) for number in range(block, max(block - width, lowest - 1), -1))
        yield from _asked(connection, (*asked, blocks), among, low, high, limit)
        block, width = block - width, min(width * 2, _BLOCKS)


def _asked(connection: Connection, asked: Asked, among: Few | None, low: int, high: int, limit: int) -> Sequence[int]:
    on_sqlite = connection.dialect.name == "sqlite"
    quote, and_, or_ = ('"', " AND ", " OR ") if on_sqlite else ("'", " & ", " | ")
    said = and_.join(f"({or_.join(f'{quote}{token}{quote}' for token in group)})" for group in asked)
    given: dict[str, Any] = {"asked": said, "low": low, "high": high, "limit": limit}
    if among and among.reason:
        given["reason"] = among.reason
    return connection.execute(_in_sqlite(among) if on_sqlite else _in_postgres(among), given).scalars().all()


def _in_sqlite(among: Few | None) -> Any:
    return text(_IN_SQLITE.format(among.among("search_words.rowid", hinted=True) if among else ""))


def _in_postgres(among: Few | None) -> Any:
    """The words stand in the text of the question: PostgreSQL chooses another way for rare ones than for common ones."""
    question = text(_IN_POSTGRES.format(among.among("search.seq", hinted=False) if among else ""))
    return question.bindparams(bindparam("asked", type_=Text, literal_execute=True))
