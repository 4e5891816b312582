"""A call as data: an operation of the WSDL, and its parameters as a tree of templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from adapters.http.call_settings import CallSettings
from adapters.http.json_tree import Json
from adapters.http.sections import Word
from adapters.http.template import Text, parse

#: An element's name, with its namespace before it in braces where it has one.
ElementName = Annotated[str, StringConstraints(pattern=r"^(\{[^{}\s]{1,300}\})?[A-Za-z_][A-Za-z0-9_.-]{0,99}$")]


class SoapCall(CallSettings):
    """One call. It goes to the endpoint's URL, whatever address the WSDL names."""

    method: Literal["POST"] = "POST"
    path: Text = parse("")
    operation: Word
    #: By the names of the WSDL; their order is the WSDL's, however they are written here.
    parameters: Json = Field(default_factory=dict)
    #: Header elements that are text: ``{"{http://e-doc.example/xsd}Token": "{session}"}``.
    soap_headers: Mapping[ElementName, Text] = {}
    #: How the bytes of messages and files go: as base64 where they stand, as parts that are included there (MTOM), or as
    #: parts that are named there (SOAP with Attachments, ``swaRef``).
    attachments: Literal["inline", "mtom", "swa"] = "inline"

    @model_validator(mode="after")
    def _check_soap(self) -> Self:
        if self.body:
            raise ValueError("expected 'parameters' in place of 'body': the envelope is made by the WSDL")
        return self
