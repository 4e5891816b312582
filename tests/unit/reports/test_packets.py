"""Packets: the 13 of the standard, their JSON Schema, and the bytes that are signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jsonschema_rs
import pytest

from schemas.report.canonical import canonical, content_hash
from schemas.report.numbers import number
from schemas.report.packets import MODELS, QCVN_125, json_schema
from schemas.report.reading import read
from tests.reports import LIST, MATRIX, OUTLINE, REGIME, UNIT, listed, matrix, packet

PERIOD = {"code": "2025-Q1", "basis": "nd09", "from": "2024-12-15", "to": "2025-03-14"}
ISSUED = {"version": "1", "issuedBy": "000.00.00.G22"}
CATALOGUE = {"type": "report.catalog.v1", "code": "DM", **ISSUED}


def camel(said: Any) -> Any:
    """As it is on the wire."""
    if isinstance(said, Mapping):
        return {key if "." in key else _camel(key): camel(value) for key, value in said.items()}
    return [camel(one) for one in said] if isinstance(said, list) else said


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)


#: One packet of each of the 13, by its name.
GOOD: dict[str, dict[str, Any]] = {
    "chế độ báo cáo": {"type": "report.regime.v1", **camel(REGIME)},
    "biểu mẫu báo cáo": {"type": "report.form.v1", **camel(MATRIX)},
    "biểu mẫu báo cáo đề cương": {"type": "report.outline-form.v1", **camel(OUTLINE)},
    "số liệu báo cáo": matrix(),
    "số liệu báo cáo danh sách": listed(),
    "gửi đề cương báo cáo": {
        "type": "report.narrative.v1",
        "reportId": "BC-1",
        "version": 2,
        "supersedes": 1,
        "regime": "BC-MC",
        "period": PERIOD,
        "reportingUnit": UNIT,
        "recipients": ["000.00.00.H62"],
        "outline": {"code": "DC-MC", "version": "1"},
        "sections": [{"code": "1", "text": "Kết quả tốt."}],
    },
    "trạng thái báo cáo": {
        "type": "report.status.v1",
        "reportId": "BC-1",
        "version": 1,
        "state": "RETURNED",
        "at": "2025-03-20T09:00:00+07:00",
        "by": "000.00.00.G22",
        "code": "report.cell_missing",
        "message": "Thiếu số liệu",
        "cells": ["I.1/online"],
    },
    "danh mục kỳ báo cáo": {**CATALOGUE, "kind": "period", "items": [{"code": "Q", "name": "Quý"}]},
    "danh mục chỉ tiêu báo cáo": {
        **CATALOGUE,
        "kind": "indicator",
        "items": [{"code": "I.1", "name": "Mới tiếp nhận", "unit": "hồ sơ", "group": "TTHC"}],
    },
    "bộ chỉ số (KPI)": {
        "type": "kpi.set.v1",
        "code": "PAR",
        "name": "Cải cách hành chính",
        **ISSUED,
        "measures": [{"code": "1.1", "name": "Hồ sơ đúng hạn", "unit": "%", "target": "95", "breakdowns": ["level"]}],
    },
    "danh mục nhóm chỉ số": {**CATALOGUE, "kind": "group", "items": [{"code": "TTHC", "name": "Thủ tục"}]},
    "danh mục phân tổ chỉ số": {
        **CATALOGUE,
        "kind": "breakdown",
        "items": [{"code": "channel", "name": "Kênh", "members": [{"code": "online", "name": "Trực tuyến"}]}],
    },
    "dữ liệu chỉ số (KPI)": {
        "type": "kpi.data.v1",
        "set": {"code": "PAR", "version": "1"},
        "period": PERIOD,
        "reportingUnit": UNIT,
        "values": [{"indicator": "1.1", "value": "96.5", "unit": "%"}],
    },
}


def test_all_packets_of_the_standard_are_there() -> None:
    """Thirteen, and each type of ours is one of them."""
    assert set(GOOD) == set(QCVN_125)
    assert len(QCVN_125) == 13
    assert {type_ for type_, _ in QCVN_125.values()} == set(MODELS)


@pytest.mark.parametrize("name", GOOD)
def test_a_packet_is_read_and_written_as_the_same(name: str) -> None:
    """Under the type the standard's name stands for, and valid by its JSON Schema both times."""
    said = GOOD[name]
    type_, kind = QCVN_125[name]
    found = read(json.dumps(said).encode())
    written = found.model_dump(mode="json")
    validator = jsonschema_rs.validator_for(json_schema(type_), validate_formats=True)

    assert (found.type, getattr(found, "kind", kind) if kind else "") == (type_, kind)
    assert read(json.dumps(written).encode()) == found
    validator.validate(said)
    validator.validate(written)
    assert not validator.is_valid({**said, "unknown": 1})


