"""The way in: a document is answered 202 when RabbitMQ has confirmed that it is on disk."""

from __future__ import annotations

import base64
import hmac
import uuid

import settings
from fastapi import FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from lxml import etree
from tasks import deliver

_FIELDS = ("{*}From/{*}OrganId", "{*}To/{*}OrganId", "{*}DocumentId")

app = FastAPI()


@app.post("/api/v1/messages", status_code=202)
async def post_message(request: Request) -> JSONResponse:
    """Take a document for its recipient."""
    if not hmac.compare_digest(request.headers.get("X-Bus-Key", "").encode(), settings.API_KEY.encode()):
        raise HTTPException(401, "unknown key")
    message_id = await run_in_threadpool(_accept, await request.body())
    return JSONResponse({"id": message_id}, 202)


def _accept(body: bytes) -> str:
    """Put a document on the queue; its new id. Blocks until the broker has confirmed it, on this thread's own connection."""
    sender, recipient, document_id = _header(body)
    if recipient not in settings.ROUTES:
        raise HTTPException(422, "no such recipient")
    message_id = uuid.uuid4().hex
    deliver.send(message_id, sender, recipient, document_id, base64.b64encode(body).decode())
    return message_id


def _header(body: bytes) -> list[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        header = etree.fromstring(body, parser).find(".//{*}MessageHeader")
    except etree.XMLSyntaxError as error:
        raise HTTPException(400, "not XML") from error
    fields = [] if header is None else [header.findtext(path, "").strip() for path in _FIELDS]
    if not fields or not all(fields):
        raise HTTPException(422, "the header is not complete")
    return fields
