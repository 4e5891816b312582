"""The OpenAPI document: FastAPI's, with our one form of refusal and with an example of every body."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from adapters.api.problems import Problem
from adapters.api.shapes import Shapes
from schemas.edxml.document_types import document_type
from schemas.edxml.enclose import Enclosure
from schemas.edxml.models import Code, Edoc, MessageHeader, Organ, PromulgationInfo, SignerInfo
from schemas.edxml.writer import write

Json = dict[str, Any]

#: What FastAPI says of refusals that are never given here.
_NOT_OURS = ("HTTPValidationError", "ValidationError")


def document(app: FastAPI) -> Json:
    """The document of an application."""
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema()
    for name in _NOT_OURS:
        schemas.pop(name, None)
    shapes = Shapes(made)
    for call in _calls(made):
        _leave_out_theirs(call["responses"])
        for media, content in _contents(call):
            _add_example(media, content, shapes)
    return made


def _calls(made: Json) -> Iterator[Json]:
    for calls in made["paths"].values():
        yield from calls.values()


def _leave_out_theirs(responses: Json) -> None:
    if "application/json" in responses.get("422", {}).get("content", {}):
        del responses["422"]


def _contents(call: Json) -> Iterator[tuple[str, Json]]:
    for body in (call.get("requestBody", {}), *call["responses"].values()):
        yield from body.get("content", {}).items()


def _add_example(media: str, content: Json, shapes: Shapes) -> None:
    if media == "application/json":
        content.setdefault("example", example(content.get("schema", {}), shapes))
    elif media == "application/xml":
        content.setdefault("example", sample())


def example(schema: Mapping[str, Any], shapes: Shapes) -> Any:
    """A value of this shape, from the examples of its parts."""
    schema = shapes.resolved(schema)
    if "example" in schema:
        return schema["example"]
    if schema.get("examples"):
        return schema["examples"][0]
    if "properties" in schema:
        return {name: example(part, shapes) for name, part in schema["properties"].items()}
    if "items" in schema:
        return [example(schema["items"], shapes)]
    return schema["enum"][0] if "enum" in schema else {"boolean": False, "integer": 0}.get(schema.get("type", ""), "")


def sample() -> str:
    """A document as senders write it, with one small file."""
    header = MessageHeader(
        from_=Organ(organ_id="000.00.05.H62", organ_name="Sở Nội vụ"),
        to=(Organ(organ_id="000.00.07.H62", organ_name="Sở Tài chính"),),
        document_id="000.00.05.H62,2026/03/02,15/BC-SNV",
        code=Code(code_number="15", code_notation="BC-SNV"),
        promulgation_info=PromulgationInfo(place="Vĩnh Yên", promulgation_date=date(2026, 3, 2)),
        document_type=document_type("Báo cáo"),
        subject="V/v báo cáo tình hình tiếp nhận và xử lý văn bản điện tử",
        signer_info=SignerInfo(full_name="Nguyễn Văn An", position="Giám đốc", competence="TM."),
    )
    out = io.BytesIO()
    file = Enclosure("bao-cao.pdf", io.BytesIO(b"%PDF-1.4\n%%EOF\n"), uid="0f0e1c52-6d2f-4b57-9a3e-5b0c6a1d2e3f")
    write(Edoc(message_header=header), out, [file])
    return out.getvalue().decode()
