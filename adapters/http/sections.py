"""What the parts of an endpoint of the HTTP engine have in common, and the small values they share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from bus.endpoint_settings import Duration

T = TypeVar("T")


class Section(BaseModel):
    """Frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _as_tuple(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


def check_url(url: str) -> str:
    """An absolute http or https address without credentials; a slash at its end does not count. Raises ValueError."""
    parts = urlsplit(url)
    _ = parts.port  # looked at because only looking finds a port that is none
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("expected an absolute http or https URL without a query, such as https://10.1.2.3/api/v1")
    if parts.username is not None:
        raise ValueError("expected a URL without user or password: name the secret under auth with file:NAME")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("expected a URL in ASCII without spaces")
    return url.rstrip("/")


def _check_header(name: str) -> str:
    if name.lower() in {"host", "content-length", "transfer-encoding", "connection", "expect"}:
        raise ValueError("expected a header other than those that HTTP itself needs")
    return name


Url = Annotated[str, AfterValidator(check_url)]
Positive = Annotated[Duration, Field(gt=timedelta(0))]
HeaderName = Annotated[
    str, StringConstraints(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$"), AfterValidator(_check_header)
]
#: Text that may stand in a header as it is.
HeaderText = Annotated[str, StringConstraints(pattern=r"^[ -~]*$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
#: One, where a list may stand.
Listed = Annotated[tuple[T, ...], BeforeValidator(_as_tuple)]


def first(found: Iterable[T]) -> T | None:
    """The first there is."""
    return next(iter(found), None)
