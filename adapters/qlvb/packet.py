"""One packet of the link (goi tin van ban), read with patience: a member that is missing or odd is one that says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson

_MAX_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of the packet: what it is in base64, or where it may be fetched."""

    name: str
    base64: str
    link: str

    @property
    def host(self) -> str:
        """The host of the link; '' for what is no link, or may be read as one to another host."""
        try:
            parts = urlsplit(self.link)
        except ValueError:
            return ""
        plain = parts.scheme in {"http", "https"} and parts.username is None and "\\" not in self.link
        return (parts.hostname or "") if plain else ""


_TEXTS = ("unit", "unit_name", "subject", "type_name", "number", "issued", "signed", "signer", "position", "hidden")


@dataclass(frozen=True, slots=True)
class Packet:
    """What a packet says, in its own words. ``unit``: code of the agency it names."""

    id: str
    unit: str
    unit_name: str
    subject: str
    type_name: str
    number: str
    issued: str
    signed: str
    signer: str
    position: str
    result: str
    #: Echoed back as it was given with the dossier.
    hidden: str
    files: tuple[Attached, ...]

    @property
    def texts(self) -> Iterator[str]:
        """All it says, but for what is in its files."""
        yield from (getattr(self, name) for name in _TEXTS)
        for file in self.files:
            yield from (file.name, file.link)


def packet(id_: str, data: Mapping[str, object]) -> Packet:
    """The packet of an answer's data."""
    unit, document = _object(data, "DonVi"), _object(data, "VanBanDi")
    return Packet(
        id=id_,
        unit=_text(unit, "MaDinhDanh"),
        unit_name=_text(unit, "Ten"),
        subject=_text(document, "TrichYeu"),
        type_name=_text(document, "LoaiVanBan"),
        number=_text(document, "SoKyHieu"),
        issued=_text(document, "NgayBanHanh"),
        signed=_text(document, "NgayKy"),
        signer=_text(document, "NguoiKy"),
        position=_text(document, "ChucVu"),
        result=_result(_text(data, "LoaiKetQua")),
        hidden=_text(data, "ThamSoAn"),
        files=tuple(_file(one) for one in _list(document, "DinhKem")),
    )


def _result(code: str) -> str:
    """Two digits: the leading zero gets lost where a code is taken for a number."""
    return code.zfill(2) if code.isdecimal() else code


def _file(item: Mapping[str, object]) -> Attached:
    return Attached(_text(item, "Ten"), str(_member(item, "Base64") or ""), _text(item, "Link"))


def _member(found: Mapping[str, object], name: str) -> object:
    """A member, whatever the case of its name."""
    if name in found:
        return found[name]
    return next((value for key, value in found.items() if key.casefold() == name.casefold()), None)


def _text(found: Mapping[str, object], name: str) -> str:
    value = _member(found, name)
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()[:_MAX_TEXT]  # JSON that was not put into a text, though it should be
    known = isinstance(value, str | int | float) and not isinstance(value, bool)
    text = str(value).strip()[:_MAX_TEXT] if known else ""
    return "" if text == "null" else text


def _object(found: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = _member(found, name)
    return value if isinstance(value, Mapping) else {}


def _list(found: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    value = _member(found, name)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
