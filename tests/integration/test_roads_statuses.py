"""The roads of a status, end to end: back to whom the document came from, once, by the way it came."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.http.rehearsal.orders import Mode, Order
from adapters.rest.sandbox_partner import Mode as Push
from adapters.rest.sandbox_partner import Order as PushOrder
from adapters.vxp.sandbox_orders import Habits
from tests.buses import ask, until
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.messages import edoc, read, status
from tests.roads import BO, CUC, OWN_CODE, ROUTES, Y_TE, Office, Road, road, sha256

#: As they come in life: not in order, and some of them twice.
CODES = ("03", "01", "05", "01", "02", "06", "04", "06", "03")
NO_THEN_YES = ("16", "15")
ONCE = tuple(dict.fromkeys(CODES))
NAME = "VB-1"
TELLING = ROUTES.replace("to: axis}", "to: axis, tell_sender: status_02}").replace(
    "to: push}", "to: push, tell_sender: status_02}"
)


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Road]:
    with road(tmp_path) as way:
        yield way
        way.balanced()


#: By the rules a status for the ministry would be pushed to an agency that has nothing to do with it.
ASTRAY = ROUTES.replace(
    "routes:", f'routes:\n  - {{name: astray, when: {{type: status, recipient: "{BO}"}}, to: push}}', 1
)


def about(sender: str, owner: str, code: str) -> bytes:
    """A status of ``sender`` about the document ``NAME`` of ``owner``."""
    return status(sender, owner, NAME, code)


def gone(way: Road) -> None:
    """Nothing is on its way any more."""
    until(lambda: not set(way.states()) & {"queued", "sending", "waiting"})


def came_down(way: Road, *recipients: str) -> bytes:
    """A document of the ministry, taken by these agencies."""
    body = edoc(BO, recipients, NAME)
    way.far.send(body, *recipients)
    way.poll()
    gone(way)
    return body


@pytest.mark.parametrize("who", ["mailbox", "pushed"])
def test_statuses_go_back_up(way: Road, who: str) -> None:
    """From an agency that fetches, and from one that is pushed to, by both doors: the far side has each once, in order."""
    partner = TAI_CHINH if who == "mailbox" else Y_TE
    office = way.tai_chinh if who == "mailbox" else way.y_te
    came_down(way, partner.agency)
    for code in CODES:
        office.send(about(partner.agency, BO, code))
    gone(way)

    assert way.far.take("status") == [about(partner.agency, BO, code) for code in ONCE]
    assert {went.times for went in way.went("status")} == {1}


def test_a_status_said_at_two_doors_is_one(way: Road) -> None:
    """The same status by another protocol is the same status."""
    came_down(way, TAI_CHINH.agency)
    body = about(TAI_CHINH.agency, BO, "01")
    first = way.tai_chinh.send(body)

    assert way.tai_chinh.vxp.send(body, type_="status").id == first
    gone(way)
    assert way.far.take("status") == [body]


def test_statuses_come_down_to_the_sender(way: Road) -> None:
    """What two far agencies say of one document, some of it twice under other ids: its sender has each once."""
    way.axis.form(Habits(duplicates=True))
    way.noi_vu.send(edoc(NOI_VU.agency, (BO, CUC), NAME))
    gone(way)
    for code in CODES:
        way.far.send(about(BO, NOI_VU.agency, code), NOI_VU.agency)
        way.far.send(about(CUC, NOI_VU.agency, code), NOI_VU.agency, sender=CUC)
    way.poll()

    assert way.noi_vu.take("status") == [about(who, NOI_VU.agency, code) for code in ONCE for who in (BO, CUC)]
    assert {went.state for went in way.went("status")} == {"done"}


def test_statuses_come_down_to_a_pushed_sender(way: Road) -> None:
    """Its document went in by its door; its statuses are pushed to it."""
    way.y_te.send(edoc(Y_TE.agency, (BO,), NAME))
    gone(way)
    body = about(BO, Y_TE.agency, "03")
    way.far.send(body, Y_TE.agency)
    way.poll()
    gone(way)

    assert way.pushed() == [(Y_TE.agency, sha256(body), 1)]


def test_statuses_inside_stay_inside(way: Road) -> None:
    """Between agencies of the province, one of which is pushed to: the axis hears nothing."""
    way.noi_vu.send(edoc(NOI_VU.agency, (TAI_CHINH.agency, Y_TE.agency), NAME))
    gone(way)
    said = [
        (way.tai_chinh, TAI_CHINH.agency, "01"),
        (way.y_te, Y_TE.agency, "03"),
        (way.tai_chinh, TAI_CHINH.agency, "06"),
    ]
    for office, agency, code in said:
        office.send(about(agency, NOI_VU.agency, code))

    assert way.noi_vu.take("status") == [about(agency, NOI_VU.agency, code) for _, agency, code in said]
    assert way.went("status") == []


def test_a_status_goes_the_way_its_document_came(tmp_path: Path) -> None:
    """Whatever the rules say of the document's sender now."""
    with road(tmp_path, ASTRAY) as way:
        came_down(way, TAI_CHINH.agency)
        body = about(TAI_CHINH.agency, BO, "01")
        way.tai_chinh.send(body)
        gone(way)

        assert way.far.take("status") == [body]
        assert way.pushed() == []


