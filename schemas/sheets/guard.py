"""An XLSX package looked through before anything opens it: what unpacks to more than anybody types, and XML that declares things of its own."""

from __future__ import annotations

import io
import zipfile

from schemas.sheets.cells import FileInvalid

#: Bytes of a file, and of all that is packed in it; files in it.
LARGEST, _UNPACKED, _PARTS = 5 << 20, 60 << 20, 2000
_XML = (".xml", ".rels", ".vml")
#: How a text in another encoding may begin; what a part is called says little.
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
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
                raise FileInvalid(
                    f"what is packed in it is larger than {_UNPACKED >> 20} MB",
                    f"nội dung nén lớn hơn {_UNPACKED >> 20} MB",
                )
            for part in parts:
                text = package.read(part)
                if part.filename.lower().endswith(_XML) or text.lstrip()[:1] == b"<" or text.startswith(_MARKS):
                    _check_xml(text)
    except _BROKEN as error:
        raise FileInvalid(f"this is no XLSX file: {error}", "đây không phải tệp XLSX") from error


def _check_xml(text: bytes) -> None:
    if b"\0" in text or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise FileInvalid(
            "this XLSX file declares things of its own in its XML: no program for tables does",
            "tệp XLSX có khai báo lạ trong XML",
        )
