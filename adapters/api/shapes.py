"""What an OpenAPI document says of parameters and bodies, as flat lists of fields, and a call to try it with."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, or one member of a body; ``copies[].doc_id`` for what lies deeper."""

    name: str
    kind: str
    required: bool
    meaning: str = ""
    example: str = ""


class Shapes:
    """Reads the schemas of one document."""

    def __init__(self, document: Json) -> None:
        self._document = document

    def parameters(self, call: Json) -> list[Field]:
        """The parameters of a call; where each stands is told with its type."""
        return [self._parameter(one) for one in call.get("parameters", ())]

    def _parameter(self, one: Json) -> Field:
        schema = self.resolved(one.get("schema", {}))
        kind = f"{one['in']}, {self._kind(schema)}"
        meaning = one.get("description") or schema.get("description", "")
        return Field(one["name"], kind, bool(one.get("required")), meaning, example_of(schema))

    def fields(self, schema: Json, prefix: str = "") -> list[Field]:
        """Every member of a body, those of its parts after them."""
        schema = self.resolved(schema)
        required = schema.get("required", ())
        return [
            field
            for name, part in schema.get("properties", {}).items()
            for field in self._member(prefix + name, self.resolved(part), required=name in required)
        ]

    def _member(self, name: str, schema: Json, *, required: bool) -> Iterator[Field]:
        yield Field(name, self._kind(schema), required, schema.get("description", ""), example_of(schema))
        inner, mark = (schema["items"], "[].") if "items" in schema else (schema, ".")
        yield from self.fields(inner, name + mark)

    def resolved(self, schema: Json) -> Json:
        """The schema itself: what a reference leads to, the one choice that is not null."""
        if "$ref" in schema:
            found: Any = self._document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            return self.resolved(found)
        choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
        return {**self.resolved(choices[0]), **schema} if len(choices) == 1 else schema

    def _kind(self, schema: Json) -> str:
        if values := schema.get("enum"):
            return " | ".join(map(str, values))
        if "items" in schema:
            return f"array of {self._kind(self.resolved(schema['items']))}"
        kind, form = schema.get("type", "object"), schema.get("format")
        return f"{kind} ({form})" if form else str(kind)


def example_of(schema: Json) -> str:
    """The schema's own example; what it is without being told, where it has none."""
    for value in (*schema.get("examples", ()), schema.get("default")):
        if value not in (None, ""):
            return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return ""


def curl(method: str, path: str, call: Json, shapes: Shapes) -> str:
    """A command line to try a call with; ``$BUS`` is where the bus is, ``$KEY`` the partner's key."""
    parameters = [(one, example_of(shapes.resolved(one.get("schema", {})))) for one in call.get("parameters", ())]
    for one, example in parameters:
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", example)
    headers = [
        f"{one['name']}: {example}" for one, example in parameters if one["in"] == "header" and one.get("required")
    ]
    verb = "-I" if method == "HEAD" else f"-X {method}"
    keys = ['-H "X-Bus-Key: $KEY"'] if call.get("security") else []
    parts = [f'curl {verb} "$BUS{path}"', *keys, *(f"-H {shlex.quote(one)}" for one in headers)]
    return " \\\n  ".join([*parts, *_sending(call, shapes), *_saving(call)])


def _sending(call: Json, shapes: Shapes) -> Iterator[str]:
    for media, form in call.get("requestBody", {}).get("content", {}).items():
        yield f"-H 'Content-Type: {media}'"
        example = shapes.resolved(form.get("schema", {})).get("example")
        data = json.dumps(example, ensure_ascii=False) if example else "@document.xml"
        yield f"--data-binary {shlex.quote(data)}"


def _saving(call: Json) -> Iterator[str]:
    content = call["responses"].get("200", {}).get("content", {})
    if "application/xml" in content:
        yield "-o document.xml"
