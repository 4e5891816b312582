"""Reports in, a report out: what a version is made of is read from the journal, and what is made enters by ``ingress.accept``.

Its identity is its unit, its id and its version: accepted twice, it is there once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pydantic import ValidationError

import schemas
from bus.aggregator.packet import Said, packet
from bus.claimcheck import ClaimCheck
from bus.errors import BusError
from bus.ingress import Ingress
from bus.journal.aggregate_reads import AggregateReads
from bus.journal.aggregating import Aggregate
from bus.journal.reads import Reads
from bus.message import FROM_THE_BUS, Claim, Inbound
from schemas.content import Invalid
from schemas.report.aggregate import Source
from schemas.report.base import Reference
from schemas.report.data import Data
from schemas.report.library import Library
from schemas.report.reading import PacketInvalid, read
from schemas.report.table import Table

#: Of what is wrong with a packet, so many things are told.
_TOLD = 5


class Unmakeable(BusError):
    """Something a version is made of is not there, or cannot be read; says what."""


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports that came, as they are kept."""

    known: AggregateReads
    reads: Reads
    claims: ClaimCheck

    def sources(self, said: Said) -> list[Source]:
        """What a version is made of. Raises Unmakeable."""
        bodies = self.known.bodies([message for _, message in said.parts])
        return [Source(unit, message, self._packet(unit, message, bodies.get(message))) for unit, message in said.parts]

    def _packet(self, unit: str, message: str, body: str | None) -> Data:
        kept = body and self.reads.has_body(body)
        claim = self.claims.find(self.reads.body(body)) if body and kept else None
        if claim is None:
            raise Unmakeable(
                f"the report of {unit} ({message}) is no longer kept: have it sent again in another version"
            )
        try:
            with claim.open() as reader:
                found = read(reader.read())
        except PacketInvalid:
            raise Unmakeable(f"the report of {unit} ({message}) cannot be read") from None
        if not isinstance(found, Data):
            raise Unmakeable(f"the report of {unit} ({message}) has no figures")
        return found


def form_of(library: Library, row: Aggregate, version: str) -> Table:
    """A form in one version. Raises Unmakeable."""
    found = library.form(Reference(code=row.form, version=version))
    if found is None:
        raise Unmakeable(f"there is no form {row.form} in version {version}")
    return found


def make(row: Aggregate, said: Said, library: Library, reports: Reports) -> bytes:
    """The packet of a version. Raises Unmakeable."""
    try:
        return packet(row, said, form_of(library, row, said.form_version), reports.sources(said))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        words = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found[:_TOLD])
        raise Unmakeable(f"no packet can be made: {words}") from None


def hand_in(ingress: Ingress, body: bytes) -> str:
    """Have a packet accepted; its message. Raises Rejected, Busy, and Unmakeable where it could not be read again."""
    reader = schemas.reader("report")
    try:
        reader.feed(body)
        content = reader.close()
    except Invalid as invalid:
        raise Unmakeable(invalid.detail) from None
    claim = Claim(hashlib.sha256(body).hexdigest(), len(body), body)
    return ingress.accept(Inbound(FROM_THE_BUS, content, claim, content.recipients)).result().message_id
