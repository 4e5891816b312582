"""The sheet a partner gets: where its doors are, as whom it calls, and the secret. In a file only its owner can read, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bus.config import Settings
from bus.endpoint import Adapter
from bus.secret import private_file

_WARNING = """\
GIỮ BÍ MẬT. Ai có khóa này gửi và nhận văn bản được thay cho đơn vị. Trao tận tay hoặc qua kênh mã hóa, khóa và mã hệ thống
nên đi hai đường; không gửi qua thư điện tử thường, Zalo hay tin nhắn. Cài xong thì xóa tệp này. Nghi lộ thì báo ngay để đổi.

KEEP SECRET. Whoever has this secret sends and receives documents in your agency's stead. Pass it on by hand or over an encrypted
channel, id and secret better by two ways; never by plain mail, chat or text message. Delete this file once it is installed.
If it may have leaked, say so at once: it is changed without an interruption.
"""


@dataclass(frozen=True, slots=True)
class Handed:
    """What a partner is told of one door."""

    adapter: Adapter
    id: str
    secret: str = field(repr=False)


def usual_address(settings: Settings) -> str:
    """Where the doors are, as far as the bus itself knows."""
    return f"{'https' if settings.tls_cert else 'http'}://{settings.listen}"


def write(path: Path, name: str, agencies: Sequence[str], address: str, doors: Sequence[Handed]) -> None:
    """Write a sheet in place of one that may be there, 0600. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with private_file(path) as fresh:
        fresh.write_text("\n".join(_lines(name, agencies, address.rstrip("/"), doors)), encoding="utf-8")
        fresh.replace(path)


def _lines(name: str, agencies: Sequence[str], address: str, doors: Sequence[Handed]) -> Iterator[str]:
    yield "TRỤC LIÊN THÔNG: PHIẾU BÀN GIAO KẾT NỐI · HANDOVER SHEET"
    yield ""
    yield f"Đơn vị · Partner: {name}"
    yield f"Mã định danh · Agency codes: {', '.join(agencies)}"
    for door in doors:
        yield ""
        yield from _door(address, door)
    yield ""
    yield _WARNING


def _door(address: str, door: Handed) -> Iterator[str]:
    path = door.adapter.face().path if door.adapter.face else ""
    vietnamese, english = door.adapter.door.handover if door.adapter.door else ("", "")
    yield f"Cửa · Door: {door.adapter.kind}"
    yield f"  Địa chỉ · Address: {address}{path}"
    if door.id:
        yield f"  Mã hệ thống · Id: {door.id}"
    yield f"  Khóa · Secret: {door.secret}"
    yield f"  {vietnamese}"
    yield f"  {english}"
