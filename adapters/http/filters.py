"""What may stand behind a name in a template, to say how its value is written: ``{now|utc|date:yyyyMMdd}``."""

from __future__ import annotations

import json
import re
import unicodedata
import uuid
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from types import MappingProxyType
from urllib.parse import quote

#: Asia/Ho_Chi_Minh, which has no summer time: everything local is written in it.
LOCAL = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")

_WHOLE, _POINTED = re.compile(r"-?[0-9]{1,18}", re.ASCII), re.compile(r"-?[0-9]+\.[0-9]+", re.ASCII)
#: Characters of a number that a float still holds to its last digit.
_EXACT = 16
#: The UUIDs of our texts: the same text has always the same one.
_OURS = uuid.uuid5(uuid.NAMESPACE_URL, "lienthong-bus:docId")


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter as it was written."""

    name: str
    argument: str = ""

    def __call__(self, value: object) -> object:
        return FILTERS[self.name](value, self.argument)


def filter_of(text: str) -> Filter:
    """The filter a text names. Raises ValueError."""
    name, _, argument = text.partition(":")
    if name not in FILTERS:
        raise ValueError(f"expected a filter behind '|': one of {', '.join(sorted(FILTERS))}")
    if wrong := _CHECKS.get(name, _none)(argument):
        raise ValueError(wrong)
    return Filter(name, argument)


def text_of(value: object) -> str:
    """A value as people write it; of a list, what is in it."""
    if isinstance(value, list):
        return "; ".join(map(text_of, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _dated(value: object, pattern: str) -> object:
    """A moment or day by a pattern; what is neither stays as it is written."""
    if not isinstance(value, date):
        return value
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=LOCAL)
    return _PATTERN.sub(lambda piece: _written(moment, piece), pattern)


def _written(moment: datetime, piece: re.Match[str]) -> str:
    if piece[0] == "SSS":
        return f"{moment.microsecond // 1000:03}"
    if piece[0] in _WRITTEN:
        return moment.strftime(_WRITTEN[piece[0]])
    return piece[0] if piece[1] is None else piece[1]


def dated(text: str, pattern: str) -> datetime | None:
    """The moment in Vietnam that a text is by a pattern; None where it is not written so."""
    try:
        found = datetime.strptime(text, _PATTERN.sub(_read, pattern)).replace(tzinfo=LOCAL)
    except ValueError:
        return None
    return found if _dated(found, pattern) == text else None


def _read(piece: re.Match[str]) -> str:
    """A piece of a pattern as ``strptime`` has it."""
    if piece[1] is not None:
        return piece[1].replace("%", "%%")
    return "%f" if piece[0] == "SSS" else _WRITTEN.get(piece[0], piece[0].replace("%", "%%"))


def check_pattern(pattern: str) -> str:
    """A pattern of dates. Raises ValueError."""
    if wrong := _date_wrong(pattern):
        raise ValueError(wrong)
    return pattern


def _in_utc(value: object, _argument: str) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _epoch(value: object, unit: str) -> object:
    if not isinstance(value, datetime):
        return value
    return int(value.timestamp() * (1000 if unit == "ms" else 1))


def _iso(value: object, _argument: str) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _plain(value: object, _argument: str) -> str:
    """Letters without their marks; what has no plain letter becomes ``?``."""
    spread = unicodedata.normalize("NFKD", text_of(value).replace("đ", "d").replace("Đ", "D"))
    return "".join(one for one in spread if not unicodedata.combining(one)).encode("ascii", "replace").decode()


def _number(value: object, _argument: str) -> object:
    return numeric(value)


def numeric(value: object) -> object:
    """Digits as a number, where a partner's JSON has no quotes; what is none, or has too many of them, stays text."""
    if not isinstance(value, str):
        return value
    if _WHOLE.fullmatch(value):
        return int(value)
    return float(value) if _POINTED.fullmatch(value) and len(value) <= _EXACT else value


def _null(value: object, _argument: str) -> object:
    return value if text_of(value) else None


def _mapped(value: object, table: str) -> object:
    pairs = dict(pair.split("=", 1) for pair in table.split(","))
    return pairs.get(text_of(value), pairs.get("*", value))


FILTERS: Mapping[str, Callable[[object, str], object]] = MappingProxyType(
    {
        "date": _dated,
        "utc": _in_utc,
        "epoch": _epoch,
        "iso": _iso,
        "upper": lambda value, _: text_of(value).upper(),
        "lower": lambda value, _: text_of(value).lower(),
        "plain": _plain,
        "max": lambda value, length: text_of(value)[: int(length)],
        "default": lambda value, instead: value if text_of(value) else instead,
        "number": _number,
        "null": _null,
        "text": lambda value, _: text_of(value),
        "map": _mapped,
        "url": lambda value, _: quote(text_of(value), safe=""),
        "base64": lambda value, _: b64encode(text_of(value).encode()).decode(),
        "json": lambda value, _: json.dumps(text_of(value))[1:-1],
        "uuid": lambda value, _: str(uuid.uuid5(_OURS, text_of(value))),
    }
)

_WRITTEN = {"yyyy": "%Y", "yy": "%y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
_PATTERN = re.compile(r"'([^']*)'|yyyy|yy|MM|dd|HH|mm|ss|SSS|[^A-Za-z']")


def _date_wrong(pattern: str) -> str:
    if pattern and not _PATTERN.sub("", pattern):
        return ""
    return (
        "expected a pattern of yyyy, yy, MM, dd, HH, mm, ss and SSS, other letters in quotes, such as date:dd/MM/yyyy"
    )


def _length_wrong(length: str) -> str:
    return "" if re.fullmatch(r"[1-9][0-9]{0,4}", length) else "expected a number of letters, such as max:200"


def _table_wrong(table: str) -> str:
    pairs = table.split(",")
    return "" if all("=" in pair for pair in pairs) else "expected pairs, such as map:edoc=1,status=2,*=0"


def _none(_argument: str) -> str:
    return ""


_CHECKS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"date": _date_wrong, "max": _length_wrong, "map": _table_wrong}
)
