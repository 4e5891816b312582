"""Every way into the bus and every way out of it, in two tables that a new adapter joins by a line.

One bus has them all at once. A document goes in by one and comes out by another, and a status about it comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.buses import until
from tests.contracts.face import NOI_VU, TAI_CHINH, FaceDriver
from tests.forms import FORMS, Form, Kept, partners
from tests.roads import BO, ENDPOINTS, PEOPLE, RULES, Y_TE, Road, road
from tests.seen import Seen, all_as_they_are, differences


@dataclass
class Junction(Road):
    """A road, with partners that take documents in forms of their own."""

    forms: Kept


@dataclass(frozen=True)
class WayIn:
    """How an agency's documents come in, and how it hears of them."""

    name: str
    agency: str
    #: Give a document or status to the bus, for one agency.
    put: Callable[[Junction, bytes, str], object]
    #: The statuses that came back since they were last looked for.
    heard: Callable[[Junction], list[Seen]]


@dataclass(frozen=True)
class WayOut:
    """How an agency is given documents, and how it tells what became of them."""

    name: str
    agency: str
    #: The documents that came since they were last looked for, or all so far.
    came: Callable[[Junction], list[Seen]]
    tell: Callable[[Junction, bytes, str], object]
    #: The elements that are told in fields; none: everything, byte for byte.
    says: frozenset[str] = frozenset()


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


def _form(form: Form) -> WayOut:
    """The partner that takes this form; what it tells comes by the plain door."""
    return WayOut(f"http, {form.partner.name}", form.partner.agency,
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
    WayIn("axis", BO, put=_sent_by_axis, heard=lambda way: all_as_they_are(way.far.take("status"))),
)  # fmt: skip

WAYS_OUT = (
    WayOut("rest", Y_TE.agency, came=_pushed,
        tell=lambda way, body, to: _said(way.y_te.api, body, to, "status")),
    WayOut("axis", BO, came=lambda way: all_as_they_are(way.far.take()), tell=_sent_by_axis),
    WayOut("mailbox by api", TAI_CHINH.agency, came=lambda way: _emptied(way.tai_chinh.api, "edoc"),
        tell=lambda way, body, to: _said(way.tai_chinh.api, body, to, "status")),
    WayOut("mailbox by vxp", TAI_CHINH.agency, came=lambda way: _emptied(way.tai_chinh.vxp, "edoc"),
        tell=lambda way, body, to: _said(way.tai_chinh.vxp, body, to, "status")),
    *map(_form, FORMS),
)  # fmt: skip

Pair = tuple[WayIn, WayOut]
#: What came from the axis does not go there again.
PAIRS: Sequence[Pair] = [
    (way_in, way_out) for way_in in WAYS_IN for way_out in WAYS_OUT if way_in.agency != way_out.agency
]


@contextmanager
def junction(folder: Path) -> Iterator[Junction]:
    """A bus that has all of these ways."""
    entries, endpoints, rules = (
        "".join(lines) for lines in zip(*((one.entry, one.endpoint, one.rule) for one in FORMS), strict=True)
    )
    with partners() as kept:
        routes = f"{PEOPLE}{entries}{ENDPOINTS}{endpoints}routes:\n{rules}{RULES}".replace("$forms", kept.url)
        with road(folder, routes, [one.partner for one in FORMS]) as way:
            yield Junction(**vars(way), forms=kept)


def arrives(look: Callable[[], list[Seen]], wanted: Seen, about: str) -> None:
    """Wait until it came."""
    seen: list[Seen] = []

    def there() -> bool:
        seen.extend(one for one in look() if one not in seen)
        return wanted in seen

    try:
        until(there)
    except AssertionError:
        pytest.fail(f"{about} never came; instead came {[differences(wanted, one) for one in seen]}", pytrace=False)
