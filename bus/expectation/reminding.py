"""Reminders: a document of the bus's own code to who owes something, the same each time it is written.

Its DocumentId is made of what is owed, of its deadline and of the step, and identity is decided where the message is accepted: of one
step nobody is reminded twice, whenever the bus dies.
"""

from __future__ import annotations

import hashlib
from datetime import time, timedelta

from bus.alerts.by_bus import hand_in
from bus.clock import instant
from bus.expectation.times import VIETNAM
from bus.ingress import Ingress
from bus.journal.alerting import Letter
from bus.journal.expecting import Expectation

#: What is owed, in both languages.
_WHAT = {
    "receipt": ("Trạng thái tiếp nhận văn bản", "A status of the document"),
    "answer": ("Văn bản trả lời", "An answer to the document"),
    "report": ("Báo cáo", "The report"),
}


def remind(ingress: Ingress, own_code: str, row: Expectation, at: int, who: str) -> None:
    """Have a reminder of a step accepted: the one due at that instant. Raises Rejected where nothing leads to ``who``,
    Busy where the journal is down.
    """
    hand_in(ingress, own_code, who, letter(row, at))


def letter(row: Expectation, at: int) -> Letter:
    """The reminder of the step due at an instant."""
    key = hashlib.sha256(f"{row.id}\n{row.due_at}\n{at}".encode()).hexdigest()[:32]
    vi, en = _WHAT[row.kind]
    what, due = thing(row), _day(row.due_at or at)
    late = (row.due_at or at) <= at
    subject = f"[Nhắc] {vi} {what}: hạn {due}" + (", đã quá hạn" if late else "")
    text = (
        f"{vi} {what}, gửi tới {row.asker}, hạn {due}{', đã quá hạn' if late else ''}: trục liên thông chưa nhận được.\n"
        "Nếu đã gửi theo đường khác, đề nghị gửi qua trục hoặc báo cơ quan theo dõi.\n\n---- English ----\n"
        f"{en} {what}, for {row.asker}, due {due}{', overdue' if late else ''}: the bus has not received it.\n"
        "If it went another way, send it over the bus too, or tell the office that follows it.\n"
    )
    return Letter(key, "", row.rule, "reminder", subject, text, made_at=at)


def thing(row: Expectation) -> str:
    """What is owed, as people know it."""
    if row.kind != "report":
        return row.name or row.key
    _, form, period, _ = row.key.split("|")
    return f"{row.name} ({form}, {period})"


def _day(at: int) -> str:
    """A deadline as people say it: to the end of a day, or a time of day."""
    moment = instant(at).astimezone(VIETNAM)
    whole = moment.time() == time()
    return f"{moment - timedelta(days=1):%d/%m/%Y}" if whole else f"{moment:%d/%m/%Y %H:%M}"
