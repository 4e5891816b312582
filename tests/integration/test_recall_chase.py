"""A recall chases one document to everybody who may have it, and to nobody else; its sender sees what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from adapters.http.rehearsal.orders import Mode, Order
from adapters.rest.sandbox_partner import Mode as Push
from adapters.rest.sandbox_partner import Order as PushOrder
from tests.buses import until
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.messages import edoc
from tests.roads import BO, ENDPOINTS, PEOPLE, RULES, Office, Road, road, sha256

#: Pushed to, each by an endpoint of its own and each with another lot; the last one looks into its mailbox never.
TAKES, BUSY, LOSES, IDLE = "000.00.20.H62", "000.00.21.H62", "000.00.22.H62", "000.00.23.H62"
PUSHES = {"takes": TAKES, "busy": BUSY, "loses": LOSES}
EVERYBODY = (TAI_CHINH.agency, IDLE, *PUSHES.values(), BO)
ROUTES = "".join(
    [
        PEOPLE,
        f'  so-xay-dung: {{agencies: ["{TAKES}", "{BUSY}", "{LOSES}", "{IDLE}"]}}\n',
        ENDPOINTS,
        *(f'  {name}: {{kind: rest, url: "$town/{name}/edoc", idempotency: ask_first}}\n' for name in PUSHES),
        "routes:\n",
        *(f'  - {{name: {name}, when: {{recipient: "{code}"}}, to: {name}}}\n' for name, code in PUSHES.items()),
        RULES.lstrip("\n"),
    ]
)
#: Seconds after which a partner was asked about a doubt.
ASKED = 121

Seen = Mapping[str, tuple[str, str]]

RECALLED, SPARED = ("cancelled", "recalled"), ("cancelled", "nothing_to_recall")
DONE, LIES_THERE, GIVEN_UP = ("delivered", ""), ("offered", ""), ("cancelled", "recalled_unknown")
#: The lots of a document, and what becomes of it and of its recall.
ENDS = {
    "delivered": (DONE, DONE),
    "waiting": (RECALLED, SPARED),
    "fetched": (LIES_THERE, LIES_THERE),
    "never fetched": (RECALLED, SPARED),
    "in doubt: there": (DONE, DONE),
    "in doubt: not there": (RECALLED, SPARED),
    "in doubt: nobody knows": (GIVEN_UP, DONE),
}
#: How partners meet the document for these lots, and the question about it.
PUSH_MEETS = {
    "in doubt: there": Push.DROP_AFTER_READING,
    "in doubt: not there": Push.DROP_BEFORE_READING,
    "in doubt: nobody knows": Push.DROP_AFTER_READING,
}
AXIS_MEETS = {
    "delivered": Mode.OK,
    "waiting": Mode.BUSY,
    "in doubt: there": Mode.LOST,
    "in doubt: not there": Mode.DOWN,
    "in doubt: nobody knows": Mode.LOST,
}
NOBODY_KNOWS = "in doubt: nobody knows"
#: States as the axis's protocol shows them to the sender: sendStatus and receiveStatus.
ROWS = {"delivered": ("done", "done"), "offered": ("done", "initial"), "cancelled": ("fail", "fail")}


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Road]:
    with road(tmp_path, ROUTES) as way:
        yield way


def lots(doubt: str, on_the_axis: str) -> dict[str, str]:
    """Who has which lot."""
    own = {TAI_CHINH.agency: "fetched", IDLE: "never fetched", TAKES: "delivered", BUSY: "waiting", LOSES: doubt}
    return {**own, BO: on_the_axis}


def sent_to_everybody(way: Road, doubt: str, on_the_axis: str) -> str:
    """A document that meets all of these lots; its id."""
    way.town.order("busy", PushOrder(mode=Push.BUSY))
    way.town.order("loses", PushOrder(mode=PUSH_MEETS[doubt]))
    way.axis.order(Order(mode=AXIS_MEETS[on_the_axis]))
    message = way.noi_vu.send(edoc(NOI_VU.agency, EVERYBODY, "VB-1"))
    until(lambda: not {state for state, _ in way.noi_vu.states(message).values()} & {"queued", "sending"})
    (item,) = way.tai_chinh.vxp.listed()
    way.tai_chinh.vxp.fetch(item.doc_id)
    return message


def answer(way: Road, doubt: str, on_the_axis: str) -> None:
    """Partners say what they have, if they know; and time passes until they are asked."""
    way.town.order("loses", PushOrder(mode=Push.ASK_UNKNOWN if doubt == NOBODY_KNOWS else Push.OK))
    mute = Order(mode=Mode.REFUSE, call="getSentEdocList", code="400")
    way.axis.order(mute if on_the_axis == NOBODY_KNOWS else Order())
    way.clock.move(ASKED)


def sees(way: Road, sender: Office, message: str, wanted: Seen) -> None:
    """The sender sees this at its doors, and ``bus trace`` tells the same."""
    assert dict(sender.states(message)) == wanted
    assert sender.rows(message) == {code: ROWS[state] for code, (state, _) in wanted.items()}
    assert {code: (copy["state"], copy["reason"]) for code, copy in way.trace(message).items()} == wanted


def came(way: Road, body: bytes) -> dict[str, int]:
    """How often which recipient got these bytes."""
    pushed = [one for name in PUSHES for one in way.pushed(name)]
    gone_up = [(went.recipient, went.sha256, went.times) for went in way.went()]
    return {recipient: times for recipient, digest, times in (*pushed, *gone_up) if digest == sha256(body)}


@pytest.mark.parametrize(
    ("doubt", "on_the_axis"),
    [
        ("in doubt: there", "delivered"),
        ("in doubt: not there", "waiting"),
        ("in doubt: nobody knows", "in doubt: there"),
        ("in doubt: there", "in doubt: not there"),
        ("in doubt: not there", "in doubt: nobody knows"),
    ],
)
def test_a_recall_chases_a_document(way: Road, doubt: str, on_the_axis: str) -> None:
    """Who has it gets the recall; who has not gets nothing; of whom nobody knows is asked first, and gets it if he
    may have the document. The sender sees each, by both doors.
    """
    lot = lots(doubt, on_the_axis)
    message = sent_to_everybody(way, doubt, on_the_axis)
    body = edoc(NOI_VU.agency, EVERYBODY, "VB-1", "recall")
    recall = way.noi_vu.send(body)
    answer(way, doubt, on_the_axis)

    ends = {code: ENDS[name] for code, name in lot.items()}
    until(lambda: dict(way.noi_vu.states(recall)) == {code: end for code, (_, end) in ends.items()})
    sees(way, way.noi_vu, message, {code: end for code, (end, _) in ends.items()})
    sees(way, way.noi_vu, recall, {code: end for code, (_, end) in ends.items()})
    got = {code: 1 for code, (_, end) in ends.items() if end == DONE}
    assert came(way, body) == got
    assert [item.recipient for item in way.tai_chinh.vxp.listed()] == [TAI_CHINH.agency] * 2
    way.balanced()


def test_until_its_answer_a_doubt_keeps_the_recall(way: Road) -> None:
    """The recall waits for one answer and for nothing else: those who have the document got it already."""
    message = sent_to_everybody(way, "in doubt: there", "in doubt: there")
    recall = way.noi_vu.send(edoc(NOI_VU.agency, EVERYBODY, "VB-1", "recall"))

    until(lambda: way.noi_vu.states(recall)[TAKES] == DONE)
    assert {code: way.noi_vu.states(message)[code][0] for code in (LOSES, BO)} == {LOSES: "in_doubt", BO: "in_doubt"}
    waits = way.trace(recall)
    assert {code: waits[code]["state"] for code in (LOSES, BO)} == {LOSES: "queued", BO: "queued"}
    assert [one["state"] for one in waits[BO]["behind"]] == ["in_doubt"]
