"""What all models of reports have in common: nothing unknown is taken, nothing changes, codes are compared as NFC.

On the wire names are in camel case; files that people write have them with underscores. Both are read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import AfterValidator, AliasGenerator, BaseModel, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

#: What nobody types: no database, XML or table for people takes all of it. A line may be broken in a cell.
_CONTROLS, _ODD = re.compile(r"[\x00-\x1f\x7f]"), re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean(text: str) -> str:
    """Text as it is compared and hashed: NFC, trimmed."""
    return unicodedata.normalize("NFC", text).strip()


def _code(text: str) -> str:
    return _without(_CONTROLS, clean(text))


def _words(text: str) -> str:
    return _without(_ODD, clean(text))


def _without(odd: re.Pattern[str], text: str) -> str:
    if odd.search(text):
        raise ValueError("expected no control characters")
    return text


def twice(codes: Iterable[str]) -> Iterator[str]:
    """Those that came before."""
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            yield code
        seen.add(code)


def once(codes: Iterable[str]) -> None:
    """Raise ValueError where a code comes again."""
    if again := next(twice(codes), None):
        raise ValueError(f"expected each code once; '{again}' comes again")


class Part(BaseModel):
    """A part of a packet, or a packet."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=AliasGenerator(validation_alias=to_camel, serialization_alias=to_camel),
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


#: A code of an agency, a form, an indicator, a regime. Any text may be one; case counts.
Code = Annotated[str, AfterValidator(_code), StringConstraints(min_length=1, max_length=100)]
#: A line for people.
Line = Annotated[str, AfterValidator(_words), StringConstraints(max_length=500)]
#: A paragraph for people.
Text = Annotated[str, AfterValidator(_words), StringConstraints(max_length=100_000)]


class Issued(Part):
    """What an agency issues, in one version: known by code and version."""

    code: Code
    version: Code
    issued_by: Code


class Titled(Issued):
    """The same with a name for people."""

    name: Line
    name_en: Line = ""


class Reference(Part):
    """A form, an outline or a set in one version."""

    code: Code
    version: Code
