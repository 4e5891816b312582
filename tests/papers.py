"""Many documents at once: accepted as fast as the journal takes them, without a door."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bus.ingress import Ingress
from bus.message import Inbound, ReturnAddress
from schemas.content import Content
from tests.contracts.face import NOI_VU
from tests.contracts.raw_server import claim
from tests.messages import edoc, read

PATIENCE = 100.0
#: Digest and recipient of one copy.
Wanted = tuple[str, str]


def papers(number: int, recipients: Sequence[str]) -> Iterator[tuple[Content, bytes]]:
    """So many documents that differ in name and subject; read once, for reading takes its time."""
    mark = "VB-00000"
    body = edoc(NOI_VU.agency, recipients, mark, subject=f"V/v {mark}", attachments=())
    content = read(body)
    for place in range(number):
        name = f"VB-{place:05}"
        own = body.replace(mark.encode(), name.encode())
        digest = hashlib.sha256(own).hexdigest()
        yield replace(content, document_id=name, key=name, digest=digest, subject=f"V/v {name}"), own


def fill(ingress: Ingress, number: int, recipients: Sequence[str]) -> list[Wanted]:
    """Have so many documents accepted; what their recipients are to have in the end."""
    came_by = ReturnAddress("api", NOI_VU.name)
    made = list(papers(number, recipients))
    futures = [ingress.accept(Inbound(came_by, said, claim(body), tuple(recipients))) for said, body in made]
    assert all(future.result(PATIENCE) for future in futures)
    return [(hashlib.sha256(body).hexdigest(), recipient) for _, body in made for recipient in recipients]
