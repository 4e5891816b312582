"""The protocol tus 1.0.0 (https://tus.io) in headers: what calls of it bring, and what answers tell."""

from __future__ import annotations

from email.utils import formatdate

from fastapi import Request, Response
from pydantic import BaseModel, Field

from adapters.api.guarded import GuardedRoute, Handler
from adapters.api.refusals import Responses
from bus.clock import MICROS
from bus.errors import Rejected
from bus.parcels import Upload

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
_MOST = 1 << 50

_HEADERS = {
    "Location": {"schema": {"type": "string"}, "example": "/api/v1/uploads/01kbz6y3v9q2w4e6r8t0y1u3i5"},
    "Upload-Offset": {"schema": {"type": "integer"}, "example": 8388608, "description": "Bytes that are on disk"},
    "Upload-Length": {"schema": {"type": "integer"}, "example": 73400320, "description": "Bytes that were announced"},
    "Upload-Expires": {"schema": {"type": "string"}, "example": "Tue, 03 Mar 2026 01:30:00 GMT"},
    "Tus-Resumable": {"schema": {"type": "string"}, "example": VERSION},
}
#: What is spoken beside the core.
_EXTENSIONS = "creation,expiration,termination"
SPOKEN: Responses = {
    204: {
        "description": "What is spoken here",
        "headers": {
            "Tus-Resumable": _HEADERS["Tus-Resumable"],
            "Tus-Version": {"schema": {"type": "string"}, "example": VERSION},
            "Tus-Extension": {"schema": {"type": "string"}, "example": _EXTENSIONS},
            "Tus-Max-Size": {"schema": {"type": "integer"}, "example": 209715200},
        },
    }
}


class TusRoute(GuardedRoute):
    """Speaks one version of the protocol and says so in every answer."""

    most = None

    def get_route_handler(self) -> Handler:
        """The guarded handler, with the protocol's own header."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            response = await inner(request)
            response.headers["Tus-Resumable"] = VERSION
            if response.status_code == 412:
                response.headers["Tus-Version"] = VERSION
            return response

        return handler


class Tus(BaseModel):
    """What each call of the protocol has."""

    tus_resumable: str = Field(default=VERSION, description="The protocol's version", examples=[VERSION])

    def check(self) -> None:
        """Raises ``Rejected('upload.version')``."""
        if self.tus_resumable != VERSION:
            raise Rejected("upload.version", f"spoken here: {VERSION}")


class Announced(Tus):
    """What a new upload is to be."""

    upload_length: int = Field(ge=1, le=_MOST, description="Bytes of the whole body", examples=[73400320])


class Place(Tus):
    """Where a piece begins."""

    upload_offset: int = Field(ge=0, le=_MOST, description="Where it begins: what HEAD says", examples=[8388608])


def spoken(most: int) -> dict[str, str]:
    """What is spoken here, for uploads of at most so many bytes."""
    return {"Tus-Version": VERSION, "Tus-Extension": _EXTENSIONS, "Tus-Max-Size": str(most)}


def told(status: int) -> Responses:
    """What the page says of the headers of an answer."""
    names = [name for name in _HEADERS if name != "Location" or status == 201]
    return {status: {"headers": {name: _HEADERS[name] for name in names}}}


def stand(upload: Upload) -> dict[str, str]:
    """How far an upload is."""
    return {
        "Upload-Offset": str(upload.offset),
        "Upload-Length": str(upload.length),
        "Upload-Expires": formatdate(upload.expires_at / MICROS, usegmt=True),
    }
