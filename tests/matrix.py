"""Every way into the bus and every way out of it, in two tables that a new adapter joins by a line.

One bus has them all at once. A document goes in by one and comes out by another, and a status about it comes back. What
both sides can express arrives: every byte where they carry messages as they are, else the fields and files there are
places for on both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.lgsp.sandbox import Platform
from adapters.qlvb.sandbox import DocumentSystem
from bus.clock import HandClock
from bus.poller import Poller
from tests import desks, document_systems
from tests.adapters.lgsp_driver import LgspDriver
from tests.adapters.lgsp_partner import CLIENT, PlatformPartner, platform
from tests.adapters.played import playing
from tests.adapters.soap_driver import SOAP_11, SOAP_12, SoapDriver
from tests.buses import free_port, until
from tests.contracts.face import NOI_VU, TAI_CHINH, FaceDriver, Partner
from tests.daemons import with_doors, with_lgsp_doors
from tests.desks import FieldsDesk
from tests.forms import FORMS, Form, Kept, SoapForm, partners
from tests.roads import BO, ENDPOINTS, PEOPLE, RULES, Y_TE, Road, Wires, road
from tests.seen import Seen, all_as_they_are, differences, expected, only

#: Agencies behind a provincial platform, and behind a partner that speaks in fields of JSON.
PLATFORM, DESK = "000.00.31.H62", "000.00.33.H62"


@dataclass
class Junction(Road):
    """A road, with partners that take documents in forms of their own, and others to both sides of which it leads."""

    forms: Kept
    platform: Rehearsal[Platform]
    desk: Rehearsal[FieldsDesk]
    qlvb: Rehearsal[DocumentSystem]
    _pollers: dict[str, Poller] = field(default_factory=dict)

    def lgsp(self, partner: Partner) -> LgspDriver:
        """An agency of the province at the platform's door."""
        client: Any = Wires(self.daemon)
        return LgspDriver(client, partner)

    def soap(self, partner: Partner, version: str, *, beside: bool = False) -> SoapDriver:
        """An agency of the province with a SOAP client; ``beside``: of the kind that sends in parts."""
        client: Any = Wires(self.daemon)
        return SoapDriver(client, partner, version, beside=beside)

    def fetch(self, endpoint: str) -> None:
        """One round of polling, in which one message is accepted."""
        made = self.daemon.pollers.make
        poller = self._pollers.get(endpoint) or made(self.daemon.keeper.force.inlets[endpoint])
        self._pollers[endpoint] = poller
        assert poller.round() == 1

    def narrowed(self, seen: Seen, says: frozenset[str]) -> Seen:
        """What came, as far as both sides can express it. Of what came as it is the bus has the bytes."""
        if seen.sha256 and says:
            claim = self.daemon.home.claims.find(self.daemon.home.journal.reads.body(seen.sha256))
            assert claim
            with claim.open() as body:
                return expected(body.read(), says)
        return only(seen, says) if says else seen


@dataclass(frozen=True)
class WayIn:
    """How an agency's documents come in, and how it hears of them."""

    name: str
    agency: str
    #: Give a document to the bus, for one agency; its DocumentId, where the bus knows it by another than its own.
    put: Callable[[Junction, bytes, str], str | None]
    #: The statuses that came back since they were last looked for, or all so far.
    heard: Callable[[Junction], list[Seen]]
    #: The elements it has places for, of a document and of a status; none: everything, byte for byte.
    says: frozenset[str] = frozenset()
    hears: frozenset[str] = frozenset()
    #: It has no word for what one document does to another.
    only_new: bool = False


@dataclass(frozen=True)
class WayOut:
    """How an agency is given documents, and how it tells what became of them."""

    name: str
    agency: str
    #: The documents that came since they were last looked for, or all so far.
    came: Callable[[Junction], list[Seen]]
    tell: Callable[[Junction, bytes, str], object]
    #: The elements it has places for, of a document and of a status; none: everything, byte for byte.
    says: frozenset[str] = frozenset()
    tells: frozenset[str] = frozenset()
    #: It has no word for what one document does to another.
    only_new: bool = False


def _emptied(driver: FaceDriver, type_: str) -> list[Seen]:
    """Everything in a mailbox, fetched and acknowledged by that door."""
    bodies = []
    for item in driver.listed(type_):
        bodies.append(driver.fetch(item.doc_id).body)
        assert driver.ack(item.doc_id, "done").code == ""
    return all_as_they_are(bodies)


def _said(driver: FaceDriver, body: bytes, to: str, type_: str) -> None:
    assert driver.send(body, [to], type_).code == ""


def _sent_by_axis(way: Junction, body: bytes, to: str) -> None:
    way.far.send(body, to)
    assert way.poll() == 1