def test_the_schema_says_what_a_number_is() -> None:
    """Text without a comma; nothing, or a bare number, is none."""
    validator = jsonschema_rs.validator_for(json_schema("report.data.v1"))
    one = {"indicator": "I", "unit": "hồ sơ"}
    good, bad = ("12", "-0.5", None), ("1,5", "01", "1e3", 12, "12\n")

    assert all(validator.is_valid(matrix() | {"observations": [{**one, "value": value}]}) for value in good)
    assert not any(validator.is_valid(matrix() | {"observations": [{**one, "value": value}]}) for value in bad)
    assert not any(isinstance(value, str) and number(value) is not None for value in bad)


@pytest.mark.parametrize("type_", MODELS)
def test_the_schema_names_what_is_on_the_wire(type_: str) -> None:
    """Names in camel case; no name twice under two spellings."""
    text = json.dumps(json_schema(type_))

    assert "_" not in "".join(name for one in _objects(json.loads(text)) for name in one.get("properties", {}))


def _objects(said: Any) -> list[dict[str, Any]]:
    if isinstance(said, dict):
        return [said, *(found for value in said.values() for found in _objects(value))]
    return [found for one in said for found in _objects(one)] if isinstance(said, list) else []


def test_a_list_and_a_matrix_are_forms() -> None:
    """A list's form is a form too, and what does not hold together is none."""
    form = {"type": "report.form.v1", **camel(LIST)}
    assert read(json.dumps(form).encode()).kind == "list"


WRONG_FORMS: list[dict[str, Any]] = [
    {"indicators": []},
    {"fields": LIST["fields"]},
    {"indicators": [*MATRIX["indicators"], MATRIX["indicators"][0]]},
    {"columns": [*MATRIX["columns"], {"code": "again", "name": "Tổng"}]},
    {"totals": [{"total": "I", "parts": ["IX"]}]},
    {"not_applicable": ["I/none"]},
    {"indicators": [{"code": "I", "name": "x", "unit": "u", "parent": "0"}], "totals": [], "not_applicable": []},
    {
        "indicators": [
            {"code": "I", "name": "x", "unit": "%", "aggregate": {"by": "ratio", "numerator": "A", "denominator": "B"}}
        ],
        "totals": [],
        "not_applicable": [],
    },
]


@pytest.mark.parametrize("change", WRONG_FORMS)
def test_a_form_holds_together(change: dict[str, Any]) -> None:
    """Totals, parents, ratios and cells are of its own rows and columns."""
    with pytest.raises(ValueError, match="expected"):
        MODELS["report.form.v1"].model_validate({**MATRIX, **change})


def test_the_bytes_that_are_signed_are_frozen() -> None:
    """Golden values of rule 1."""
    status = read(json.dumps(GOOD["trạng thái báo cáo"]).encode())

    assert (
        canonical(status)
        == (
            '{"at":"2025-03-20T09:00:00+07:00","by":"000.00.00.G22","cells":["I.1/online"],"code":"report.cell_missing",'
            '"message":"Thiếu số liệu","reportId":"BC-1","state":"RETURNED","type":"report.status.v1","version":1}'
        ).encode()
    )
    assert content_hash(packet(matrix())) == GOLDEN
    assert content_hash(packet(listed())) == GOLDEN_LIST


GOLDEN = "sha256:197950845b32d3db3d4e35a22709ea8dd45a62c9ba4a3049f8d9657df54428c4"
GOLDEN_LIST = "sha256:56247b6a423cc68f21da161917f9016c5a2ab5203edba06353f82254ad79cf15"

FILE = {"id": "a", "name": "bc.pdf", "mediaType": "application/pdf", "size": 3, "sha256": "0" * 64}
SIGNED = {
    "signer": "Nguyễn Văn A",
    "role": "approver",
    "signedAt": "2025-03-20T09:00:00+07:00",
    "format": "PAdES",
    "over": "attachment:a",
}


def test_the_same_content_has_the_same_hash() -> None:
    """However it is written: order of keys, composed letters or not, what is as it would be anyway, signed or not, files inside or fetched."""
    import unicodedata

    said = {**matrix(), "attachments": [FILE]}
    twisted = dict(reversed(said.items())) | {
        "version": 1,
        "supersedes": None,
        "attachments": [{**FILE, "url": "https://x.example/1", "inline": "YWJj"}],
        "signatures": [SIGNED],
        "observations": [{"status": "normal", **one} for one in said["observations"]],
    }
    decomposed = json.loads(unicodedata.normalize("NFD", json.dumps(twisted, ensure_ascii=False)))

    assert content_hash(packet(decomposed)) == content_hash(packet(said))


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2, "supersedes": 1},
        {"recipients": ["X"]},
        {"attachments": [{**FILE, "sha256": "1" * 64}]},
        {"reportingUnit": "X"},
    ],
)
def test_another_content_has_another_hash(change: dict[str, Any]) -> None:
    """Whatever of it is different; also a figure, and a zero in the place of nothing."""
    said = {**matrix(), "attachments": [FILE]}
    other = {**said, "observations": [{**said["observations"][0], "value": "131"}, *said["observations"][1:]]}

    assert content_hash(packet({**said, **change})) != content_hash(packet(said))
    assert content_hash(packet(other)) != content_hash(packet(said))
