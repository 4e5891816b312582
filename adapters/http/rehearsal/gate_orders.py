"""What a played security server can be told: with which error of its own to answer, for a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.http.stage import Play, Reply

#: Where it is told.
GATE = "/_gate"


class GateOrder(BaseModel):
    """``error``: what it says in place of the provider's answer (``Server.ServerProxy.NetworkError``); none: nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    error: Annotated[str, Field(max_length=200, pattern=r"^[!-~]*$")] = ""
    #: Only after the provider had the call.
    carried: bool = False
    #: Without the header that says that it is the server's own.
    bare: bool = False
    #: For so many calls; else until told otherwise.
    times: Annotated[int, Field(ge=1)] | None = None


class Ordered:
    """A request that is an order. ``obey`` takes it."""

    def __init__(self, obey: Callable[[GateOrder], None]) -> None:
        self._obey = obey
        self._body = bytearray()

    def take(self, data: bytes) -> None:
        self._body += data

    def play(self) -> Play:
        try:
            self._obey(GateOrder.model_validate_json(bytes(self._body)))
        except ValidationError as error:
            return Play(Reply(400, error.json(include_url=False, include_input=False).encode()))
        return Play(Reply(200, {}))

    def hold(self, release: Callable[[], None]) -> None:
        release()
