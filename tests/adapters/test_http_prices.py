"""The price database of the Ministry of Finance: prices with two tokens, files beside them, and forms as files."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.figures import Figures
from adapters.http.settings import HttpSettings
from bus.errors import Refused
from bus.transport import Transport
from tests.adapters.figures import MONTH, endpoint, packet, secret, taken
from tests.adapters.http_partner import nowhere, sink_of
from tests.adapters.played import KEY
from tests.contracts.sink import delivery, sent

CODES = {"SENDER_CODE": "H62", "TRAN_CODE": "BCG", "RECEIVER_CODE": "BTC"}
XLS, PDF, DOC = "application/vnd.ms-excel", "application/pdf", "application/msword"
ROW = {"values": {"ma": "01.001", "gia": "15000.5", "truoc": "15000"}}


def ministry(url: str, home: Path, dialect: str, **report: Any) -> HttpSettings:
    auth = [
        {"kind": "lgsp_access_token", "secret": secret(home, "app", '{"AccessKey": "k"}')},
        {"kind": "oauth2", "client_id": KEY, "client_secret": "file:lgsp"},
    ]
    return endpoint(url, dialect, auth=auth, send={"call": {"headers": CODES}}, report=report)


def prices(url: str, home: Path) -> HttpSettings:
    return ministry(url, home, "gia", rows={"MA_HHDV": "ma", "GIA_KY_NAY": "gia", "GIA_KY_TRUOC": "truoc"})


def file(name: str, media: str, data: bytes = b"data", **changes: Any) -> dict[str, Any]:
    said = {"id": name, "name": name, "mediaType": media, "size": len(data)}
    return {**said, "sha256": hashlib.sha256(data).hexdigest(), "inline": b64encode(data).decode(), **changes}


def test_prices_go_with_two_tokens_and_the_ministrys_codes(
    figures: Rehearsal[Figures], transport: Transport, tmp_path: Path
) -> None:
    """Rows in the partner's names, numbers as numbers, files as base64; error_code -1 is a no about the data."""
    sink = sink_of(prices(figures.url, tmp_path), transport, tmp_path)
    sent(sink, delivery(packet(*MONTH, kind="list", rows=[ROW], attachments=[file("bc.pdf", PDF, b"pdf")])))
    ((_, said),) = taken(figures)
    assert CODES.items() <= said.items()
    (told,) = said["data"]
    assert (told["DINH_KY"], told["THOI_GIAN_BC_1"], told["THOI_GIAN_BC_NAM"]) == (24, 3, 2025)
    assert (told["FILE_DINH_KEM_PDF"], told["FILE_DINH_KEM_WORD"]) == (b64encode(b"pdf").decode(), "")
    goods = told["DS_HHDV_TT"][0]
    assert (goods["MA_HHDV"], goods["GIA_KY_NAY"], goods["GIA_KY_TRUOC"], goods["LOAI_GIA"]) == (
        "01.001", 15000.5, 15000, None
    )  # fmt: skip
    with pytest.raises(Refused, match="DS_HHDV_TT"):
        sink.send(delivery(packet(*MONTH, kind="list", rows=[])))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"rows": [{"values": {"gia": "15.000,5"}}]}, "GIA_KY_NAY: what stands in cell 1/gia is no number"),
        ({"kind": "matrix"}, "a table of figures"),
        ({"attachments": [file("bc.png", "image/png")]}, "no place for 'bc.png'"),
        ({"attachments": [file("1.doc", DOC), file("2.doc", DOC)]}, "'2.doc' is a second one"),
        ({"attachments": [file("bc.pdf", PDF, inline=None, url="https://x.example/bc.pdf")]}, "by its address"),
    ],
)  # fmt: skip
def test_prices_that_cannot_be_told_are_refused(
    transport: Transport, tmp_path: Path, said: Mapping[str, Any], words: str
) -> None:
    """Before any call, and no file is left behind."""
    rows = {} if "kind" in said else {"rows": [ROW]}
    body = packet(*MONTH, **{"kind": "list", **rows, **said})
    with pytest.raises(Refused, match=words):
        sink_of(prices(nowhere(), tmp_path), transport, tmp_path).send(delivery(body))


#: Its number looks like the Monday of a week, and is a number.
DOCUMENT = {"so": "2025-W10-1", "tu": "2025-03-01"}


def forms(url: str, home: Path) -> HttpSettings:
    fields = {"SO_VAN_BAN": "so", "NGAY_THUC_HIEN": "tu", "NGAY_BD_HIEU_LUC": "tu", "NGAY_KT_HIEU_LUC": "den"}
    return ministry(url, home, "gia-bieu", rows=fields)


@pytest.mark.parametrize(("more", "until"), [({}, None), ({"den": "2025-12-31"}, "20251231")])
def test_a_form_goes_to_the_ministry_as_a_file(
    figures: Rehearsal[Figures], transport: Transport, tmp_path: Path, more: dict[str, str], until: str | None
) -> None:
    """The spreadsheet by the form's code, days without dashes, no end as null."""
    given = forms(figures.url, tmp_path)
    row = {"values": {**DOCUMENT, **more}}
    sent(
        sink_of(given, transport, tmp_path),
        delivery(packet(*MONTH, kind="list", rows=[row], attachments=[file("bieu.xls", XLS, b"xls")])),
    )
    ((call, said),) = taken(figures)
    (told,) = said["data"]
    assert (call, told["MA_BM"], told["TEN_FILE"]) == ("forms", "F", "bieu.xls")
    assert told["FILE_SO_LIEU"] == b64encode(b"xls").decode()
    assert (told["SO_VAN_BAN"], told["NGAY_THUC_HIEN"]) == ("2025-W10-1", "20250301")
    assert told["NGAY_KT_HIEU_LUC"] == until


@pytest.mark.parametrize(
    ("rows", "files", "words"),
    [
        ([DOCUMENT], [], "SHEET: the report has no file of the type application/vnd.ms-excel"),
        ([DOCUMENT, DOCUMENT], [file("bieu.xls", XLS)], "one row, and the report has 2"),
        ([DOCUMENT], [file("bieu.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")], "no place"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_told_is_refused(
    transport: Transport, tmp_path: Path, rows: list[Mapping[str, str]], files: list[dict[str, Any]], words: str
) -> None:
    """Before any call."""
    body = packet(*MONTH, kind="list", rows=[{"values": one} for one in rows], attachments=files)
    with pytest.raises(Refused, match=words):
        sink_of(forms(nowhere(), tmp_path), transport, tmp_path).send(delivery(body))
