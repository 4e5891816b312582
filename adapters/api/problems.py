"""Every refusal of this door: ``application/problem+json`` (RFC 9457) with the catalogue's stable code."""

from __future__ import annotations

import orjson
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from bus.catalogue import CATALOGUE, Side
from bus.errors import Rejected

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER = {"auth.throttled": 60, "bus.busy": 5, "bus.stopping": 60}


class Problem(BaseModel):
    """Why a request was refused, whose side it is on and what to do."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "code": "recipient.unknown",
                "status": 422,
                "title": "no route leads to a recipient's code",
                "detail": "000.00.99.H62",
                "side": "sender",
                "todo": "check the code named in the detail against the agency list",
                "title_vi": "không có đường chuyển tới mã đơn vị nhận",
                "todo_vi": "kiểm tra mã đơn vị nhận trong danh mục",
            }
        }
    )

    #: Contract; the texts may change.
    code: str
    status: int
    title: str
    detail: str
    side: str = Field(json_schema_extra={"enum": [side.value for side in Side]})
    todo: str
    title_vi: str
    todo_vi: str


def problem(rejection: Rejected) -> Problem:
    """The rejection in the catalogue's words."""
    entry = CATALOGUE[rejection.code]
    return Problem(
        code=entry.code,
        status=entry.http,
        title=entry.what,
        detail=rejection.detail,
        side=entry.side,
        todo=entry.todo,
        title_vi=entry.what_vi,
        todo_vi=entry.todo_vi,
    )


def refusal(rejection: Rejected) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer that says no."""
    wait = rejection.details.get("retry_after") or _RETRY_AFTER.get(rejection.code)
    more: dict[str, str] = rejection.details.get("headers", {})  # type: ignore[assignment]
    headers = {"content-type": MEDIA_TYPE, **({"retry-after": str(wait)} if wait else {}), **more}
    told = {"problems": found} if (found := rejection.details.get("problems")) else {}
    return CATALOGUE[rejection.code].http, headers, orjson.dumps(problem(rejection).model_dump() | told)


def response(rejection: Rejected) -> Response:
    """The answer that says no."""
    status, headers, body = refusal(rejection)
    return Response(body, status, headers)
