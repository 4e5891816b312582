"""sendEdoc, getEdoc and downloadEdoc: documents on their way in and out."""

from __future__ import annotations

from starlette.types import ASGIApp

from adapters.http.faces import forgotten_if_rejected
from adapters.vxp import envelope, streams
from adapters.vxp.call import Call
from adapters.vxp.recipients import parse_to
from adapters.vxp.signing import PREFIX, file_fits
from bus.desk import Received
from bus.errors import Rejected
from bus.message import Inbound, ReturnAddress

DOOR = "vxp"


async def send(call: Call) -> ASGIApp:
    """sendEdoc: take the document in and answer once it is on disk."""
    type_ = call.message_type()
    hash_file = call.need("hash-file")
    recipients = parse_to(call.signed.get("to"))
    _check_from(call)
    received = await _receive(call)
    with forgotten_if_rejected(call.desk, received):
        _check(call, received, type_, hash_file)
        receipt = await call.desk.settled(call.desk.accept(_inbound(call, received, recipients, hash_file)))
    return envelope.ok(DocId=receipt.message_id)


async def get(call: Call) -> ASGIApp:
    """getEdoc: the document as base64 in JSON; may be asked again and removes nothing."""
    claim = await call.desk.settled(call.desk.mailbox.get(call.caller, call.need("docId")))
    return await streams.base64_answer(claim)


async def download(call: Call) -> ASGIApp:
    """downloadEdoc: the document's bytes and nothing else."""
    claim = await call.desk.settled(call.desk.mailbox.get(call.caller, call.need("docId")))
    return await streams.raw_answer(claim)


async def _receive(call: Call) -> Received:
    length = call.request.headers.get("content-length", "")
    # The SDK ends the body with one CRLF that is no part of the document.
    return await call.desk.receive(
        call.request.stream(), announced=int(length) if length.isdigit() else None, strip_crlf=True
    )


def _check_from(call: Call) -> None:
    code = call.signed.get("from")
    if code and not call.is_own(code):
        raise Rejected("agency.not_yours", f"{PREFIX}from: {code[:60]}")


def _check(call: Call, received: Received, type_: str, hash_file: str) -> None:
    content = received.content
    if not file_fits(hash_file, received.claim.sha256):
        raise Rejected("body.hash_mismatch", f"SHA-256 of the received bytes: {received.claim.sha256}")
    if content.type != type_:
        raise Rejected("message.type", f"{PREFIX}messagetype says {type_}, the body is {content.type}")
    if not call.is_own(content.sender):
        raise Rejected("agency.not_yours", f"From/OrganId: {content.sender[:60]}")


def _inbound(call: Call, received: Received, recipients: tuple[str, ...], hash_file: str) -> Inbound:
    partner = call.caller.partner
    return Inbound(
        came_by=ReturnAddress(DOOR, partner),
        content=received.content,
        claim=received.claim,
        recipients=recipients or received.content.recipients,
        call_key=f"{DOOR}:{partner}:{call.signed.signature}:{hash_file.lower()}",
    )
