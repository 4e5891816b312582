"""The account of semantics 3, told three ways for every message; whoever disagrees is named.

What the receipts say (``messages.copies_accepted``), what there is (``copies``), and what the events tell
happened must be one story. Where retention has dropped the events, the other two must still agree. Read in
portions, each from one snapshot, so memory and transactions stay small however much there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import orjson
from sqlalchemy import Connection, exists, func, select

from bus.claimcheck import ClaimCheck
from bus.journal.schema import bodies, copies, events, messages
from bus.journal.states import OPEN, State
from bus.journal.store import Store

#: A portion ends at so many messages, or where their copies would be more than this.
MESSAGES, COPIES = 500, 5000
#: Leases and due times write no event, so these are one and the same to the events.
_UNTOLD = frozenset({State.QUEUED, State.SENDING, State.WAITING})
#: Copies in these may still be sent: their bodies must be there.
_NEEDED = frozenset({*OPEN, State.DEAD})
_BIRTHS = frozenset({"message.accepted", "message.extended"})


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not fit. ``code`` says what is compared, ``text`` the two sides."""

    code: str
    message: str
    copy: str
    text: str


@dataclass(frozen=True, slots=True)
class Portion:
    """What was looked at, and what does not fit. ``after``: where the next begins; None at the end."""

    after: int | None
    messages: int
    #: Primary copies by state.
    states: Mapping[str, int]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class _Copy:
    id: str
    message: str
    kind: str
    born: str
    state: str
    body: str


@dataclass(slots=True)
class _Story:
    """All that is known of one message."""

    id: str
    accepted: int
    #: Whether its events were dropped when its time had passed.
    purged: bool
    copies: list[_Copy] = field(default_factory=list)
    #: Copies the events say were made, and the state they last told of each.
    born: int = 0
    told: dict[str, str] = field(default_factory=dict)

    @property
    def primaries(self) -> list[_Copy]:
        return [copy for copy in self.copies if copy.kind == "primary"]


class Verifier:
    """Reads one journal and its bodies; changes nothing."""

    def __init__(self, store: Store, claims: ClaimCheck) -> None:
        self._store = store
        self._claims = claims

    def portions(self) -> Iterator[Portion]:
        """The whole journal."""
        after: int | None = 0
        while after is not None:
            portion = self.portion(after)
            after = portion.after
            yield portion

    def portion(self, after: int) -> Portion:
        """The messages that follow a sequence number; the last portion also looks for copies of no message."""
        with self._store.snapshot() as connection:
            stories, last = _stories(connection, after)
            found = [difference for story in stories for difference in _differences(story)]
            found += self._bodies(connection, [copy for story in stories for copy in story.copies])
            if last is None:
                found += _orphans(connection)
        states = Counter(copy.state for story in stories for copy in story.primaries)
        return Portion(last, len(stories), states, tuple(found))

    def _bodies(self, connection: Connection, claimed: Sequence[_Copy]) -> Iterator[Difference]:
        """Each body once: a row, and the bytes beside it or in the store, as many as it says."""
        by_body = {copy.body: copy for copy in sorted(claimed, key=lambda copy: copy.state in _NEEDED)}
        columns = (bodies.c.sha256, bodies.c.size, bodies.c.kept, func.length(bodies.c.data))
        query = select(*columns).where(bodies.c.sha256.in_(sorted(by_body)))
        rows = {row.sha256: row for row in connection.execute(query)}
        for sha256, copy in by_body.items():
            if text := self._amiss(copy, rows.get(sha256)):
                yield Difference("body.missing", copy.message, copy.id, f"body {sha256}: {text}")

    def _amiss(self, copy: _Copy, row: Any) -> str:
        """What is wrong with the body of a copy; empty where nothing is."""
        if row is None:
            return "no record of it"
        sha256, size, kept, inline = row
        if not kept:
            return f"given up, but the copy is {copy.state}" if copy.state in _NEEDED else ""
        actual = inline if inline is not None else self._file_size(sha256)
        return "" if actual == size else f"{size} bytes recorded, {'none' if actual is None else actual} there"

    def _file_size(self, sha256: str) -> int | None:
        try:
            return self._claims.path(sha256).stat().st_size
        except FileNotFoundError:
            return None


def _stories(connection: Connection, after: int) -> tuple[list[_Story], int | None]:
    """The next messages with their copies and events, and where they end (None: nothing follows)."""
    columns = (messages.c.seq, messages.c.id, messages.c.copies_accepted, (messages.c.view == "").label("purged"))
    query = select(*columns).where(messages.c.seq > after)
    rows = connection.execute(query.order_by(messages.c.seq).limit(MESSAGES)).all()
    sums = accumulate(row.copies_accepted for row in rows)
    taken = rows[: max(1, sum(total <= COPIES for total in sums))]
    stories = {row.id: _Story(row.id, row.copies_accepted, bool(row.purged)) for row in taken}
    _add_copies(connection, stories)
    _add_events(connection, stories)
    at_end = len(taken) == len(rows) and len(rows) < MESSAGES
    return list(stories.values()), None if at_end else taken[-1].seq


def _add_copies(connection: Connection, stories: Mapping[str, _Story]) -> None:
    mine = copies.c
    columns = (mine.id, mine.message, mine.kind, mine.born, mine.state, mine.body)
    for row in connection.execute(select(*columns).where(mine.message.in_(sorted(stories)))):
        stories[row.message].copies.append(_Copy(*row))


def _add_events(connection: Connection, stories: Mapping[str, _Story]) -> None:
    mine = events.c
    columns = (mine.message, mine.copy, mine.what, mine.state, mine.detail)
    query = select(*columns).where(mine.message.in_(sorted(stories))).order_by(mine.seq)
    for row in connection.execute(query):
        _tell(stories[row.message], row)


def _tell(story: _Story, row: Any) -> None:
    if row.what in _BIRTHS:
        story.born += int(orjson.loads(row.detail or "{}").get("copies", 0))
    elif row.copy and row.state:
        story.told[row.copy] = row.state


def _differences(story: _Story) -> Iterator[Difference]:
    there = len(story.primaries)
    if there != story.accepted:
        yield Difference("account.copies", story.id, "", f"{story.accepted} accepted, {there} copies there")
    if story.born != story.accepted and not story.purged:
        yield Difference("account.births", story.id, "", f"{story.accepted} accepted, the events tell of {story.born}")
    for copy in story.copies:
        told = story.told.pop(copy.id, copy.state if story.purged else copy.born)
        if _class(told) != _class(copy.state):
            text = f"the copy is {copy.state}, the events tell {told}"
            yield Difference("account.moves", story.id, copy.id, text)
    for lost in story.told:
        yield Difference("account.lost", story.id, lost, "the events tell of a copy that is not there")


def _class(state: str) -> str:
    return "open" if state in _UNTOLD else state


def _orphans(connection: Connection, at_most: int = 100) -> Iterator[Difference]:
    query = (
        select(copies.c.id, copies.c.message)
        .where(~exists().where(messages.c.id == copies.c.message))
        .order_by(copies.c.seq)
        .limit(at_most)
    )
    for row in connection.execute(query):
        yield Difference("account.orphan", row.message, row.id, "a copy of a message that is not there")


def total(portions: Iterable[Portion]) -> Portion:
    """Portions summed up."""
    count, states, found = 0, Counter[str](), list[Difference]()
    for portion in portions:
        count += portion.messages
        states.update(portion.states)
        found += portion.differences
    return Portion(None, count, states, tuple(found))