def _pushed(way: Junction) -> list[Seen]:
    return [Seen(sha256) for _, sha256, _ in way.pushed()]


def _from_platform(way: Junction, body: bytes, type_: str) -> None:
    way.platform.tell(lambda played: played.shelves.offer(body, type_))
    way.fetch("platform")


def _at_platform(way: Junction, type_: str) -> list[Seen]:
    return [Seen(one["sha256"]) for one in PlatformPartner(way.platform).taken() if one["type"] == type_]


def _from_desk(way: Junction, body: bytes, to: str, type_: str) -> None:
    way.desk.tell(lambda played: played.offer(body, type_, to))
    way.fetch("desk")


def _at_desk(way: Junction, type_: str) -> list[Seen]:
    return way.desk.tell(lambda played: list(played.came[type_]))


def _as_packet(way: Junction, body: bytes) -> str:
    id_ = document_systems.offer(way.qlvb, body)
    way.fetch("qlvb")
    return id_


def _as_answer(way: Junction, body: bytes) -> None:
    document_systems.answer(way.qlvb, body)
    way.fetch("qlvb")


def _form(form: Form) -> WayOut:
    """The partner that takes this form; what it tells comes by the plain door."""
    kind = "soap" if isinstance(form, SoapForm) else "http"
    return WayOut(f"{kind}, {form.partner.name}", form.partner.agency,
        came=lambda way: way.forms.seen(form),
        tell=lambda way, body, to: _said(way.office(form.partner).api, body, to, "status"),
        says=form.says)  # fmt: skip


WAYS_IN = (
    WayIn("api", NOI_VU.agency,
        put=lambda way, body, to: _said(way.noi_vu.api, body, to, "edoc"),
        heard=lambda way: _emptied(way.noi_vu.api, "status")),
    WayIn("vxp", NOI_VU.agency,
        put=lambda way, body, to: _said(way.noi_vu.vxp, body, to, "edoc"),
        heard=lambda way: _emptied(way.noi_vu.vxp, "status")),
    WayIn("lgsp", NOI_VU.agency,
        put=lambda way, body, to: _said(way.lgsp(NOI_VU), body, to, "edoc"),
        heard=lambda way: _emptied(way.lgsp(NOI_VU), "status")),
    WayIn("soap", NOI_VU.agency,
        put=lambda way, body, to: _said(way.soap(NOI_VU, SOAP_11), body, to, "edoc"),
        heard=lambda way: _emptied(way.soap(NOI_VU, SOAP_12), "status")),
    WayIn("soap in parts", NOI_VU.agency,
        put=lambda way, body, to: _said(way.soap(NOI_VU, SOAP_12, beside=True), body, to, "edoc"),
        heard=lambda way: _emptied(way.soap(NOI_VU, SOAP_11, beside=True), "status")),
    WayIn("axis", BO, put=_sent_by_axis, heard=lambda way: all_as_they_are(way.far.take("status"))),
    WayIn("platform", PLATFORM,
        put=lambda way, body, _: _from_platform(way, body, "edoc"), heard=lambda way: _at_platform(way, "status")),
    WayIn("fields", DESK,
        put=lambda way, body, to: _from_desk(way, body, to, "edoc"), heard=lambda way: _at_desk(way, "status"),
        says=desks.DOCUMENTS, hears=desks.STATUSES),
    WayIn("packet", document_systems.AGENCY,
        put=lambda way, body, _: _as_packet(way, body), heard=lambda way: document_systems.states(way.qlvb),
        says=document_systems.PACKET, hears=document_systems.STATE, only_new=True),
)  # fmt: skip

