"""A played ministry that takes messages under its header (HEADER and BODY of one JSON object). What of it is guessed stands in the dialect."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import unquote

import orjson

from adapters.http.rehearsal.orders import Order
from adapters.http.rehearsal.papers import Shelves
from adapters.http.rehearsal.partner import Asked
from adapters.http.stage import Head, Reply

PATH = "/thong-diep"
#: Members of the header, and how long they may be; 0: as long as they like.
HEADER: Mapping[str, int] = {
    "Version": 0, "Sender_Code": 0, "Sender_Name": 0, "Receiver_Code": 0, "Receiver_Name": 0, "Tran_Code": 10, "Tran_Name": 0, "Msg_ID": 50,
    "Msg_RefID": 0, "Send_Date": 0, "Original_Code": 0, "Original_name": 0, "Export_Date": 0, "Notes": 0, "Tran_Num": 0, "Path": 0,
    "NumMsg_InGroup": 0, "SPARE1": 0, "SPARE2": 0, "SPARE3": 0, "Finish_Code": 0,
}  # fmt: skip
_MOMENT, _YES = "%d/%m/%Y %H:%M:%S", "00"
#: Members without which nothing is known of a message.
_NEEDED = ("Sender_Code", "Receiver_Code", "Tran_Code", "Msg_ID", "Msg_RefID", "Original_Code", "Path")


class Ministry:
    """Messages by ``Msg_ID``, from who knows ``user`` and ``password``; one that comes again is told the same."""

    needed = frozenset({"HEADER", "Finish_Code", "Msg_ID"})

    def __init__(self, now: Callable[[], int], user: str, password: str) -> None:
        self.shelves = Shelves(now, "BTC")
        self._known = (user, password)

    def call(self, head: Head) -> str:
        if head.path == PATH and head.method == "POST":
            return "put"
        return "ask" if head.path.startswith(f"{PATH}/") and head.method == "GET" else ""

    def answer(self, asked: Asked) -> Reply:
        return self._put(asked) if asked.call == "put" else self._told(unquote(asked.head.path.rpartition("/")[2]))

    def refusal(self, order: Order) -> Reply:
        return Reply(order.status or 200, _reply(order.code or "21", notes="Sai mẫu biểu"))

    def denial(self) -> Reply:
        return Reply(401, _reply("10", notes="Không nhận ra bên gửi"))

    def leave(self, _body: bytes, _type: str) -> str:
        raise ValueError("this partner has nothing for us")

    def account(self) -> Mapping[str, object]:
        return self.shelves.account()

    def _put(self, asked: Asked) -> Reply:
        said, body = asked.json().get("HEADER"), asked.json().get("BODY")
        if not isinstance(said, dict) or (wrong := _wrong(said, body)):
            return Reply(200, _reply("21", notes=wrong if isinstance(said, dict) else "HEADER"))
        if (said["SPARE1"], said["SPARE2"]) != self._known:
            return self.denial()
        kept, _ = self.shelves.take(str(said["Msg_ID"]), _bytes(body), {"HEADER": said, "BODY": body})
        return Reply(200, _reply(_YES, kept.doc_id))

    def _told(self, key: str) -> Reply:
        kept = self.shelves.taken.get(key)
        return Reply(200, _reply(_YES, kept.doc_id)) if kept else Reply(404, _reply("", notes="Không có"))


def _reply(code: str, msg_id: str = "", *, notes: str = "") -> Mapping[str, object]:
    return {"HEADER": {"Msg_ID": msg_id, "Finish_Code": code, "Notes": notes}}


def _bytes(body: object) -> bytes:
    """A file is a text in base64; rows are what they are."""
    return b64decode(body) if isinstance(body, str) else orjson.dumps(body)


def _wrong(said: Mapping[str, object], body: object) -> str:
    """The first member of a header that cannot be, or ''."""
    long = [name for name, most in HEADER.items() if name not in said or (most and len(str(said[name])) > most)]
    empty = [name for name in _NEEDED if not said.get(name)]
    moments = [name for name in ("Send_Date", "Export_Date") if not _is_moment(str(said.get(name)))]
    counted = ["Tran_Num"] if isinstance(body, list) and len(body) != said.get("Tran_Num") else []
    return next(iter((*long, *empty, *moments, *counted)), "")


def _is_moment(said: str) -> bool:
    try:
        return datetime.strptime(said, _MOMENT).strftime(_MOMENT) == said  # noqa: DTZ007 - a form, not a time
    except ValueError:
        return False
