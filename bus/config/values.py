"""The small values of ``routes.yaml`` that several sections share."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from bus.endpoint_settings import Duration
from bus.quantity import parse_share

ANY = "any"


def clean_code(code: str) -> str:
    """An agency code as it is compared: NFC, trimmed. Any text may be a code; case counts."""
    return unicodedata.normalize("NFC", code).strip()


def as_list(value: object) -> object:
    """One word where a list may stand."""
    return [value] if isinstance(value, str) else value


def _not_any(name: str) -> str:
    if name == ANY:
        raise ValueError("expected a name other than 'any', which has a meaning of its own")
    return name


def _two_digits(code: str) -> str:
    if not re.fullmatch(r"[0-9]{2}", code):
        raise ValueError("expected two digits in quotes, such as '14'")
    return code


Code = Annotated[str, AfterValidator(clean_code), StringConstraints(min_length=1, max_length=100)]
#: The name of an endpoint, partner, rule, tap or policy: it stands in metrics, addresses and logs.
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"), AfterValidator(_not_any)]
#: A status as a message bears it, defined by the standard or not.
StatusCode = Annotated[str, AfterValidator(_two_digits)]
Share = Annotated[float, BeforeValidator(parse_share), Field(ge=0, le=1)]
Positive = Annotated[Duration, Field(gt=timedelta(0))]


class Section(BaseModel):
    """What all parts of the file have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)
