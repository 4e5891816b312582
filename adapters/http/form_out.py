"""Bodies that are forms: fields alone, or with files among them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from adapters.http.call_settings import FilePart, Part, TextPart
from adapters.http.facts import of_file
from adapters.http.sending import Sending, streamed
from adapters.http.template import Template
from bus.bodies import Base64, Body, Joined

_TYPE = re.compile(r"[!-~]+/[ -~]+")
_LINE = b"\r\n"
_QUOTED = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


def form_body(fields: Mapping[str, Template], sending: Sending) -> bytes:
    """application/x-www-form-urlencoded."""
    values = {name: template.render(sending.names) for name, template in fields.items()}
    return urlencode(values, errors="replace").encode()


def multipart_body(parts: tuple[Part, ...], boundary: str, sending: Sending) -> Body:
    """multipart/form-data. The boundary must be one that stands in none of the parts: a fresh text of some length."""
    mark = f"--{boundary}".encode()
    made: list[bytes | Body] = []
    for head, body in _parts(parts, sending):
        made += [mark + _LINE + head + _LINE, body, _LINE]
    return Joined((*made, mark + b"--" + _LINE))


def _parts(parts: tuple[Part, ...], sending: Sending) -> Iterator[tuple[bytes, bytes | Body]]:
    for part in parts:
        if isinstance(part, TextPart):
            yield _head(part.name, "", part.content_type or ""), _text(part.value, sending)
        elif part.file == "edxml":
            yield _file_head(part, sending.names, "fileName", "application/xml"), sending.message
        else:
            for number, file in enumerate(sending.files, 1):
                names = of_file(sending.names, file, number)
                yield _file_head(part, names, "file.name", file.media_type), file.body


def _text(template: Template, sending: Sending) -> bytes | Body:
    match streamed(template):
        case "edxml.base64":
            return Base64(sending.message)
        case "edxml.text":
            return sending.message
        case _:
            return template.render(sending.names).encode("utf-8", "replace")


def _file_head(part: FilePart, names: Mapping[str, object], usual_name: str, usual_type: str) -> bytes:
    file_name = part.file_name.render(names) if part.file_name else str(names[usual_name])
    content_type = part.content_type.render(names) if part.content_type else usual_type
    return _head(part.name, file_name, content_type if _TYPE.fullmatch(content_type) else "application/octet-stream")


def _head(name: str, file_name: str, content_type: str) -> bytes:
    disposition = f'Content-Disposition: form-data; name="{name.translate(_QUOTED)}"'
    if file_name:
        disposition += f'; filename="{file_name.translate(_QUOTED)}"'
    lines = [disposition, f"Content-Type: {content_type}"] if content_type else [disposition]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")
