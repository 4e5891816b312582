"""An XLSX package looked through before anything opens it: what unpacks to more than anybody types, and XML that declares things of its own."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from schemas.sheets.cells import FileInvalid

#: Bytes of a file, and of all that is packed in it; files in it.
LARGEST, _UNPACKED, _PARTS = 5 << 20, 60 << 20, 2000
#: Tags in all of it, and of them cells, sheets, and what is neither these nor a text: packed a tag costs nothing, and its reader a lot.
_TAGS = 2_000_000
_MOST = (
    (re.compile(rb"<(?:\w+:)?c[\s/>]"), 300_000),
    (re.compile(rb"<(?:\w+:)?sheet[\s/>]"), 200),
    (re.compile(rb"<(?!/?(?:\w+:)?(?:c|v|f|is|t|si|row)[\s/>])"), 30_000),
)
_XML = (".xml", ".rels", ".vml")
#: How a text in another encoding may begin; what a part is called says little.
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")
_BROKEN = (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError)


def check_size(data: bytes) -> None:
    """Raises FileInvalid for a file larger than is taken."""
    if len(data) > LARGEST:
        raise FileInvalid(f"it is larger than {LARGEST >> 20} MB", f"tệp lớn hơn {LARGEST >> 20} MB")


def check_package(data: bytes) -> None:
    """Raises FileInvalid."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED:
                raise _too_large()
            _check_parts(text for part in parts if _is_xml(text := package.read(part), part.filename))
    except _BROKEN as error:
        raise FileInvalid(f"this is no XLSX file: {error}", "đây không phải tệp XLSX") from error


def _too_large() -> FileInvalid:
    return FileInvalid(
        f"what is packed in it is larger than {_UNPACKED >> 20} MB", f"nội dung nén lớn hơn {_UNPACKED >> 20} MB"
    )


def _check_parts(parts: Iterator[bytes]) -> None:
    tags, found = 0, [0] * len(_MOST)
    for text in parts:
        _check_xml(text)
        tags += text.count(b"<")
        if tags > _TAGS:
            raise _too_much()
        for place, (pattern, most) in enumerate(_MOST):
            found[place] += sum(1 for _ in pattern.finditer(text))
            if found[place] > most:
                raise _too_much()


def _is_xml(text: bytes, name: str) -> bool:
    return name.lower().endswith(_XML) or text.lstrip()[:1] == b"<" or text.startswith(_MARKS)


def _too_much() -> FileInvalid:
    return FileInvalid(
        "there is far more in it than in any table of this kind; copy the filled cells into an empty one",
        "tệp chứa quá nhiều nội dung so với một bảng như vậy; hãy chép số liệu sang bảng trống",
    )


def _check_xml(text: bytes) -> None:
    if b"\0" in text or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise FileInvalid(
            "this XLSX file declares things of its own in its XML: no program for tables does",
            "tệp XLSX có khai báo lạ trong XML",
        )
