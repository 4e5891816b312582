"""All questions and orders as OpenAPI 3.1 tells them, read off the functions themselves."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import Parameter, getdoc, signature
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model

from bus.control.operations import CARRYING, NEAR, ORDERS, QUESTIONS, Act

_REF = "#/components/schemas/{model}"
_ABOUT = """
Every question and every order of the command line, each as one call with its arguments as JSON; what is about a
file has them in the query and the file as its body. An order is kept in the audit under the name of the operator whose
token it came with. Refusals are `application/problem+json` with a stable `code`.
"""
_PROBLEM = {
    "type": "object",
    "required": ["code", "status", "detail"],
    "properties": {
        "code": {"type": "string", "description": "Contract; the texts may change."},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
_FILE = {"type": "string"}
_REFUSED = {
    "description": "Refused, or not done",
    "content": {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}},
}


def openapi(path: str) -> dict[str, Any]:
    """The description of all calls below ``path``."""
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    calls = {
        f"{path}/{name}": {"post": _call(name, act, kind, schemas)}
        for kind, acts in (("question", QUESTIONS), ("order", ORDERS))
        for name, act in acts.items()
        if name not in NEAR
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Liên Thông Bus: control", "version": "1", "description": _ABOUT},
        "security": [{"token": []}],
        "paths": calls,
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def arguments(name: str, act: Act) -> type[BaseModel]:
    """The arguments of a question or order as a model: those of its function but for the parts it works with."""
    _, *own = signature(act, eval_str=True).parameters.values()
    # Under names of their own, for a model has a few already, such as "copy".
    fields: Mapping[str, Any] = {f"{one.name}_": (one.annotation, _field(one)) for one in own}
    return create_model(f"{name}_arguments", __config__=ConfigDict(extra="forbid"), **fields)


def answered(act: Act) -> Any:
    """The type of what a question or order answers."""
    return signature(act, eval_str=True).return_annotation


def answer(act: Act) -> TypeAdapter[Any]:
    """What a question or order answers, to be checked and described."""
    return TypeAdapter(answered(act))


def lists(name: str) -> frozenset[str]:
    """The arguments of a question or order that may be several."""
    properties = arguments(name, {**QUESTIONS, **ORDERS}[name]).model_json_schema()["properties"]
    return frozenset(key for key, one in properties.items() if one.get("type") == "array")


def _carried(asked: Mapping[str, Any], format_: str) -> dict[str, Any]:
    """Arguments in the query; the file, which is only called there, as the body."""
    medias = ["application/xml", *(["application/json"] if format_ == "either" else [])]
    needed = set(asked.get("required", ())) - {"file"}
    return {
        "parameters": [
            {"name": name, "in": "query", "required": name in needed, "schema": schema}
            for name, schema in asked["properties"].items()
        ],
        "requestBody": {
            "required": True,
            "content": {media: {"schema": {**_FILE, "contentMediaType": media}} for media in medias},
        },
    }


def _field(one: Parameter) -> Any:
    return Field(alias=one.name) if one.default is Parameter.empty else Field(one.default, alias=one.name)


def _call(name: str, act: Act, kind: str, schemas: dict[str, Any]) -> dict[str, Any]:
    asked = arguments(name, act).model_json_schema(ref_template=_REF)
    told = answer(act).json_schema(ref_template=_REF)
    for schema in (asked, told):
        schemas.update(schema.pop("$defs", {}))
    return {
        "operationId": name,
        "tags": [kind],
        "summary": (getdoc(act) or "").split("\n\n")[0].replace("\n", " "),
        **(
            _carried(asked, CARRYING[name])
            if name in CARRYING
            else {"requestBody": {"content": {"application/json": {"schema": asked}}}}
        ),
        "responses": {
            "200": {"description": "Done", "content": {"application/json": {"schema": told}}},
            "4XX": _REFUSED,
            "5XX": _REFUSED,
        },
    }
