"""Elements the standard does not know, kept as they came so that they can be sent on."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Unknown(BaseModel):
    """An element with all in it. Its own text is kept together, whatever stood between."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    namespace: str
    #: As written, without its prefix.
    local: str
    text: str = ""
    #: Name (``{namespace}local`` where it has one) and value.
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[Unknown, ...] = ()


class Extension(BaseModel):
    """An unknown element and its place: ``edXML/edXMLEnvelope/edXMLHeader/MessageHeader/To[2]`` is a parent."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    parent: str
    element: Unknown
