"""A played document-management system behind its link: dossiers come in, signed documents wait as packets.

The calls and members are those of a real product; what a repeat of a dossier is told is our guess.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping

import orjson

from adapters.http.rehearsal.orders import Order
from adapters.http.rehearsal.papers import Shelves
from adapters.http.rehearsal.partner import Asked
from adapters.http.stage import Head, Reply

_CALLS = {
    ("POST", "GuiHoSo"): "send",
    ("GET", "LayDanhSachGoiTinVanBan"): "list",
    ("GET", "LayGoiTinVanBan"): "get",
    ("POST", "CapNhatTrangThaiVanBan"): "ack",
}
_STATES = {"01": "initial", "03": "done", "04": "fail"}
_MOST, _KEPT = 100, 1000


class DocumentSystem:
    """One system and the packets it has for us. ``credential``: the whole Authorization header."""

    needed = frozenset[str]()

    def __init__(self, credential: str, now: Callable[[], int]) -> None:
        self.shelves = Shelves(now, "VB")
        self._credential = credential
        #: Dossiers as they came, by their IDHoSo, without what is in their files.
        self.dossiers: dict[str, Mapping[str, object]] = {}
        #: What it was told of packets: MaVanBan and TrangThai, in order.
        self.told: list[tuple[str, str]] = []
        self._answers: Mapping[str, Callable[[Asked], Reply]] = {
            "send": self._send,
            "list": self._list,
            "get": self._get,
            "ack": self._ack,
        }

    def call(self, head: Head) -> str:
        return _CALLS.get((head.method, head.path.rpartition("/")[2]), "")

    def answer(self, asked: Asked) -> Reply:
        if not hmac.compare_digest(asked.header("authorization"), self._credential):
            return self.denial()
        return self._answers[asked.call](asked)

    def refusal(self, order: Order) -> Reply:
        return _no(int(order.code) if order.code.isdecimal() else 500, "Dữ liệu không hợp lệ", order.status or 200)

    def denial(self) -> Reply:
        return _no(401, "Không có quyền truy cập", 401)

    def leave(self, body: bytes, _type: str) -> str:
        packet = orjson.loads(body)
        if not isinstance(packet, dict):
            raise ValueError("expected a packet as JSON")  # noqa: TRY004 - as JSON that is none
        return self.offer(packet)

    def account(self) -> Mapping[str, object]:
        return {"dossiers": dict(self.dossiers), "told": self.told, **self.shelves.account()}

    def offer(self, packet: Mapping[str, object]) -> str:
        """A packet that waits for us; its MaVanBan."""
        return self.shelves.offer(packet)

    def _send(self, asked: Asked) -> Reply:
        told = asked.json()
        key = str(told.get("IDHoSo", ""))
        try:
            files = _files(told)
        except (binascii.Error, ValueError):
            return _no(400, "Tệp đính kèm không hợp lệ")
        if not key:
            return _no(400, "Thiếu IDHoSo")
        kept, _ = self.shelves.take(key, b"".join(files), {"id": key})
        self.dossiers[key] = _without_bytes(told)
        return _yes(kept.doc_id)

    def _list(self, asked: Asked) -> Reply:
        asked_for = asked.query.get("top", "")
        most = min(int(asked_for), _MOST) if asked_for.isdecimal() else _MOST
        return _yes([one.doc_id for one in self.shelves.waiting("edoc")][:most])

    def _get(self, asked: Asked) -> Reply:
        found = self.shelves.find(asked.query.get("MaVanBan", ""))
        return _yes(found.content) if found else _no(404, "Không tìm thấy văn bản")

    def _ack(self, asked: Asked) -> Reply:
        told = asked.json()
        id_, code = str(told.get("MaVanBan")), str(told.get("TrangThai"))
        found, state = self.shelves.find(id_), _STATES.get(code)
        if found is None or state is None:
            return _no(404, "Không tìm thấy văn bản")
        found.state = state
        self.told = [*self.told, (id_, code)][-_KEPT:]
        return _yes("OK")


def _files(told: Mapping[str, object]) -> list[bytes]:
    """What is attached to the draft and to the dossier, decoded; a link has no bytes."""
    return [_decoded(one) for one in (*_drafted(told), *_list_of(told.get("ThanhPhanHoSo")))]


def _without_bytes(told: Mapping[str, object]) -> Mapping[str, object]:
    """A dossier whose files are their names, hashes and links."""
    files = [
        (str(one.get("Ten")), hashlib.sha256(_decoded(one)).hexdigest(), str(one.get("Link") or ""))
        for one in (*_drafted(told), *_list_of(told.get("ThanhPhanHoSo")))
    ]
    draft = told.get("VanBanDuThao")
    bare = {name: value for name, value in draft.items() if name != "DinhKem"} if isinstance(draft, dict) else draft
    return {**told, "VanBanDuThao": bare, "ThanhPhanHoSo": [], "files": files}


def _decoded(file: Mapping[str, object]) -> bytes:
    return base64.b64decode(str(file.get("Base64") or ""), validate=True)


def _drafted(told: Mapping[str, object]) -> list[Mapping[str, object]]:
    draft = told.get("VanBanDuThao")
    return _list_of(draft.get("DinhKem")) if isinstance(draft, dict) else []


def _list_of(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _yes(data: object) -> Reply:
    return Reply(200, {"data": data, "error": {"code": 200, "internalMessage": "", "userMessage": ""}})


def _no(code: int, words: str, status: int = 200) -> Reply:
    return Reply(status, {"data": None, "error": {"code": code, "internalMessage": words, "userMessage": words}})
