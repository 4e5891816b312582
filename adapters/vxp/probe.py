"""What an operator wants to know of an axis before it is used: does it answer, does it know us, what does it list.

Two lists are asked for and nothing else: nothing is fetched, acked or sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from adapters.vxp import rows
from adapters.vxp.answers import judge
from adapters.vxp.endpoint_settings import VxpSettings
from adapters.vxp.rows import listing
from adapters.vxp.rows_in import RowsIn
from adapters.vxp.wire import Wire
from bus.clock import MICROS, Clock, micros
from bus.endpoint import Finding, Means
from bus.endpoint_settings import EndpointSettings
from bus.errors import CallFailed, FailureClass, SecretMissing
from bus.secret import Secrets
from bus.transport import Response

_DOCUMENTS = {"servicetype": "eDoc", "messagetype": "edoc"}
#: Seconds between two clocks that nobody minds: a second of theirs is lost in writing it, some on the way.
_NEAR = 60


def probe(_name: str, settings: EndpointSettings, means: Means) -> Iterator[Finding]:
    """Look at one endpoint."""
    assert isinstance(settings, VxpSettings)
    if missing := _unreadable(settings, means.secrets):
        yield Finding("secret_missing", missing, error=True)
        return
    wire = Wire(settings, means.fast, means.secrets, means.clock)
    try:
        answer = wire.call("getReceivedEdocList", _DOCUMENTS)
    except CallFailed as failure:
        yield Finding("unreachable", f"cannot be reached: {failure}", error=True)
        return
    yield from _clock(answer, settings, means.clock)
    try:
        waiting = len(listing(judge(answer), RowsIn(rows.received)).rows)
    except CallFailed as failure:
        yield _turned_away(failure, settings)
        return
    yield Finding("signed_in", f"knows {settings.system_id}; documents that wait there for us: {waiting}")
    yield _sent(wire, settings)


def _unreadable(settings: VxpSettings, secrets: Secrets) -> str:
    """Why no secret can be read; empty where one can."""
    problems = []
    for name in settings.secret:
        try:
            secrets.value(name)
        except SecretMissing as problem:
            problems.append(str(problem))
    return "; ".join(problems) if len(problems) == len(settings.secret) else ""


def _turned_away(failure: CallFailed, settings: VxpSettings) -> Finding:
    if failure.failure is FailureClass.AUTH:
        wrong = f"does not take our signature: the secret is not that of system_id {settings.system_id}, or the clock is off"
        return Finding("wrong_secret", f"{wrong} ({failure.words})", error=True)
    return Finding("no_list", f"answers, but does not list what waits for us: {failure}", error=True)


def _clock(answer: Response, settings: VxpSettings, clock: Clock) -> Iterator[Finding]:
    """How far its clock is from ours, where it tells the time."""
    told = _date(answer.headers.get("date", ""))
    if told is None:
        return
    ahead = (micros(told.timestamp()) - clock.now()) // MICROS
    if abs(ahead) <= _NEAR:
        yield Finding("clock", "its clock agrees with ours")
        return
    words = f"its clock is {abs(ahead)} seconds {'ahead of' if ahead > 0 else 'behind'} ours: set ours by NTP, then ask theirs"
    beyond = abs(ahead) > settings.skew.total_seconds()
    yield Finding("clock_skew", words, error=beyond, write=f"skew: {abs(ahead) // 60 + 2}m" if beyond else "")


def _sent(wire: Wire, settings: VxpSettings) -> Finding:
    """Whether sent items are listed without a docId. An empty list may be how this axis says no."""
    claimed = settings.list_sent == "yes"
    try:
        found = listing(judge(wire.call("getSentEdocList", _DOCUMENTS)), RowsIn(rows.sent))
    except CallFailed as failure:
        return _not_listed(f"sent items are not listed without a docId: {failure}", error=claimed)
    if not found.rows:
        return _not_listed(
            "a list of sent items without a docId is empty: send a document, then look again", error=False
        )
    words = f"sent items are listed without a docId: {len(found.rows)}"
    return Finding("list_sent", words, write="list_sent: yes")


def _not_listed(words: str, *, error: bool) -> Finding:
    return Finding("list_sent", words, error=error, write="list_sent: unknown")


def _date(text: str) -> datetime | None:
    try:
        told = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
