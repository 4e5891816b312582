"""Sandboxes of systems that take reports: the province's and the Government's by our own contract, and those with words of their own."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from types import MappingProxyType

import orjson

from adapters.http.rehearsal.figures import Figures
from adapters.http.rehearsal.partner import Partner
from adapters.http.rehearsal.reports import ReportSystem
from adapters.http.rehearsal.tokens import Tokens
from bus.cli.demo.dialects import Dialect, Now

#: All of these guard nothing but a sandbox.
_USER, _KEY = "tinh-mau", "try-key"
_ACCESS = {"AccessKey": "try", "SecretKey": _KEY, "AppName": "thu", "PartnerCode": "000.00.00.H62"}
_OFFICES = (("000.00.05.H46", "Sở Nội vụ"), ("000.00.07.H46", "Sở Tài chính"))

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


def _system(name: str, whose: str) -> Dialect:
    shown = "Basic " + base64.b64encode(f"{_USER}:{_KEY}".encode()).decode()
    return Dialect(
        name,
        f"the reporting system of {whose}, by a contract of ours (dialect bao-cao)",
        lambda now: ReportSystem(now, shown),
        f"kind: http, dialect: bao-cao, {_BASIC}, idempotency: ask_first",
        MappingProxyType({f"{name}-key": _KEY}),
        (_refused("send"), _lost("send")),
        "",
    )


def _figures(name: str, what: str, settings: str, secrets: Mapping[str, str], *orders: tuple[str, str]) -> Dialect:
    told, said = f"{what} (dialect {name})", f"kind: http, dialect: {name}, {settings}"
    return Dialect(name, told, _play, said, MappingProxyType(dict(secrets)), orders, "")


def _play(now: Now) -> Partner:
    return Figures(Tokens(_USER, _KEY, now), _OFFICES)


REPORTING: Mapping[str, Dialect] = MappingProxyType(
    {
        one.name: one
        for one in (
            _system("bao-cao-tinh", "a province"),
            _system("bao-cao-chinh-phu", "the Government"),
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
            _figures(
                "quang-binh",
                "the offices of a provincial reporting interface",
                'auth: [{kind: header, value: "file:NAME"}]',
                {"quang-binh-token": _KEY},
                ('{"mode": "nulls", "times": 1}', "rows that are null"),
            ),
        )
    }
)
