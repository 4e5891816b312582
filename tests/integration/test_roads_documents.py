"""The roads of a document, end to end: down, up, inside, and where it must not go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.vxp.sandbox_orders import Habits
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.messages import edoc
from tests.roads import BO, CUC, Y_TE, Road, Went, road, sha256


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Road]:
    with road(tmp_path) as way:
        yield way
        way.balanced()


def handed_on(sender: str, body: bytes, *recipients: str, state: str = "initial") -> list[Went]:
    """The axis's copies of a document that was sent once."""
    return [Went(sender, recipient, sha256(body), 1, state) for recipient in recipients]


def calls_of(way: Road) -> Mapping[str, int]:
    """How often each call of the axis was made, by anybody."""
    calls: Any = way.axis.account()["calls"]
    return dict(calls)


def test_down_to_a_mailbox_and_to_a_pushed_agency(way: Road) -> None:
    """The axis hands out a copy for each: one event, each agency its own copy once, and the axis hears ``done``."""
    body = edoc(BO, (NOI_VU.agency, Y_TE.agency), "VB-1")
    way.far.send(body, NOI_VU.agency, Y_TE.agency)
    way.poll()

    way.settles(offered=1, delivered=1)
    assert way.noi_vu.take() == [body]
    assert way.pushed() == [(Y_TE.agency, sha256(body), 1)]
    assert way.went() == handed_on(BO, body, NOI_VU.agency, Y_TE.agency, state="done")
    assert way.poll() == 0
    way.settles(delivered=2)


def test_up_from_an_agency_to_the_axis(way: Road) -> None:
    """By either door, byte for byte, once; the sender sees it delivered at both."""
    bodies = [edoc(NOI_VU.agency, (BO,), name) for name in ("VB-1", "VB-2")]
    doors = (way.noi_vu.api, way.noi_vu.vxp)
    messages = [door.send(body).id for door, body in zip(doors, bodies, strict=True)]
    way.settles(delivered=2)

    assert sorted(way.far.take()) == sorted(bodies)
    assert [went.times for went in way.went()] == [1, 1]
    assert [way.noi_vu.states(message) for message in messages] == [{BO: ("delivered", "")}] * 2
    assert [way.noi_vu.rows(message) for message in messages] == [{BO: ("done", "done")}] * 2


def test_inside_without_leaving_the_province(way: Road) -> None:
    """Nothing is said to the axis about what concerns nobody outside."""
    body = edoc(NOI_VU.agency, (TAI_CHINH.agency, Y_TE.agency), "VB-1")
    way.noi_vu.send(body)
    way.settles(offered=1, delivered=1)

    assert way.tai_chinh.take() == [body]
    assert way.pushed() == [(Y_TE.agency, sha256(body), 1)]
    assert way.went() == []
    assert "sendEdoc" not in calls_of(way)


def test_inside_and_outside_at_once(way: Road) -> None:
    """From an agency that is pushed to, to both sides: one call for all on the axis, which are nobody's here."""
    body = edoc(Y_TE.agency, (TAI_CHINH.agency, BO, NOI_VU.agency, CUC), "VB-1")
    message = way.y_te.send(body)
    way.settles(offered=2, delivered=2)

    assert (way.tai_chinh.take(), way.noi_vu.take(), way.far.take()) == ([body], [body], [body, body])
    assert way.went() == handed_on(Y_TE.agency, body, BO, CUC, state="done")
    assert calls_of(way)["sendEdoc"] == 1
    everybody = (TAI_CHINH.agency, BO, NOI_VU.agency, CUC)
    assert way.y_te.states(message) == dict.fromkeys(everybody, ("delivered", ""))
    assert way.pushed() == []


def test_an_axis_that_ignores_whom_a_document_is_for(way: Road) -> None:
    """It hands a document back to agencies inside, with a hop of its own: who has it gets no second one."""
    way.axis.form(Habits(ignore_to=True, hops=True))
    body = edoc(NOI_VU.agency, (TAI_CHINH.agency, Y_TE.agency, BO), "VB-1")
    way.noi_vu.send(body)
    way.settles(offered=1, delivered=2)
    assert len(way.went()) == 3

    assert way.poll() == 0
    way.settles(offered=1, delivered=2)
    assert way.tai_chinh.take() == [body]
    assert way.pushed() == [(Y_TE.agency, sha256(body), 1)]
    assert {went.state for went in way.went() if went.recipient != BO} == {"done"}


def test_an_axis_that_echoes(way: Road) -> None:
    """It hands a sender's own document back, and again with a hop: nothing is sent up a second time."""
    way.axis.form(Habits(echo=True, hops=True, repeats=True))
    message = way.noi_vu.send(edoc(NOI_VU.agency, (BO,), "VB-1"))
    way.settles(delivered=1)
    for _ in range(3):
        way.poll()

    assert way.trace(message)[BO]["attempts"] == 1
    assert {went.times for went in way.went()} == {1}
    assert calls_of(way)["sendEdoc"] == 1


def test_what_came_from_the_axis_does_not_go_there_again(way: Road) -> None:
    """The axis hands us a document that is for others there too: it stays with the one it was handed out for."""
    body = edoc(BO, (NOI_VU.agency, CUC), "VB-1")
    way.far.send(body, NOI_VU.agency)
    way.poll()

    assert way.noi_vu.take() == [body]
    assert calls_of(way)["sendEdoc"] == 1
    way.settles(delivered=1)
