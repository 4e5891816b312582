"""A call as data: method, path below the endpoint's URL, query, headers and body, as templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from adapters.http import names
from adapters.http.json_tree import Json
from adapters.http.sections import HeaderName, HeaderText, Section, Word
from adapters.http.template import Template, Text


class RawBody(Section):
    """The message as it was accepted, byte for byte."""

    kind: Literal["raw"]
    content_type: HeaderText = "application/xml"


class JsonBody(Section):
    """JSON with values of the message; ``{edxml.base64}`` and files in it are written while they are sent."""

    kind: Literal["json"]
    value: Json
    content_type: HeaderText = "application/json"


class FormBody(Section):
    """Fields as a browser sends them."""

    kind: Literal["form"]
    fields: Annotated[Mapping[Word, Text], Field(min_length=1)]


class TextPart(Section):
    """A field of a multipart form."""

    name: Word
    value: Text
    content_type: HeaderText | None = None


class FilePart(Section):
    """A file of a multipart form: the message (``edxml``), or each file of it in turn (``files``)."""

    name: Word
    file: Literal["edxml", "files"]
    #: ``{fileName}`` for the message, ``{file.name}`` for its files, where nothing is said.
    file_name: Text | None = None
    content_type: Text | None = None


def _part(value: object) -> str:
    held = value if isinstance(value, Mapping) else vars(value) if isinstance(value, Section) else {}
    return "file" if "file" in held else "text"


Part = Annotated[Annotated[TextPart, Tag("text")] | Annotated[FilePart, Tag("file")], Discriminator(_part)]


class MultipartBody(Section):
    """A form with files in it (multipart/form-data)."""

    kind: Literal["multipart"]
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]


Body = Annotated[RawBody | JsonBody | FormBody | MultipartBody, Field(discriminator="kind")]


class CallSettings(Section):
    """One call. Which names its templates may have is checked by who holds it."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    #: Below the endpoint's URL; values in it are quoted.
    path: Text
    query: Mapping[Word, Text] = {}
    headers: Mapping[HeaderName, Text] = {}
    body: Body | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        text = self.path.text
        if text and not text.startswith("/"):
            names.refuse(
                [names.wrong(("path",), "expected a path below the URL that begins with /, such as /sendEdoc")]
            )
        if "?" in text or "#" in text:
            names.refuse([names.wrong(("path",), "expected the path alone, and what stands behind '?' under query")])
        if not _is_plain(self.path) or " " in self.path.constant:
            names.refuse([names.wrong(("path",), "expected ASCII without spaces: write other letters as %C4%83")])
        for name, template in self.headers.items():
            if not _is_plain(template):
                names.refuse([names.wrong(("headers", name), "expected printable ASCII around the names")])
        if self.method == "GET" and self.body:
            names.refuse([names.wrong(("body",), "expected no body in a GET")])
        return self


def _is_plain(template: Template) -> bool:
    return template.constant.isascii() and template.constant.isprintable()
