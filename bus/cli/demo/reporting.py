"""Sandboxes of systems that take reports: the province's and the Government's by our own contract, and those with words of their own."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from itertools import product
from types import MappingProxyType

import orjson

from adapters.http.rehearsal.figures import Figures
from adapters.http.rehearsal.partner import Partner
from adapters.http.rehearsal.quang_binh import QuangBinh
from adapters.http.rehearsal.reports import ReportSystem
from adapters.http.rehearsal.tokens import Tokens
from bus.cli.demo.dialects import Dialect, Now
from bus.clock import instant

#: All of these guard nothing but a sandbox.
_USER, _KEY = "tinh-mau", "try-key"
_ACCESS = {"AccessKey": "try", "SecretKey": _KEY, "AppName": "thu", "PartnerCode": "000.00.00.H62"}
#: An office with figures, and the interface's numbers for official ones and for quarters.
_OFFICE, _INDICATOR = "000.00.05.H46", "KT01"
_OFFICIAL, _QUARTERS = "4", ("13", "14", "15", "16")
#: A word on a report that was sent there.
_WORD = (
    '{"type": "report.status.v1", "reportId": "thu-1", "version": 1, "state": "RETURNED", "by": "BY", '
    '"at": "2026-03-26T09:00:00+07:00", "message": "Thiếu số liệu", "cells": ["I/all"]}'
)

_ONE_STOP = (
    "NewReception", "PreExtisting", "Total", "TotalSolved", "SolvedInTime", "SolvedLate", "TotalPending", "Pending", "PendingLate",
)  # fmt: skip
_FORM_06 = (
    "tongSo", "tiepNhanQuaMang", "tiepNhanTrucTiepVaBCCI", "tiepNhanKyTruoc", "daXuLyVaTraLai", "daXuLyTruocHan", "daXuLyDungHanVaTraLai",
    "daXuLyQuaHan", "dangXuLyVaBoSung", "dangXuLyTrongHanVaBoSung", "dangXuLyQuaHan",
)  # fmt: skip
_BASIC = f'auth: [{{kind: basic, user: {_USER}, password: "file:NAME"}}]'
_BEARER = 'auth: [{kind: header, name: Authorization, prefix: "Bearer ", value: "file:NAME"}]'


def _cells(names: tuple[str, ...]) -> str:
    """Those of a form whose rows are called as the partner's figures are; a province writes its own here."""
    return f"report: {{cells: {{{', '.join(f'{name}: {name}/-' for name in names)}}}}}"


def _lost(call: str) -> tuple[str, str]:
    return f'{{"mode": "lost", "call": "{call}", "times": 1}}', "taken, but no answer"


def _refused(call: str) -> tuple[str, str]:
    return f'{{"mode": "refuse", "call": "{call}", "times": 1}}', "it says no with HTTP 200"


def _system(name: str, whose: str, code: str) -> Dialect:
    shown = "Basic " + base64.b64encode(f"{_USER}:{_KEY}".encode()).decode()
    return Dialect(
        name,
        f"the reporting system of {whose}, by a contract of ours (dialect bao-cao)",
        lambda now: ReportSystem(now, shown),
        f'kind: http, dialect: bao-cao, {_BASIC}, idempotency: ask_first, receive: {{own: ["000.00.00.H62"]}}',
        MappingProxyType({f"{name}-key": _KEY}),
        (_refused("send"), _lost("send")),
        f"curl -d '{_WORD.replace('BY', code)}' OFFER",
    )


def _figures(name: str, what: str, settings: str, secrets: Mapping[str, str], *orders: tuple[str, str]) -> Dialect:
    told, said = f"{what} (dialect {name})", f"kind: http, dialect: {name}, {settings}"
    return Dialect(name, told, _play, said, MappingProxyType(dict(secrets)), orders, "")


def _play(now: Now) -> Partner:
    return Figures(Tokens(_USER, _KEY, now))


def _interface(now: Now) -> Partner:
    made, year = QuangBinh(_KEY, {_OFFICE: "Sở Nội vụ"}), instant(now()).year
    made.define(_OFFICE, _INDICATOR, "Sản lượng")
    for place in product((_OFFICE,), (_OFFICIAL,), _QUARTERS, (str(year - 1), str(year))):
        made.give(place, _INDICATOR, 1250.5)
    return made


REPORTING: Mapping[str, Dialect] = MappingProxyType(
    {
        one.name: one
        for one in (
            _system("bao-cao-tinh", "a province", "000.00.00.H62"),
            _system("bao-cao-chinh-phu", "the Government", "000.00.00.G22"),
            _figures(
                "mot-cua",
                "statistics of one-stop offices on a provincial platform",
                f"{_BEARER}, {_cells(_ONE_STOP)}",
                {"mot-cua-token": _KEY},
                _lost("statistic"),
            ),
            _figures(
                "mau-06",
                "form 06/VPCP/KSTT in the names of a product",
                f"{_BEARER}, {_cells(_FORM_06)}",
                {"mau-06-token": _KEY},
                _lost("form06"),
            ),
            _figures(
                "gia",
                "the price database of a ministry through a provincial platform",
                'auth: [{kind: lgsp_access_token, secret: "file:NAME"}, '
                f'{{kind: oauth2, client_id: {_USER}, client_secret: "file:NAME"}}], '
                "send: {call: {headers: {SENDER_CODE: H62, TRAN_CODE: BCG, RECEIVER_CODE: BTC}}}",
                {"gia-access": orjson.dumps(_ACCESS).decode(), "gia-key": _KEY},
                _refused("prices"),
                _lost("prices"),
            ),
            Dialect(
                "quang-binh",
                "a provincial reporting interface: offices, indicators and their values (dialect quang-binh)",
                _interface,
                'kind: http, dialect: quang-binh, auth: [{kind: header, value: "file:NAME"}], '
                f'figures: {{offices: ["{_OFFICE}"], own: ["000.00.00.H62"], catalogue: CHI-TIEU, '
                'sets: {official: {code: KTXH, version: "1"}}, basis: calendar, periods: [Q]}',
                MappingProxyType({"quang-binh-token": _KEY}),
                (_refused("values"), ('{"mode": "nulls", "times": 1}', "rows that are null")),
                "",
            ),
        )
    }
)
