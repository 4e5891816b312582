"""Recall, update and replace, end to end: each finds its document, and never one of another sender."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.http.rehearsal.orders import Mode, Order
from adapters.rest.sandbox_partner import Mode as Push
from adapters.rest.sandbox_partner import Order as PushOrder
from bus.journal.states import State
from tests.buses import ask, until
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.messages import edoc, status
from tests.roads import BO, Y_TE, Road, road, sha256

KINDS = ("recall", "update", "replace")
OPEN = {"queued", "sending", "waiting"}


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Road]:
    with road(tmp_path) as way:
        yield way
        way.balanced()


def quiet(way: Road, but: int = 0) -> None:
    """So many copies are on their way, and no call is under way."""
    until(lambda: sum(way.states().get(state, 0) for state in OPEN) == but and way.idle())


def told(way: Road, message: str) -> dict[str, Any]:
    """What is known of a message."""
    found: dict[str, Any] = ask(way.daemon.parts(), "trace", id=message)
    return found


def came_to(way: Road, bodies: Sequence[bytes], recipient: str) -> list[bytes]:
    """Which of these a recipient on the axis has, in the order they came."""
    by_digest = {sha256(body): body for body in bodies}
    here = [went.sha256 for went in way.went() if went.recipient == recipient]
    return [by_digest[digest] for digest in here if digest in by_digest]


def pushed(way: Road, bodies: Sequence[bytes]) -> list[bytes]:
    """The same for the agency that is pushed to."""
    by_digest = {sha256(body): body for body in bodies}
    return [by_digest[digest] for _, digest, _ in way.pushed() if digest in by_digest]


def changed(sender: str, to: Sequence[str], kind: str) -> tuple[bytes, bytes]:
    """A document, and a change of it; what replaces it has a name of its own."""
    target = f"VB-{kind}"
    name = "VB-new" if kind == "replace" else target
    return edoc(sender, to, target), edoc(sender, to, name, kind, target=target)


def test_changes_follow_their_documents_everywhere(way: Road) -> None:
    """To the mailbox, to a pushed agency and up to the axis; the bus knows which document each is about."""
    to = (TAI_CHINH.agency, Y_TE.agency, BO)
    for kind in KINDS:
        first, change = changed(NOI_VU.agency, to, kind)
        document = way.noi_vu.send(first)
        quiet(way)
        taken = way.tai_chinh.take()
        about = way.noi_vu.send(change)
        quiet(way)

        assert told(way, about)["about"] == document
        assert [*taken, *way.tai_chinh.take()] == [first, change]
        assert pushed(way, [first, change]) == [first, change]
        assert came_to(way, [first, change], BO) == [first, change]


def test_changes_from_the_axis_follow_their_documents(way: Road) -> None:
    """Down to those inside who have the document."""
    to = (TAI_CHINH.agency, Y_TE.agency)
    for kind in KINDS:
        both = changed(BO, to, kind)
        for body in both:
            way.far.send(body, *to)
            way.poll()
            quiet(way)
            assert way.tai_chinh.take() == [body]

        assert pushed(way, both) == list(both)


def test_no_change_touches_another_senders_document(way: Road) -> None:
    """Senders with one DocumentId: what one of them takes back or changes is its own, at a door and from the axis."""
    way.axis.order(Order(mode=Mode.BUSY))
    documents = [way.noi_vu.send(changed(NOI_VU.agency, (TAI_CHINH.agency, BO), kind)[0]) for kind in KINDS]
    until(lambda: way.states() == {"offered": 3, "waiting": 3})
    before = [way.noi_vu.states(document) for document in documents]
    way.axis.order(Order())

    for kind in KINDS:
        foreign = way.tai_chinh.send(changed(TAI_CHINH.agency, (Y_TE.agency,), kind)[1])
        way.far.send(changed(BO, (TAI_CHINH.agency,), kind)[1], TAI_CHINH.agency)
        assert (told(way, foreign)["about"], told(way, foreign)["uncorrelated"]) == (None, True)
    assert way.poll() == 3
    assert [way.noi_vu.states(document) for document in documents] == before
    assert [told(way, document)["recalled_by"] for document in documents] == [None] * 3


def test_a_13_touches_no_other_senders_document(way: Road) -> None:
    """An agency that is neither may not take a document back; its sender's copy stays what it was."""
    document = way.noi_vu.send(edoc(NOI_VU.agency, (TAI_CHINH.agency,), "VB-1"))

    said = way.y_te.api.send(status(Y_TE.agency, TAI_CHINH.agency, "VB-1", "13"))
    way.far.send(status(BO, TAI_CHINH.agency, "VB-1", "13"), TAI_CHINH.agency)
    way.poll()
    way.poll()
    assert said.code in ("", "not_your_document")
    assert way.noi_vu.states(document) == {TAI_CHINH.agency: ("offered", "")}
    assert told(way, document)["recalled_by"] is None


def refuse(way: Road, where: str, *, refusing: bool) -> None:
    """Have the axis or the pushed agency refuse everything, or take it."""
    way.axis.order(Order(mode=Mode.REFUSE if refusing and where == "axis" else Mode.OK))
    way.town.order(Y_TE.name, PushOrder(mode=Push.REFUSE if refusing and where == "push" else Push.OK))


@pytest.mark.parametrize("where", ["axis", "push"])
def test_changes_wait_behind_a_dead_original(way: Road, where: str) -> None:
    """Update and replace wait until it is replayed, and then arrive after it and in their order; a status passes."""
    who = BO if where == "axis" else Y_TE.agency
    first = edoc(NOI_VU.agency, (who,), "VB-1")
    changes = [
        edoc(NOI_VU.agency, (who,), "VB-1", "update"),
        edoc(NOI_VU.agency, (who,), "VB-2", "replace", target="VB-1"),
    ]
    refuse(way, where, refusing=True)
    document = way.noi_vu.send(first)
    until(lambda: way.states() == {"dead": 1})
    refuse(way, where, refusing=False)
    sent = [way.noi_vu.send(change) for change in changes]
    back = status(NOI_VU.agency, who, "VB-9", "01")
    way.noi_vu.send(back)
    until(lambda: way.states() == {"dead": 1, "queued": 2, "delivered": 1})
    assert [one["state"] for one in way.trace(sent[0])[who]["behind"]] == ["dead"]

    assert ask(way.daemon.parts(), "replay", which={"ids": [document]})["done"] == 1
    way.settles(delivered=4)
    got = came_to(way, [first, *changes], BO) if where == "axis" else pushed(way, [first, *changes])
    assert got == [first, *changes]


def test_a_recall_behind_a_dead_original_ends_both(way: Road) -> None:
    """There is nothing to take back, and no replay brings it to life."""
    way.axis.order(Order(mode=Mode.REFUSE))
    document = way.noi_vu.send(edoc(NOI_VU.agency, (BO,), "VB-1"))
    until(lambda: way.states() == {"dead": 1})
    way.axis.order(Order())
    recall = way.noi_vu.send(edoc(NOI_VU.agency, (BO,), "VB-1", "recall"))

    assert way.noi_vu.states(recall) == {BO: (State.CANCELLED, "nothing_to_recall")}
    assert ask(way.daemon.parts(), "replay", which={"ids": [document]})["done"] == 0
    assert way.noi_vu.states(document)[BO][0] == "dead"
    assert way.went() == []
