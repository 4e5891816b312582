"""SubmitReport: a packet or a filled form taken in, or only looked at."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import partial

from starlette.types import ASGIApp

from adapters.http.reports.intake import Taken, Wish, packet, sheet, take_packet, take_sheet
from adapters.soap.door import answers
from adapters.soap.door.call import DOOR, Call, Values, first, flag
from adapters.soap.door.reports.told import refusal, told
from adapters.soap.door.taking import taken
from adapters.soap.door.times import moment
from bus.desk import Desk, Received
from bus.errors import Rejected

_VERSION = re.compile(r"[1-9]\d{0,3}", re.ASCII)


async def submit(call: Call) -> ASGIApp:
    """SubmitReport: answered once it is on disk, or was looked at."""
    values, body = await taken(call, partial(_received, call.desk), partial(_discard, call.desk))
    try:
        wish = _wish(call, values)
        _check_form(body, wish)
    except Rejected:
        _discard(call.desk, body)
        raise
    return _said(call, await _take(call, body, wish))


async def _received(desk: Desk, chunks: AsyncIterator[bytes], before: Values) -> Received | bytes:
    """A packet, or the bytes of a filled form."""
    return await (sheet(chunks) if first(before, "formCode") else packet(desk, chunks, None, refusal))


def _discard(desk: Desk, body: Received | bytes) -> None:
    if isinstance(body, Received):
        desk.discard(body)


async def _take(call: Call, body: Received | bytes, wish: Wish) -> Taken:
    if isinstance(body, bytes):
        return await take_sheet(call.desk, call.caller, body, wish)
    return await take_packet(call.desk, call.caller, body, wish)


def _wish(call: Call, values: Values) -> Wish:
    return Wish(
        DOOR,
        refusal,
        check_only=flag(values, "checkOnly"),
        recipients=tuple(dict.fromkeys(values.get("recipient", ()))),
        key=call.identity or None,
        version=_version(values),
        form=first(values, "formCode"),
    )


def _version(values: Values) -> int:
    given = first(values, "version") or "1"
    if not _VERSION.fullmatch(given):
        raise Rejected("request.invalid", f"version: {given[:40]!r} is no number from 1 to 9999")
    return int(given)


def _check_form(body: Received | bytes, wish: Wish) -> None:
    if wish.form and not isinstance(body, bytes):
        raise Rejected("request.invalid", "formCode: stands behind the report, and has to stand before it")


def _said(call: Call, done: Taken) -> ASGIApp:
    report, receipt = done.judged.report, done.receipt
    right = receipt is not None or not done.judged.refused
    pairs = [
        ("right", str(right).lower()),
        ("reportId", report.report_id if report else ""),
        ("version", report.version if report else ""),
        ("messageId", receipt.message_id if receipt else ""),
        ("acceptedTime", moment(receipt.accepted_at) if receipt else ""),
    ]
    return answers.said(call, pairs, told(done.judged.problems))