WAYS_OUT = (
    WayOut("rest", Y_TE.agency, came=_pushed,
        tell=lambda way, body, to: _said(way.y_te.api, body, to, "status")),
    WayOut("axis", BO, came=lambda way: all_as_they_are(way.far.take()), tell=_sent_by_axis),
    WayOut("mailbox by api", TAI_CHINH.agency, came=lambda way: _emptied(way.tai_chinh.api, "edoc"),
        tell=lambda way, body, to: _said(way.tai_chinh.api, body, to, "status")),
    WayOut("mailbox by vxp", TAI_CHINH.agency, came=lambda way: _emptied(way.tai_chinh.vxp, "edoc"),
        tell=lambda way, body, to: _said(way.tai_chinh.vxp, body, to, "status")),
    WayOut("mailbox by lgsp", TAI_CHINH.agency, came=lambda way: _emptied(way.lgsp(TAI_CHINH), "edoc"),
        tell=lambda way, body, to: _said(way.lgsp(TAI_CHINH), body, to, "status")),
    WayOut("mailbox by soap", TAI_CHINH.agency, came=lambda way: _emptied(way.soap(TAI_CHINH, SOAP_12), "edoc"),
        tell=lambda way, body, to: _said(way.soap(TAI_CHINH, SOAP_11), body, to, "status")),
    WayOut("mailbox by soap in parts", TAI_CHINH.agency,
        came=lambda way: _emptied(way.soap(TAI_CHINH, SOAP_11, beside=True), "edoc"),
        tell=lambda way, body, to: _said(way.soap(TAI_CHINH, SOAP_12, beside=True), body, to, "status")),
    WayOut("platform", PLATFORM,
        came=lambda way: _at_platform(way, "edoc"), tell=lambda way, body, _: _from_platform(way, body, "status")),
    WayOut("fields", DESK,
        came=lambda way: _at_desk(way, "edoc"), tell=lambda way, body, to: _from_desk(way, body, to, "status"),
        says=desks.DOCUMENTS, tells=desks.STATUSES),
    WayOut("dossier", document_systems.AGENCY,
        came=lambda way: document_systems.dossiers(way.qlvb), tell=lambda way, body, _: _as_answer(way, body),
        says=document_systems.DOSSIER, tells=document_systems.ANSWER, only_new=True),
    *map(_form, FORMS),
)  # fmt: skip

Pair = tuple[WayIn, WayOut]
#: What came from a neighbour does not go there again.
PAIRS: Sequence[Pair] = [
    (way_in, way_out) for way_in in WAYS_IN for way_out in WAYS_OUT if way_in.agency != way_out.agency
]


@contextmanager
def junction(folder: Path) -> Iterator[Junction]:
    """A bus that has all of these ways."""
    clock, port = HandClock(), free_port()
    with ExitStack() as stack:
        kept = stack.enter_context(partners())
        played = stack.enter_context(playing(platform(clock)))
        desk = stack.enter_context(playing(Rehearsal(FieldsDesk(clock.now))))
        qlvb = stack.enter_context(playing(Rehearsal(DocumentSystem(document_systems.CREDENTIAL, clock.now))))
        urls = {"forms": kept.url, "platform": played.url, "desk": desk.url, "qlvb": qlvb.url}
        also = [*(one.partner for one in FORMS), *_KEYS]
        settings = {"listen": f"127.0.0.1:{port}", "public_url": f"http://127.0.0.1:{port}"}
        way = stack.enter_context(road(folder, Template(_routes()).safe_substitute(urls), also, **settings))
        yield Junction(**vars(way), forms=kept, platform=played, desk=desk, qlvb=qlvb)


#: Names and keys of those that are called; the axis knows their agencies.
_KEYS = (
    Partner("lgsp", PLATFORM, "", b"", CLIENT.secret.encode()),
    Partner("desk", DESK, "", b"", b""),
    Partner("qlvb", document_systems.AGENCY, "", b"", b"key of qlvb"),
)
_PLATFORM = (
    f'  platform: {{kind: lgsp, url: "$platform", system_id: "{CLIENT.system_id}", secret: "file:lgsp", sign_in: token,\n'
    '    idempotency: id, allow: ["127.0.0.1"], poll: 1h, own: %s}\n'
)


def _routes() -> str:
    """All of routes.yaml, with ``$name`` where addresses stand."""
    agencies = sorted({one.agency for one in WAYS_OUT} - {PLATFORM, document_systems.AGENCY})
    called = _PLATFORM % json.dumps([*agencies, document_systems.AGENCY])
    called += desks.endpoint("desk") + document_systems.endpoint([*agencies, PLATFORM])
    behind = {"platform": PLATFORM, "desk": DESK, "qlvb": document_systems.AGENCY}
    rules = "".join(f'  - {{name: {one}, when: {{recipient: "{code}"}}, to: {one}}}\n' for one, code in behind.items())
    entries, endpoints, forms = (
        "".join(lines) for lines in zip(*((one.entry, one.endpoint, one.rule) for one in FORMS), strict=True)
    )
    return f"{with_doors(with_lgsp_doors(PEOPLE), 'soap')}{entries}{ENDPOINTS}{endpoints}{called}routes:\n{rules}{forms}{RULES}"


def arrives(way: Junction, look: Callable[[], list[Seen]], body: bytes, says: frozenset[str], about: str) -> None:
    """Wait until a message came, as far as ``says`` goes."""
    wanted, seen = expected(body, says), list[Seen]()

    def there() -> bool:
        seen.extend(one for came in look() if (one := way.narrowed(came, says)) not in seen)
        return wanted in seen

    try:
        until(there)
    except AssertionError:
        pytest.fail(f"{about} never came; instead came {[differences(wanted, one) for one in seen]}", pytrace=False)
