"""Reports in an operator's hands: where one would go, and other bytes for a copy that was refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bus.control.parts import Parts
from bus.errors import Rejected
from bus.journal.states import State
from bus.message import Claim, Inbound, ReturnAddress
from tests import messages
from tests.buses import PATIENCE, PUSHED, alone, ask, home, settle
from tests.clis import bus
from tests.messages import SENDER, edoc
from tests.reports import matrix

Packet = dict[str, Any]


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    made = home(tmp_path)
    for name in ("home", "routes"):
        monkeypatch.setenv(f"BUS_{name.upper()}", str(getattr(made, name)))
    with alone(made) as opened:
        yield opened


def report(**changes: Any) -> Packet:
    return {**matrix(), "reportingUnit": SENDER, "recipients": [PUSHED], **changes}


def dead(parts: Parts, said: Packet) -> str:
    """A report that its partner refused."""
    body = json.dumps(said).encode()
    content = messages.read(body)
    claim = Claim(hashlib.sha256(body).hexdigest(), len(body), body)
    inbound = Inbound(ReturnAddress("reports", "so-noi-vu"), content, claim, content.recipients)
    (copy,) = parts.ingress.accept(inbound).result(PATIENCE).copies
    settle(parts, copy.doc_id, State.DEAD, "schema")
    return copy.doc_id


def edit(parts: Parts, folder: Path, copy: str, body: bytes, **more: Any) -> Any:
    file = folder / "edited.json"
    file.write_bytes(body)
    before = ask(parts, "trace", id=copy)["copies"][0]["body"]
    return ask(parts, "edit", copy=copy, file=str(file), before=before, reason="sai số", **more)


def test_a_reports_copy_is_put_right(parts: Parts, tmp_path: Path) -> None:
    """What differs is told value by value, whatever white space it was written with; what is replayed are the new bytes."""
    copy, better = dead(parts, report()), report()
    better["observations"][0]["value"] = "131"
    body = b"\xef\xbb\xbf" + json.dumps(better, indent=3, ensure_ascii=False).encode()
    told = edit(parts, tmp_path, copy, body)
    lines = [
        line.strip("+- ,") for line in told["diff"]["lines"] if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    ask(parts, "replay", which={"ids": [copy]})

    assert (told["state"], lines) == ("applied", ['"value": "130"', '"value": "131"'])
    assert ask(parts, "trace", id=copy)["copies"][0]["body"] == told["after"] == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (json.dumps(report(version=2, supersedes=1)).encode(), "version"),
        (json.dumps(report(regime="BC-KHAC")).encode(), "regime"),
        (json.dumps(report(reportId="khac")).encode(), "document_id"),
        (edoc(recipients=[PUSHED]), "type"),
        (json.dumps(report(version="hai")).encode(), "report.shape"),
        (b"PK\x03\x04 a sheet", "/reports/v1"),
        (b" " * 70_000, "neither an edXML message"),
    ],
)
def test_another_report_is_no_edit(parts: Parts, tmp_path: Path, body: bytes, why: str) -> None:
    """Which report it is in which version stays; what can be read as nothing is told with what to do. The copy is as it was."""
    copy = dead(parts, report())
    with pytest.raises(Rejected) as refused:
        edit(parts, tmp_path, copy, body)

    assert why in str(refused.value)
    assert not ask(parts, "edits")["edits"]


def test_a_signed_report_is_not_edited(parts: Parts, tmp_path: Path) -> None:
    """Nor is one made of it that nobody signed in that form."""
    signature = {
        "role": "leader",
        "format": "PAdES",
        "over": "content",
        "signer": SENDER,
        "signedAt": "2025-03-16T09:00:00+07:00",
        "hash": "0" * 64,
        "value": "eA==",
    }
    signed = report(signatures=[signature])
    for was, becomes in (
        (signed, report(reportId=report()["reportId"])),
        (report(reportId="R-2"), {**signed, "reportId": "R-2"}),
    ):
        with pytest.raises(Rejected, match="sign"):
            edit(parts, tmp_path, dead(parts, was), json.dumps(becomes).encode())


def test_where_a_report_would_go(parts: Parts, tmp_path: Path) -> None:
    """By its recipients or those that are named; what names nobody has to be told whom it is for."""
    packet, word, other = (tmp_path / name for name in ("bao-cao.json", "tra-lai.json", "bao-cao.xlsx"))
    packet.write_text(json.dumps(report()), "utf-8")
    said = {"type": "report.status.v1", "reportId": "R", "version": 1, "state": "RETURNED", "by": SENDER}
    word.write_text(json.dumps({**said, "at": "2025-03-16T09:00:00+07:00", "message": "sai"}), "utf-8")
    other.write_bytes(b"PK\x03\x04")
    (led,) = ask(parts, "route", file=str(packet))["recipients"]
    shown, named, nobody, sheet = (
        bus("route", packet, "--expect", "push"),
        bus("route", word, "--to", PUSHED, "--json"),
        bus("route", word),
        bus("route", other),
    )

    assert (led["endpoint"], shown.code, "report.data.v1 new" in shown.out) == ("push", 0, True)
    assert [(one["written"], one["endpoint"]) for one in named.json()["recipients"]] == [(PUSHED, "push")]
    assert (nobody.code, "--to" in nobody.err, sheet.code, "/reports/v1" in sheet.err) == (1, True, 1, True)
