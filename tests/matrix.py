"""Every way into the bus and every way out of it, in two tables that a new adapter joins by a line.

One bus has them all at once. A document goes in by one and comes out by another, and a status about it comes back.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from schemas.edxml.fields import fields_of
from schemas.edxml.load import load
from tests.buses import until
from tests.contracts.face import NOI_VU, TAI_CHINH, FaceDriver
from tests.roads import BO, ENDPOINTS, PEOPLE, RULES, Y_TE, Road, road


@dataclass(frozen=True)
class Seen:
    """What arrived: bytes by their SHA-256, or else what the partner was told in fields, and its files."""

    sha256: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    #: Name and SHA-256 of each.
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class WayIn:
    """How an agency's documents come in, and how it hears of them."""

    name: str
    agency: str
    #: Give a document or status to the bus, for one agency.
    put: Callable[[Road, bytes, str], object]
    #: The statuses that came back since they were last looked for.
    heard: Callable[[Road], list[Seen]]


@dataclass(frozen=True)
class WayOut:
    """How an agency is given documents, and how it tells what became of them."""

    name: str
    agency: str
    #: The documents that came since they were last looked for, or all so far.
    came: Callable[[Road], list[Seen]]
    tell: Callable[[Road, bytes, str], object]
    #: The elements that are told in fields; none: everything, byte for byte.
    says: frozenset[str] = frozenset()


def bytes_seen(bodies: list[bytes]) -> list[Seen]:
    """Messages that came as they are."""
    return [Seen(hashlib.sha256(body).hexdigest()) for body in bodies]


def expected(body: bytes, says: frozenset[str]) -> Seen:
    """What of a message arrives where only these elements are told."""
    if not says:
        return bytes_seen([body])[0]
    sinks: dict[int, io.BytesIO] = {}
    found = load(io.BytesIO(body), lambda place: sinks.setdefault(place, io.BytesIO()))
    fields = {name: value for name, value in fields_of(found.message).items() if name in says}
    files = tuple((one.attachment.name, one.unpacked.sha256) for one in found.files if one.unpacked)
    return Seen("", fields, files)


def _emptied(driver: FaceDriver, type_: str) -> list[Seen]:
    """Everything in a mailbox, fetched and acknowledged by that door."""
    bodies = []
    for item in driver.listed(type_):
        bodies.append(driver.fetch(item.doc_id).body)
        assert driver.ack(item.doc_id, "done").code == ""
    return bytes_seen(bodies)


def _said(driver: FaceDriver, body: bytes, to: str, type_: str) -> None:
    assert driver.send(body, [to], type_).code == ""


def _sent_by_axis(way: Road, body: bytes, to: str) -> None:
    way.far.send(body, to)
    assert way.poll() == 1


def _pushed(way: Road) -> list[Seen]:
    return [Seen(sha256) for _, sha256, _ in way.pushed()]


WAYS_IN = (
    WayIn("api", NOI_VU.agency,
        put=lambda way, body, to: _said(way.noi_vu.api, body, to, "edoc"),
        heard=lambda way: _emptied(way.noi_vu.api, "status")),
    WayIn("vxp", NOI_VU.agency,
        put=lambda way, body, to: _said(way.noi_vu.vxp, body, to, "edoc"),
        heard=lambda way: _emptied(way.noi_vu.vxp, "status")),
    WayIn("axis", BO, put=_sent_by_axis, heard=lambda way: bytes_seen(way.far.take("status"))),
)  # fmt: skip

WAYS_OUT = (
    WayOut("rest", Y_TE.agency, came=_pushed,
        tell=lambda way, body, to: _said(way.y_te.api, body, to, "status")),
    WayOut("axis", BO, came=lambda way: bytes_seen(way.far.take()), tell=_sent_by_axis),
    WayOut("mailbox by api", TAI_CHINH.agency, came=lambda way: _emptied(way.tai_chinh.api, "edoc"),
        tell=lambda way, body, to: _said(way.tai_chinh.api, body, to, "status")),
    WayOut("mailbox by vxp", TAI_CHINH.agency, came=lambda way: _emptied(way.tai_chinh.vxp, "edoc"),
        tell=lambda way, body, to: _said(way.tai_chinh.vxp, body, to, "status")),
)  # fmt: skip

Pair = tuple[WayIn, WayOut]
#: What came from the axis does not go there again.
PAIRS: Sequence[Pair] = [
    (way_in, way_out) for way_in in WAYS_IN for way_out in WAYS_OUT if way_in.agency != way_out.agency
]


@contextmanager
def junction(folder: Path) -> Iterator[Road]:
    """A bus that has all of these ways."""
    with road(folder, f"{PEOPLE}{ENDPOINTS}routes:{RULES}") as way:
        yield way


def arrives(look: Callable[[], list[Seen]], wanted: Seen, about: str) -> None:
    """Wait until it came."""
    seen: list[Seen] = []

    def there() -> bool:
        seen.extend(look())
        return wanted in seen

    try:
        until(there)
    except AssertionError:
        pytest.fail(f"{about} never came; what did: {seen}")
