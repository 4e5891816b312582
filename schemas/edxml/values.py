"""Values as they stand on the wire, and how each is read and written.

Reading takes every form that was seen; what cannot be read is kept as :class:`Raw`, never guessed and never lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Annotated, Any

from pydantic import AfterValidator

from schemas.edxml.codes import BUSINESS, Business, Priority, Steering
from schemas.edxml.times import day_text, moment_text, read_day, read_moment, vietnamese

_COUNT_DIGITS = 9
_STATUS_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Raw:
    """A text that is no value of its element, as it was written."""

    text: str


@dataclass(frozen=True, slots=True)
class Codec:
    """Text to value and back. ``read`` gives ``None`` for what it cannot read."""

    read: Callable[[str], object | None]
    write: Callable[[Any], str]


def _organ_code(text: str) -> str:
    """Some systems write the word null for no code."""
    return "" if text == "null" else text


def _count(text: str) -> int | None:
    plain = text.isascii() and text.isdigit() and len(text) <= _COUNT_DIGITS
    return int(text) if plain else None


def _truth(text: str) -> bool | None:
    return {"1": True, "true": True, "0": False, "false": False}.get(text.lower())


def _status(text: str) -> str:
    """The leading zero gets lost in software that takes the code for a number."""
    return text.zfill(_STATUS_DIGITS) if text.isascii() and text.isdigit() else text


def _number_of(business: Business) -> str:
    return next(code for code, known in BUSINESS.items() if known is business)


def _numbered(kind: type[IntEnum]) -> Codec:
    known = {str(member.value): member for member in kind}
    return Codec(known.get, lambda member: str(member.value))


def _local(moment: datetime | Raw | None) -> datetime | Raw | None:
    return vietnamese(moment) if isinstance(moment, datetime) else moment


TEXT = Codec(str, str)

OrganCode = Annotated[str, Codec(_organ_code, str)]
StatusCode = Annotated[str, Codec(_status, str)]
Count = Annotated[int | Raw | None, Codec(_count, str)]
Day = Annotated[date | Raw | None, Codec(read_day, day_text)]
#: In Vietnam's time, to the second; an aware one is turned into it.
Moment = Annotated[datetime | Raw | None, AfterValidator(_local), Codec(read_moment, moment_text)]
_FLAG = Codec(_truth, lambda flag: str(int(flag)))

#: Written 1 and 0.
Flag = Annotated[bool | Raw | None, _FLAG]
#: The same where absent is no.
YesNo = Annotated[bool | Raw, _FLAG]
#: Written true and false.
TrueFalse = Annotated[bool | Raw | None, Codec(_truth, lambda flag: str(flag).lower())]
PriorityCode = Annotated[Priority | Raw | None, _numbered(Priority)]
SteeringCode = Annotated[Steering | Raw | None, _numbered(Steering)]
BusinessCode = Annotated[Business, Codec(BUSINESS.get, _number_of)]
