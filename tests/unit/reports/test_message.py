"""What a packet of a report says to the bus."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest

import schemas
from bus.config.conditions import KINDS
from schemas.content import Content, Invalid
from schemas.report.packets import MODELS
from schemas.report.states import State
from tests.reports import UNIT, matrix


def read(said: dict[str, Any], piece: int = 7000) -> Content:
    """The content of a packet that comes in pieces."""
    body, reader = json.dumps(said).encode(), schemas.reader("report")
    for start in range(0, len(body), piece):
        reader.feed(body[start : start + piece])
    return reader.close()


def word(**changes: Any) -> dict[str, Any]:
    """The JSON of a word on a report."""
    said = {"type": "report.status.v1", "reportId": "BC-1", "version": 1, "state": "RETURNED", "by": "000.00.00.H62"}
    return {**said, "at": "2025-03-20T09:00:00+07:00", "cells": ["I.1/online"], **changes}


def test_a_report_is_its_units_and_known_by_its_id_and_version() -> None:
    """Semantics 1: unit + reportId + version; the summary has what expectations ask for."""
    said = read({**matrix(), "version": 2, "supersedes": 1})
    assert (said.type, said.kind, said.sender, said.variant) == ("report.data.v1", "correction", UNIT, "v2")
    assert said.key == said.document_id == matrix()["reportId"]
    asked = {"regime": "BC-MC", "form": "MC-01", "period": "2025-Q1", "unit": UNIT, "version": 2, "supersedes": 1}
    assert asked.items() <= said.view.items()
    assert said.view["number"] == f"BC-MC|MC-01|2025-Q1|{UNIT}|2"
    assert ("regime", "BC-MC") in said.header


def test_how_it_was_written_down_and_to_whom_makes_no_other_report() -> None:
    """One more recipient gets a copy of the same version; another figure makes another content."""
    first = read(matrix())
    also = read({**dict(reversed(matrix().items())), "recipients": [*matrix()["recipients"], "000.00.00.G22"]})
    assert also.digest == first.digest
    assert len(also.recipients) == 2
    other = matrix()
    other["observations"][0]["value"] = "131"
    assert read(other).digest != first.digest
    assert read(other).variant == first.variant


def test_a_word_on_a_report_is_known_by_version_state_and_time() -> None:
    """Semantics 1: by + reportId + version + state + at; whom it is for the packet does not say."""
    said = read(word())
    assert (said.kind, said.sender, said.key, said.recipients) == ("returned", "000.00.00.H62", "BC-1", ())
    assert (said.view["version"], said.view["state"], said.view["cells"]) == (1, "RETURNED", ["I.1/online"])
    later = read(word(at="2025-03-21T09:00:00+07:00"))
    assert later.variant != said.variant
    assert read(word(state="ACCEPTED")).variant != said.variant


def test_a_file_in_a_packet_is_the_one_it_says() -> None:
    """Size and SHA-256 of a file that travels inside are looked at, and it is an attachment to the bus."""
    file = {"id": "a1", "name": "bc.pdf", "mediaType": "application/pdf", "size": 3}
    file |= {"sha256": hashlib.sha256(b"abc").hexdigest(), "inline": base64.b64encode(b"abc").decode()}
    (attached,) = read({**matrix(), "attachments": [file]}).attachments
    assert (attached.name, attached.content_id, attached.size) == ("bc.pdf", "a1", 3)
    for wrong in ({"size": 4}, {"inline": base64.b64encode(b"abd").decode()}, {"inline": "YWJj!"}):
        with pytest.raises(Invalid) as refusal:
            read({**matrix(), "attachments": [{**file, **wrong}]})
        assert refusal.value.code == "report.shape"


def test_what_is_no_packet_is_told_whole() -> None:
    """One refusal names everything that is wrong."""
    with pytest.raises(Invalid) as refusal:
        read({**matrix(), "version": "one", "period": {}})
    assert refusal.value.code == "report.shape"
    assert "version" in refusal.value.detail
    assert "period.code" in refusal.value.detail


def test_a_packet_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read whole, so it cannot be without end."""
    monkeypatch.setattr("schemas.report.reader.LIMIT", 100)
    with pytest.raises(Invalid) as refusal:
        read(matrix(), piece=64)
    assert refusal.value.code == "body.too_large"


def test_lists_and_rules_are_whose_who_made_them() -> None:
    """Another content of one version is a conflict; values of a set have no version and come beside each other."""
    outline = {"type": "report.outline-form.v1", "code": "DC", "version": "3", "name": "Đề cương", "issuedBy": "A"}
    said = read({**outline, "sections": [{"code": "1", "title": "Kết quả"}]})
    assert (said.sender, said.key, said.variant, said.kind, said.subject) == ("A", "DC", "v3", "published", "Đề cương")
    period = matrix()["period"]
    values = {"type": "kpi.data.v1", "set": {"code": "K", "version": "1"}, "period": period, "reportingUnit": UNIT}
    said = read({**values, "values": []})
    assert (said.sender, said.key, said.variant) == (UNIT, f"K|2025-Q1|{UNIT}", said.digest)


def test_routes_can_name_every_packet_and_every_kind_of_it() -> None:
    """What a message can be is what a rule can ask for."""
    assert set(MODELS) | {"edoc", "status"} == set(KINDS)
    assert set(KINDS["report.status.v1"]) == {state.value.lower() for state in State}
    assert set(KINDS["report.data.v1"]) == {"new", "correction"}
