"""An agency's statement of a day: what it sent, what became of it, and what has not arrived; as CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import islice

from bus.alerts.letters import when
from bus.alerts.words import one_line
from bus.classes import CLASSES
from bus.clock import instant, micros
from bus.journal.statements import Line
from bus.journal.states import IN_VIETNAMESE, OPEN, State

_VIETNAM = timezone(timedelta(hours=7))
#: Lines that are listed at the most.
LISTED = 10_000
#: What its sender may have to do something about.
_NOT_ARRIVED = frozenset({*OPEN, State.DEAD})
#: In a cell of a spreadsheet these begin a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
#: By which a spreadsheet knows UTF-8.
_MARK = "\ufeff"
_HEAD = ("phần", "trạng thái", "state", "lý do (reason)", "số lượng (count)", "mã văn bản (document_id)")
_MORE = ("số ký hiệu (number)", "loại (type)", "nơi nhận (recipient)", "nhận lúc (accepted)", "đổi lúc (changed)")


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement of one agency and day. A line is one recipient of one message."""

    agency: str
    day: date
    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[tuple[str, str], int]:
        """How many by state and reason, the reason only of what did not arrive."""
        counted = Counter((line.state, line.reason if line.state != State.DELIVERED else "") for line in self.lines)
        return dict(sorted(counted.items()))

    @property
    def not_arrived(self) -> list[Line]:
        """What is not settled, and what could not be delivered: the first :data:`LISTED` of it, the rest is only counted."""
        return list(islice((line for line in self.lines if line.state in _NOT_ARRIVED), LISTED))

    def csv(self) -> str:
        """First the counts, then each line of what has not arrived; no cell is taken for a formula."""
        out = io.StringIO()
        write = csv.writer(out)
        write.writerow((*_HEAD, *_MORE))
        for row in self._rows():
            write.writerow([_cell(value) for value in row])
        return _MARK + out.getvalue()

    def text(self) -> str:
        """The counts in words, for a letter. Vietnamese, then English."""
        return "\n".join(self._text())

    def _rows(self) -> Iterator[Sequence[object]]:
        for (state, reason), count in self.counts.items():
            yield ("tổng (total)", IN_VIETNAMESE[state], state, reason, count, "", "", "", "", "", "")
        for line in self.not_arrived:
            times = (when(line.accepted_at), when(line.changed_at))
            what = (line.document_id, line.number, line.type, line.recipient)
            yield ("chi tiết (detail)", IN_VIETNAMESE[line.state], line.state, line.reason, 1, *what, *times)

    def _text(self) -> Iterator[str]:
        code, day = one_line(self.agency), f"{self.day:%d/%m/%Y}"
        yield f"Ngày {day}, {code} đã gửi đến {len(self.lines)} nơi nhận qua trục:"
        for (state, reason), count in self.counts.items():
            yield f"  - {IN_VIETNAMESE[state]}{_why(reason)[0]}: {count}"
        yield "Những bản chưa đến nơi có trong tệp kèm theo."
        yield f"Xem lại: bus statement --agency {code} --day {self.day}"
        yield "\n---- English ----"
        yield f"On {self.day} {code} sent to {len(self.lines)} recipients through the bus:"
        for (state, reason), count in self.counts.items():
            yield f"  - {state}{_why(reason)[1]}: {count}"
        yield "What has not arrived is in the file."
        yield f"Look again: bus statement --agency {code} --day {self.day}"


def _why(reason: str) -> tuple[str, str]:
    """What a class of failure says, in both languages; else the words that were given."""
    known = CLASSES.get(reason)
    vi, en = (known.what_vi, known.what) if known else (reason, reason)
    return (f" ({one_line(vi)})", f" ({one_line(en)})") if reason else ("", "")


def bounds(day: date) -> tuple[int, int]:
    """When a day begins and ends in Vietnam, in microseconds."""
    begins = datetime.combine(day, time(), _VIETNAM) - datetime.fromtimestamp(0, UTC)
    return micros(begins), micros(begins + timedelta(days=1))


def day_before(now: int) -> date:
    """Yesterday in Vietnam."""
    return local(now).date() - timedelta(days=1)


def local(now: int) -> datetime:
    """An instant as a clock in Vietnam shows it."""
    return instant(now).astimezone(_VIETNAM)


def _cell(value: object) -> str:
    text = str(value)
    return one_line(f"'{text}" if text.startswith(_FORMULA) else text, 1000)
