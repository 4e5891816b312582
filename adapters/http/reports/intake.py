"""A report on its way in: taken in, judged, accepted; or only judged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from adapters.http.reports.judging import Judged, judge, judge_sheet
from bus.desk import Caller, Desk, Received
from bus.errors import Rejected
from bus.message import Inbound, Receipt, ReturnAddress
from schemas.content import Invalid
from schemas.report.data import Data, Narrative, Status
from schemas.report.problem import Problem
from schemas.report.reading import PacketInvalid, read

#: Bytes of a filled form, and seconds it may take to come.
SHEET, PATIENCE = 5 << 20, 60

#: A refusal, by its code and all that is wrong, as the door tells it.
Tell = Callable[[str, Sequence[Problem]], Rejected]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller asks for beside the body. ``version``, ``supersedes`` and ``form`` are those of a filled form."""

    #: The door's name in routes.yaml.
    door: str
    tell: Tell
    check_only: bool = False
    recipients: tuple[str, ...] = ()
    #: What the caller calls this call.
    key: str | None = None
    version: int = 1
    #: Which form it must be; empty: any.
    form: str = ""

    @property
    def supersedes(self) -> int | None:
        """The version before it."""
        return self.version - 1 or None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a body; no receipt where it was only judged."""

    judged: Judged
    receipt: Receipt | None


async def take_sheet(desk: Desk, caller: Caller, data: bytes, wish: Wish) -> Taken:
    """A filled form, as :func:`sheet` read it. Raises Rejected."""
    judged = await asyncio.to_thread(judge_sheet, data, desk.reports, wish.version, wish.supersedes, wish.form)
    return await take_judged(desk, caller, judged, wish)


async def take_judged(desk: Desk, caller: Caller, judged: Judged, wish: Wish) -> Taken:
    """The packet that was made of a file, if one could be made. Raises Rejected."""
    if judged.report is None:
        return _only_judged(judged, wish)
    received = await desk.receive(_once(judged.report.model_dump_json().encode()), format="report")
    return await _taken(desk, caller, received, judged, wish)


async def packet(desk: Desk, chunks: AsyncIterator[bytes], announced: int | None, tell: Tell) -> Received:
    """A packet, on disk and not accepted yet: it is taken in or discarded. Raises Rejected."""
    try:
        return await desk.receive(chunks, announced=announced, format="report")
    except Rejected as rejection:
        raise _shaped(rejection, tell) from rejection


async def take_packet(desk: Desk, caller: Caller, received: Received, wish: Wish) -> Taken:
    """A packet that was received. Raises Rejected."""
    return await _taken(desk, caller, received, None, wish)


async def _taken(desk: Desk, caller: Caller, received: Received, judged: Judged | None, wish: Wish) -> Taken:
    """What was received is accepted, or nothing of it stays."""
    try:
        _check_sender(desk, caller, received.content.sender)
        if judged is None:
            judged = await asyncio.to_thread(_judged, desk, caller, received, wish)
        if not wish.check_only:
            await _check(desk, caller, received, judged, wish)
    except BaseException as error:
        desk.discard(received)
        raise _of(received, error) if isinstance(error, Rejected) else error from error
    if wish.check_only:
        desk.discard(received)
        return Taken(judged, None)
    return Taken(judged, await _accepted(desk, caller, received, judged, wish))


def _check_sender(desk: Desk, caller: Caller, sender: str) -> None:
    if desk.canonical(sender) not in caller.agencies:
        raise Rejected("agency.not_yours", sender[:60])


def _judged(desk: Desk, caller: Caller, received: Received, wish: Wish) -> Judged:
    """What it is and whom it is for; what is neither a report nor a word on one breaks no rules."""
    with received.claim.open() as body:
        said = read(body.read())
    if isinstance(said, Data | Narrative):
        return judge(said, desk.reports)
    recipients = _spoken_to(desk, caller, said, wish.recipients) if isinstance(said, Status) else wish.recipients
    return Judged(None, (), recipients)


def _spoken_to(desk: Desk, caller: Caller, word: Status, named: tuple[str, ...]) -> tuple[str, ...]:
    """The unit whose report it is. Raises Rejected where the caller was never sent that version, or was by several units."""
    units = {
        one.unit
        for one in desk.reports.versions(caller.agencies, word.report_id)
        if one.version == word.version and any(copy.recipient in caller.agencies for copy in one.copies)
    }
    meant = units & set(named) if named else units
    if not meant:
        raise Rejected("not_your_document", f"{word.report_id}, version {word.version}")
    if len(meant) > 1:
        raise Rejected(
            "request.invalid",
            f"several units have a report of this id; name one of them as its recipient: {', '.join(sorted(meant))}",
        )
    return tuple(meant)


def _only_judged(judged: Judged, wish: Wish) -> Taken:
    if not wish.check_only:
        raise wish.tell("report.refused", judged.problems)
    return Taken(judged, None)


async def _check(desk: Desk, caller: Caller, received: Received, judged: Judged, wish: Wish) -> None:
    """What was accepted before is not refused when it comes again, though its period is closed by now."""
    if judged.refused and not await asyncio.to_thread(desk.reports.known, caller.agencies, received.content):
        raise wish.tell("report.refused", judged.problems)


async def _accepted(desk: Desk, caller: Caller, received: Received, judged: Judged, wish: Wish) -> Receipt:
    try:
        return await desk.settled(desk.accept(_inbound(caller, received, judged, wish)))
    except Rejected as rejection:
        desk.discard(received)
        raise _of(received, rejection) from rejection


def _inbound(caller: Caller, received: Received, judged: Judged, wish: Wish) -> Inbound:
    return Inbound(
        came_by=ReturnAddress(wish.door, caller.partner),
        content=received.content,
        claim=received.claim,
        recipients=judged.recipients or received.content.recipients,
        call_key=f"{wish.door}:{caller.partner}:{wish.key}" if wish.key else None,
    )


def _of(received: Received, rejection: Rejected) -> Rejected:
    """The refusal with the body's digest and size, for the record."""
    known = {"digest": received.claim.sha256, "size": received.claim.size}
    return Rejected(rejection.code, rejection.detail, **{**rejection.details, **known})


def _shaped(rejection: Rejected, tell: Tell) -> Rejected:
    """A body that is no packet, with each thing that is wrong with it."""
    cause = rejection.__cause__.__cause__ if isinstance(rejection.__cause__, Invalid) else None
    return tell(rejection.code, cause.problems) if isinstance(cause, PacketInvalid) else rejection


async def sheet(chunks: AsyncIterator[bytes]) -> bytes:
    """The bytes of a filled form. Raises ``Rejected('body.*')``."""
    data = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in chunks:
                data += chunk
                if len(data) > SHEET:
                    raise Rejected("body.too_large", f"a form has at most {SHEET} bytes", limit=SHEET)
    except TimeoutError:
        raise Rejected("body.truncated", f"it did not come within {PATIENCE} seconds") from None
    if not data:
        raise Rejected("body.empty")
    return bytes(data)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
