"""A journal in a test's hands: intakes made of real messages, short words for the verbs, and the account."""

from __future__ import annotations

import hashlib
import json
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bus.classes import CLASSES
from bus.clock import MICROS, HandClock
from bus.journal import Journal, schema
from bus.journal.browse import Browse
from bus.journal.copy import Copy
from bus.journal.fingerprint import parsed
from bus.journal.intake import Intake
from bus.journal.lease import LeaseRequest
from bus.journal.migrate import upgrade
from bus.journal.operate import Done, Order
from bus.journal.placement import Placement
from bus.journal.settle import Settlement
from bus.journal.states import State
from bus.journal.store import Store
from bus.journal.straight import Lease
from bus.journal.take import Ack, Fetch
from bus.journal.tidy import Doubt, Sweep
from bus.message import Claim, Inbound, Receipt, ReturnAddress
from tests.messages import RECIPIENT, SENDER, edoc, read

#: How long anything may take before the test gives up; nothing waits this long when all is well, but a shared disk may write
#: out for half a minute what others left to it.
PATIENCE = 100.0
MINUTE = 60 * MICROS
DAY = 86_400 * MICROS
#: The term of a lease.
TERM = 5 * MINUTE
AXIS, MAILBOX = "axis", "mailbox"


def opened(url: str, clock: HandClock | None = None) -> Journal:
    """A started journal on up-to-date tables; the caller closes it."""
    store = Store(url)
    upgrade(store)
    return started(store, clock)


def in_file(path: Path, clock: HandClock | None = None) -> Journal:
    """A started journal in a new SQLite file; the caller closes it."""
    path.write_bytes(empty_journal())
    return started(Store(f"sqlite:///{path}"), clock)


def started(store: Store, clock: HandClock | None = None) -> Journal:
    """A journal on tables that are there, started; the caller closes it."""
    journal = Journal(store, clock or HandClock())
    journal.start()
    return journal


@lru_cache(maxsize=1)
def empty_journal() -> bytes:
    """A journal's file with its tables and nothing in them: made once, for migrations take their time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        store = Store(f"sqlite:///{path}")
        upgrade(store)
        store.close()
        return path.read_bytes()


def hand(journal: Journal) -> HandClock:
    """The journal's clock, to be moved."""
    assert isinstance(journal.clock, HandClock)
    return journal.clock


def to(recipient: str = RECIPIENT, endpoint: str = AXIS, **more: Any) -> Placement:
    """A recipient's way out."""
    return Placement(recipient, endpoint, **{"rule": "outside", **more})


def offered(recipient: str = RECIPIENT) -> Placement:
    """A recipient's place in the mailbox."""
    return Placement(recipient, MAILBOX, "inside", mailbox=True)


def intake(body: bytes | None = None, *places: Placement, taps: Sequence[Placement] = (), **more: Any) -> Intake:
    """A message that was read and routed. ``more``: fields of :class:`Inbound`."""
    content = read(body if body is not None else edoc())
    data = body if body is not None else edoc()
    inbound = Inbound(
        ReturnAddress("api", "so-noi-vu"),
        content,
        Claim(hashlib.sha256(data).hexdigest(), len(data), data),
        tuple(place.recipient for place in places),
        **more,
    )
    responds_to = (content.respond_to,) if content.respond_to else ()
    return Intake(inbound, (content.sender,), responds_to, places or (to(),), tuple(taps), "v1")


def accept(journal: Journal, body: bytes | None = None, *places: Placement, **more: Any) -> Receipt:
    """Have a message accepted."""
    return journal.accept(intake(body, *places, **more)).result(PATIENCE)


def only(journal: Journal, receipt: Receipt) -> Copy:
    """The one copy of a message, as it is now."""
    (copy,) = journal.reads.copies(receipt.message_id)
    return copy


def state(journal: Journal, receipt: Receipt) -> str:
    """The state of the one copy of a message."""
    return only(journal, receipt).state


def reached(journal: Journal, receipt: Receipt) -> dict[str, tuple[str, str]]:
    """State and reason of every copy of a message, by recipient."""
    return {copy.recipient: (copy.state, copy.reason) for copy in journal.reads.copies(receipt.message_id)}


def lease(journal: Journal, receipt: Receipt, *, of: int = 0) -> Lease | None:
    """Lease the delivery of a message's first copy, or that of copy number ``of``."""
    copy = journal.reads.copies(receipt.message_id)[of]
    return journal.lease(LeaseRequest(copy.delivery, TERM)).result(PATIENCE)


def taken(journal: Journal, receipt: Receipt, *, of: int = 0) -> Lease:
    """A lease that must be had."""
    got = lease(journal, receipt, of=of)
    assert got is not None
    return got


def outlive(journal: Journal, held: Lease, but: float = 0) -> None:
    """Move the clock to the end of a lease, ``but`` so many seconds."""
    hand(journal).move((held.until - journal.clock.now()) / MICROS - but)


def settle(journal: Journal, held: Lease, to_state: State, **more: Any) -> list[bool]:
    """Settle all copies of a lease alike."""
    told = [Settlement(copy.id, held.id, to_state, outcome="told", **more) for copy in held.copies]
    return [future.result(PATIENCE) for future in [journal.settle(one) for one in told]]


def send(journal: Journal, receipt: Receipt, to_state: State = State.DELIVERED, **more: Any) -> None:
    """Lease and settle."""
    assert all(settle(journal, taken(journal, receipt), to_state, **more))


