"""Numbers as text: a point, no grouping, no exponent. What is written is kept, so nothing drifts and 1.50 stays 1.50."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

#: A number, for those who read a JSON Schema.
PATTERN = r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?$"
_NUMBER = re.compile(PATTERN)


def number(text: str) -> Decimal | None:
    """The number a text is; None if it is none, such as one with a comma."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def decimals(text: str) -> int:
    """Digits after the point, zeros at the end not counted."""
    return len(text.partition(".")[2].rstrip("0"))


def plain(value: Decimal) -> str:
    """A number as it is written here, without zeros at its end."""
    if not value:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _checked(text: str) -> str:
    if number(text) is None:
        raise ValueError("expected a number as text, such as '12' or '0.5'")
    return text


#: A number in the text of a contract.
Number = Annotated[
    str,
    StringConstraints(strict=True, max_length=40),
    AfterValidator(_checked),
    Field(json_schema_extra={"pattern": PATTERN}),
]