def test_a_stranger_says_nothing_of_a_document(way: Road) -> None:
    """Neither its sender nor one of its receivers: refused at a door; from the axis it reaches nobody."""
    way.noi_vu.send(edoc(NOI_VU.agency, (BO,), NAME))
    gone(way)

    assert way.tai_chinh.api.send(about(TAI_CHINH.agency, NOI_VU.agency, "01")).code == "not_your_document"
    assert way.tai_chinh.vxp.send(about(TAI_CHINH.agency, NOI_VU.agency, "01"), type_="status").code != ""
    way.far.send(about(CUC, NOI_VU.agency, "01"), NOI_VU.agency, sender=CUC)
    way.poll()
    assert way.noi_vu.take("status") == []
    (dead,) = ask(way.daemon.parts(), "messages", which={"states": ["dead"]})["copies"]
    assert (dead["sender"], dead["reason"]) == (CUC, "not_your_document")


def test_an_agency_answers_a_13_by_the_mailbox(way: Road) -> None:
    """Only the one receiver it speaks to gets it; its no and then its yes come back to the sender."""
    way.noi_vu.send(edoc(NOI_VU.agency, (TAI_CHINH.agency, BO), NAME))
    gone(way)
    way.tai_chinh.take()
    back = about(NOI_VU.agency, TAI_CHINH.agency, "13")
    message = way.noi_vu.send(back)

    assert way.noi_vu.states(message) == {TAI_CHINH.agency: ("offered", "")}
    assert way.tai_chinh.take("status") == [back]
    answers = [about(TAI_CHINH.agency, NOI_VU.agency, code) for code in NO_THEN_YES]
    for answer in answers:
        way.tai_chinh.send(answer)
    assert way.noi_vu.take("status") == answers
    assert way.went("status") == []


def test_a_far_agency_answers_a_13_by_the_axis(way: Road) -> None:
    """Up, and back down; who else had the document on the axis hears nothing."""
    way.noi_vu.send(edoc(NOI_VU.agency, (BO, CUC), NAME))
    gone(way)
    back = about(NOI_VU.agency, BO, "13")
    message = way.noi_vu.send(back)
    gone(way)

    assert way.noi_vu.states(message) == {BO: ("delivered", "")}
    assert [went.recipient for went in way.went("status")] == [BO]
    assert way.far.take("status") == [back]
    answers = [about(BO, NOI_VU.agency, code) for code in NO_THEN_YES]
    for answer in answers:
        way.far.send(answer, NOI_VU.agency)
    way.poll()
    assert way.noi_vu.take("status") == answers


def test_a_13_from_a_far_agency_is_answered_up(way: Road) -> None:
    """It comes down to the agency it speaks to, and the answer goes up to the ministry."""
    came_down(way, TAI_CHINH.agency, Y_TE.agency)
    way.tai_chinh.take()
    back = about(BO, TAI_CHINH.agency, "13")
    way.far.send(back, TAI_CHINH.agency)
    way.poll()

    assert way.tai_chinh.take("status") == [back]
    assert len(way.pushed()) == 1
    answers = [about(TAI_CHINH.agency, BO, code) for code in NO_THEN_YES]
    for answer in answers:
        way.tai_chinh.send(answer)
    gone(way)
    assert way.far.take("status") == answers


def test_a_13_takes_back_what_its_receiver_has_not(way: Road) -> None:
    """What waits for that receiver is cancelled and it hears nothing; what waits for others waits on."""
    way.axis.order(Order(mode=Mode.BUSY))
    way.town.order(Y_TE.name, PushOrder(mode=Push.BUSY))
    message = way.noi_vu.send(edoc(NOI_VU.agency, (TAI_CHINH.agency, Y_TE.agency, BO), NAME))
    until(lambda: way.states() == {"offered": 1, "waiting": 2})
    spared = {
        who: way.noi_vu.states(way.noi_vu.send(about(NOI_VU.agency, who, "13")))
        for who in (Y_TE.agency, TAI_CHINH.agency)
    }

    assert spared == {who: {who: ("cancelled", "nothing_to_recall")} for who in spared}
    assert way.noi_vu.states(message) == {
        TAI_CHINH.agency: ("cancelled", "recalled"),
        Y_TE.agency: ("cancelled", "recalled"),
        BO: ("waiting", "retry_after"),
    }


def test_a_sender_is_told_what_failed_on_the_axis(tmp_path: Path) -> None:
    """A status 02 from the bus's own code, never in the recipient's name; who has the document is not in it."""
    with road(tmp_path, TELLING, agency_code=OWN_CODE) as way:
        way.axis.order(Order(mode=Mode.REFUSE, call="sendEdoc", times=1))
        way.noi_vu.send(edoc(NOI_VU.agency, (TAI_CHINH.agency, BO), NAME))
        (told,) = _told(way.noi_vu)

    assert (told.kind, told.sender, told.respond_to, told.document_id) == ("02", OWN_CODE, NOI_VU.agency, NAME)
    assert BO in str(told.view["description"])
    assert TAI_CHINH.agency not in str(told.view["description"])


def _told(office: Office):
    """The statuses in an agency's mailbox, once there are any."""
    until(lambda: bool(office.vxp.listed("status")))
    return [read(body) for body in office.take("status")]


def test_a_far_sender_is_told_what_failed_inside(tmp_path: Path) -> None:
    """Its document came down by the axis and a pushed agency refused it: the 02 goes up by the axis."""
    with road(tmp_path, TELLING, agency_code=OWN_CODE) as way:
        way.town.order(Y_TE.name, PushOrder(mode=Push.REFUSE))
        came_down(way, Y_TE.agency)
        until(lambda: bool(way.went("status")))
        (told,) = map(read, way.far.take("status"))

    assert (told.kind, told.sender, told.respond_to) == ("02", OWN_CODE, BO)
    assert Y_TE.agency in str(told.view["description"])