def in_doubt(journal: Journal, receipt: Receipt, until: int | None = None) -> None:
    """Have the outcome of a message's call unknown."""
    send(journal, receipt, State.IN_DOUBT, until=until, reason="timeout_after_send")


def order(journal: Journal, verb: str, receipt: Receipt, state: str = "") -> Done:
    """An operator's order about the first copy of a message."""
    ids = (journal.reads.copies(receipt.message_id)[0].id,)
    return journal.operate(verb, Order(ids, "an", state=state)).result(PATIENCE)[0]


def sweep(contract: Doubt = Doubt.OPERATOR, **more: Any) -> Sweep:
    """What the sweeper knows, with one contract for all."""
    return Sweep(contract=lambda _copy: contract, **more)


def tidy(journal: Journal, verb: str, known: Sweep | None = None) -> int:
    """One sweep."""
    return journal.tidy(verb, known or sweep()).result(PATIENCE)


def fetch(journal: Journal, copy: Copy, agency: str = RECIPIENT) -> Copy:
    """A partner fetches its copy."""
    return journal.fetch(Fetch(copy.id, frozenset({agency}), "so-tc")).result(PATIENCE)


def ack(journal: Journal, copy: Copy, agency: str = RECIPIENT, *, done: bool = True, reason: str = "") -> Copy:
    """A partner acknowledges its copy."""
    return journal.ack(Ack(copy.id, frozenset({agency}), "so-tc", done, reason)).result(PATIENCE)


def recall(target: str | None = None, sender: str = SENDER, recipients: Sequence[str] = (RECIPIENT,)) -> bytes:
    """A recall of a document of this sender."""
    return edoc(sender, recipients, kind="recall", target=target)


def due(journal: Journal, endpoint: str = AXIS, limit: int = 100) -> list[str]:
    """Messages with something to be taken in hand at an endpoint, in lease order."""
    urgent_first = journal.reads.due(endpoint, journal.clock.now(), limit).in_turn(0)
    table = schema.copies.c
    with journal.store.reading() as connection:
        rows = connection.execute(select(table.delivery, table.message).where(table.delivery.in_(urgent_first))).all()
    messages = {row.delivery: row.message for row in rows}
    return [messages[delivery] for delivery in urgent_first]


@contextmanager
def one_batch(journal: Journal) -> Iterator[None]:
    """Whatever is asked inside is written in one batch when the block ends."""
    began, go = threading.Event(), threading.Event()

    def stand(_tx: object, requests: Sequence[object]) -> list[None]:
        began.set()
        assert go.wait(PATIENCE)
        return [None] * len(requests)

    standing = journal.committer.submit(stand, None, 0)
    assert began.wait(PATIENCE)
    try:
        yield
    finally:
        go.set()
        standing.result(PATIENCE)


@dataclass
class _Account:
    accepted: int
    states: Counter[str] = field(default_factory=Counter)
    born: int = 0


def balanced(journal: Journal) -> None:
    """The account of semantics 3: receipts, copies and events tell one story of every message."""
    with journal.store.reading() as connection:
        messages = connection.execute(select(schema.messages.c.id, schema.messages.c.copies_accepted)).all()
        copies = connection.execute(select(schema.copies)).mappings().all()
        events = connection.execute(select(schema.events).order_by(schema.events.c.seq)).mappings().all()
    accounts = {row.id: _Account(row.copies_accepted) for row in messages}
    for copy in copies:
        if copy["kind"] == "primary":
            accounts[copy["message"]].states[copy["state"]] += 1
    last_told = {event["copy"]: event["state"] for event in events if event["copy"]}
    for event in events:
        if event["what"] in ("message.accepted", "message.extended"):
            accounts[event["message"]].born += _copies_told(event["detail"])
    for id_, account in accounts.items():
        assert account.accepted == sum(account.states.values()) == account.born, (id_, account)
    for copy in copies:
        _last_word_stands(copy, last_told.get(copy["id"]))
        _has_its_group(copy)
    _one_at_a_time(copies)
    primaries = Counter((copy["endpoint"], copy["state"]) for copy in copies if copy["kind"] == "primary")
    assert Browse(journal.store).counts() == primaries


def _copies_told(detail: str) -> int:
    return int(json.loads(detail)["copies"])


def _last_word_stands(copy: Any, told: str | None) -> None:
    """Moves to sending and back to queued when due are not told; all others are."""
    if copy["state"] in ("queued", "sending", "waiting"):
        assert told in (None, "queued", "waiting", "sending", "in_doubt"), copy
    elif copy["state"] != copy["born"] or told:
        assert told == copy["state"], copy


def _has_its_group(copy: Any) -> None:
    """What waits, is in doubt or dead fell into a group, of a class that has words. What tests settle without a reason has
    none; what an operator holds, or lets wait again, is in the group that it was in.
    """
    if copy["state"] in ("in_doubt", "dead"):
        group = parsed(copy["failed_as"] or "")
        assert group, copy
        assert group.endpoint == copy["endpoint"], copy
        assert group.class_ in ("", *CLASSES), copy


def _one_at_a_time(copies: Sequence[Any]) -> None:
    """At most one copy of a lane is on the wire, and none that was recalled before it went."""
    sending: dict[str, list[str]] = defaultdict(list)
    for copy in copies:
        if copy["state"] == "sending" and copy["lane"]:
            sending[copy["lane"]].append(copy["id"])
    assert all(len(ids) == 1 for ids in sending.values()), sending
