"""The state of a report, version by version: which moves there are, what each asks for, and when a report is overdue. Pure.

A version is one content. It can be changed only while it is a draft; from then on its hash is fixed, what is signed is that hash, and
nothing else is sent. A correction is a new version that names the one whose place it takes; that one is superseded once the new one
is sent, not before. The machine is ours (PROPOSED); its words are those of products in use, see ``docs/reports.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from schemas.report.deadlines import over


class State(StrEnum):
    """Where a version of a report is."""

    NOT_DUE = "NOT_DUE"
    OPEN = "OPEN"
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"
    SIGNED = "SIGNED"
    QUEUED = "QUEUED"
    SENT = "SENT"
    ACKED = "ACKED"
    ACCEPTED = "ACCEPTED"
    RETURNED = "RETURNED"
    SUPERSEDED = "SUPERSEDED"
    CANCELLED = "CANCELLED"


_S = State
#: Every move. Partners that never acknowledge accept or return what was sent; some refuse it as it comes.
MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        _S.NOT_DUE: frozenset({_S.OPEN, _S.CANCELLED}),
        _S.OPEN: frozenset({_S.DRAFT, _S.CANCELLED}),
        _S.DRAFT: frozenset({_S.SUBMITTED, _S.CANCELLED}),
        _S.SUBMITTED: frozenset({_S.APPROVED, _S.DRAFT, _S.CANCELLED}),
        _S.APPROVED: frozenset({_S.SIGNED, _S.QUEUED, _S.DRAFT, _S.CANCELLED}),
        _S.SIGNED: frozenset({_S.QUEUED, _S.DRAFT, _S.CANCELLED}),
        _S.QUEUED: frozenset({_S.SENT, _S.RETURNED}),
        _S.SENT: frozenset({_S.ACKED, _S.ACCEPTED, _S.RETURNED, _S.SUPERSEDED}),
        _S.ACKED: frozenset({_S.ACCEPTED, _S.RETURNED, _S.SUPERSEDED}),
        _S.ACCEPTED: frozenset({_S.SUPERSEDED}),
        _S.RETURNED: frozenset({_S.SUPERSEDED}),
        _S.SUPERSEDED: frozenset(),
        _S.CANCELLED: frozenset(),
    }
)

#: States in which a report is still owed: nobody has it, or nobody wants it as it is.
OWED = frozenset({_S.NOT_DUE, _S.OPEN, _S.DRAFT, _S.SUBMITTED, _S.APPROVED, _S.SIGNED, _S.QUEUED, _S.RETURNED})
_OUT = frozenset({_S.SENT, _S.ACKED, _S.ACCEPTED, _S.RETURNED})


class NotAllowed(ValueError):
    """A move that is not, or not yet; says what it lacks."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a report. Hashes are those of :mod:`schemas.report.canonical`."""

    number: int
    state: State
    #: The version whose place it takes.
    supersedes: int | None = None
    #: Of what stands in it; empty until something does.
    content: str = ""
    #: Of what was signed.
    signed: str = ""
    #: The message it is sent in: the same however often it is sent.
    message_id: str = ""
    reason: str = ""
    #: Those it was returned for, as ``I.1/online``.
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All versions of one report, the oldest first."""

    report_id: str
    #: Whether its regime wants it signed.
    signature: bool
    versions: tuple[Version, ...]

    @property
    def current(self) -> Version:
        """The newest version that was not given up; the newest where all were."""
        kept = (one for one in reversed(self.versions) if one.state is not State.CANCELLED)
        return next(kept, self.versions[-1])


def begin(report_id: str, *, signature: bool = True, state: State = State.NOT_DUE) -> Report:
    """A report nobody has begun to write."""
    return Report(report_id, signature, (Version(1, state),))


def open_(report: Report) -> Report:
    """Its time has come. Raises NotAllowed, as all below."""
    return _moved(report, State.OPEN)


def write(report: Report, content: str) -> Report:
    """A content is put down, or another in its place."""
    if not content:
        raise NotAllowed("a draft has a content")
    current = report.current
    if current.state is State.DRAFT:
        return _put(report, replace(current, content=content, reason=""))
    if current.state is not State.OPEN:
        raise NotAllowed(f"nothing is written into a report that is {current.state}")
    return _moved(report, State.DRAFT, content=content)


def submit(report: Report) -> Report:
    """The unit hands it to its leader."""
    return _moved(report, State.SUBMITTED)


def approve(report: Report) -> Report:
    """The leader agrees."""
    return _moved(report, State.APPROVED)


def send_back(report: Report, reason: str) -> Report:
    """The leader does not, or changes their mind before it is on its way; a signature it had is void."""
    if not reason:
        raise NotAllowed("who sends a report back says why")
    if report.current.state not in {State.SUBMITTED, State.APPROVED, State.SIGNED}:
        raise NotAllowed(f"nothing is sent back from {report.current.state}")
    return _moved(report, State.DRAFT, signed="", reason=reason)


def sign(report: Report, signed: str) -> Report:
    """It is signed: what is signed is what stands in it."""
    if signed != report.current.content:
        raise NotAllowed("what was signed is not what stands in the report")
    return _moved(report, State.SIGNED, signed=signed)


def queue(report: Report, message_id: str) -> Report:
    """It waits to be sent, in a message that from now on is the only one it is sent in."""
    if not message_id:
        raise NotAllowed("a report is sent in a message")
    if report.signature and report.current.state is State.APPROVED:
        raise NotAllowed("the regime wants this report signed")
    return _moved(report, State.QUEUED, message_id=message_id)


def sent(report: Report, message_id: str, content: str) -> Report:
    """It is out, in this message and with this content; earlier versions are superseded. A repeat changes nothing."""
    current = report.current
    if message_id != current.message_id:
        raise NotAllowed("a report is sent again in the same message")
    if content != current.content or (report.signature and content != current.signed):
        raise NotAllowed("what is sent is not what was signed")
    if current.state in _OUT:
        return report
    moved = _moved(report, State.SENT)
    older = (replace(one, state=State.SUPERSEDED) if one.state in _OUT else one for one in moved.versions[:-1])
    return replace(moved, versions=(*older, moved.versions[-1]))


def acknowledge(report: Report, number: int) -> Report:
    """The recipient has that version."""
    return _told(report, number, State.ACKED)


def accept(report: Report, number: int) -> Report:
    """The recipient takes that version."""
    return _told(report, number, State.ACCEPTED)


def return_(report: Report, number: int, reason: str, cells: tuple[str, ...] = ()) -> Report:
    """The recipient does not, and says why and which cells."""
    if not reason:
        raise NotAllowed("who returns a report says why")
    return _told(report, number, State.RETURNED, reason=reason, cells=cells)


def correct(report: Report, content: str) -> Report:
    """A new version in the place of one that was sent, whatever became of it."""
    before = report.current
    if before.state not in _OUT:
        raise NotAllowed(f"a report in {before.state} is not corrected by a new version")
    fresh = Version(report.versions[-1].number + 1, State.OPEN, before.number)
    return write(replace(report, versions=(*report.versions, fresh)), content)


def cancel(report: Report, reason: str) -> Report:
    """The version is given up before it is on its way; what was sent before stays what it is."""
    return _moved(report, State.CANCELLED, reason=reason)


def overdue(report: Report, deadline: date, now: datetime) -> bool:
    """Whether its deadline has passed and it is still owed. Derived whenever it is asked, never kept."""
    return now >= over(deadline) and report.current.state in OWED


def _moved(report: Report, to: State, **changes: object) -> Report:
    return _move(report, report.current, to, **changes)


def _told(report: Report, number: int, to: State, **changes: object) -> Report:
    """What the recipient says of a version; a newer one may be under way."""
    version = next((one for one in report.versions if one.number == number), None)
    if version is None:
        raise NotAllowed(f"there is no version {number} of this report")
    return _move(report, version, to, **changes)


def _move(report: Report, version: Version, to: State, **changes: object) -> Report:
    if to not in MOVES[version.state]:
        raise NotAllowed(f"no report goes from {version.state} to {to}")
    return _put(report, replace(version, state=to, **changes))  # type: ignore[arg-type]


def _put(report: Report, version: Version) -> Report:
    versions = (version if one.number == version.number else one for one in report.versions)
    return replace(report, versions=tuple(versions))
