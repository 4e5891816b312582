"""The form of sendEdoc: the document's file and what is said beside it, in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from adapters.lgsp.multipart import Multipart, Part, boundary_of
from bus.desk import Desk, Received
from bus.errors import Rejected

FILE = "edocFile"
#: Bytes of a form beside its file.
_AROUND = 1 << 20


@dataclass(frozen=True, slots=True)
class Form:
    """What came. The file is spooled and read, and not accepted yet."""

    received: Received
    fields: Mapping[str, str]


async def read(desk: Desk, request: Request) -> Form:
    """Take the form in. Raises Rejected; then nothing of it is left."""
    _check_length(request.headers.get("content-length", ""), desk.max_bytes + _AROUND)
    form = Multipart(request.stream(), boundary_of(request.headers.get("content-type", "")))
    taking = _Taking(desk)
    try:
        async for part in form.parts():
            await taking.take(part)
        return taking.form()
    except BaseException:
        taking.discard()
        raise


class _Taking:
    """A form as it comes in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._received: Received | None = None
        self._fields: dict[str, str] = {}

    async def take(self, part: Part) -> None:
        if part.name in self._fields or (part.name == FILE and self._received):
            raise Rejected("request.invalid", f"{part.name}: given more than once")
        if part.name == FILE:
            self._received = await self._desk.receive(part.content)
        else:
            self._fields[part.name] = await part.text()

    def form(self) -> Form:
        if self._received is None:
            raise Rejected("request.invalid", f"{FILE}: missing")
        return Form(self._received, self._fields)

    def discard(self) -> None:
        if self._received:
            self._desk.discard(self._received)


def _check_length(announced: str, limit: int) -> None:
    """What cannot fit is refused before it is read."""
    if announced.isdecimal() and int(announced[:20]) > limit:
        raise Rejected("body.too_large", f"{announced[:20]} bytes announced; {limit} are taken")
