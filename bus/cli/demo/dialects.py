"""Sandboxes of the dialects, straight or behind a security server: who may call them, and how to use them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.dmdc import Catalogue
from adapters.http.rehearsal.gates import FORWARD, AdapterGate, SecurityServer
from adapters.http.rehearsal.house import PartnerHouse
from adapters.http.rehearsal.partner import Partner
from adapters.http.rehearsal.quang_nam import QuangNam, Unit
from adapters.http.rehearsal.tokens import Tokens
from adapters.http.stage import House
from adapters.qlvb.sandbox import DocumentSystem
from bus.cli.demo.sandbox import Address

#: What stands before a partner: nothing, or one of the two kinds of security server.
Gate = Literal["none", "xrd_adapter", "xroad"]
Now = Callable[[], int]

_CLIENT, _MEMBER = "VN/GOV/000.00.00.H62/bus", "VN/GOV/000.00.00.G22"
#: All of these guard nothing but a sandbox.
_ID, _KEY, _UNIT, _USER = "so-nv", "try-key", "try-unit", "mot-cua"
_OAUTH2 = f'{{kind: oauth2, client_id: {_ID}, client_secret: "file:NAME"}}'

#: A packet that becomes a document.
_PACKET = (
    '{"LoaiKetQua": "01", "DonVi": {"MaDinhDanh": "000.00.00.H62", "Ten": "UBND tỉnh Mẫu"}, "VanBanDi": {"TrichYeu": '
    '"V/v cấp phép", "LoaiVanBan": "Công văn", "SoKyHieu": "12/UBND-VP", "NgayBanHanh": "20/01/2026", "NguoiKy": '
    '"Nguyễn Văn Mẫu", "DinhKem": [{"Ten": "cong-van.pdf", "Base64": "JVBERi0xLjQK"}]}}'
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One that can be tried. In ``settings``, ``file:NAME`` is where the secrets go, in their order."""

    name: str
    what: str
    play: Callable[[Now], Partner]
    settings: str
    secrets: Mapping[str, str]
    #: Orders beside those that any partner takes, with what they do.
    orders: tuple[tuple[str, str], ...]
    #: The command that leaves something there for the bus, at ``OFFER``; empty where nothing can be left.
    leave: str
    #: How it misbehaves.
    house: Callable[[Partner], PartnerHouse] = PartnerHouse
    #: Where its service stands.
    path: str = ""


def _quang_nam(now: Now) -> Partner:
    units = (Unit("H62", "UBND tỉnh Mẫu", "000.00.00.H62"), Unit("H62.05", "Sở Nội vụ", "000.00.05.H62", "H62"))
    return QuangNam(Tokens(_ID, _KEY, now), _UNIT, now, units)


def _dmdc(now: Now) -> Partner:
    first = [{"MaDinhDanhCap1": "H62", "TenDonVi": "UBND tỉnh Mẫu"}]
    second = [{"MaDinhDanhCap2": "H62.05", "MaDinhDanhCap1": "H62", "TenDonVi": "Sở Nội vụ"}]
    return Catalogue(Tokens(_ID, _KEY, now), {"qlvanbandieuhanhcap1": first, "qlvanbandieuhanhcap2": second})


def _qlvb(now: Now) -> Partner:
    return DocumentSystem("Basic " + base64.b64encode(f"{_USER}:{_KEY}".encode()).decode(), now)


DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        "quang-nam": Dialect(
            "quang-nam",
            "an exchange behind an API gateway (dialect quang-nam)",
            _quang_nam,
            "kind: http, dialect: quang-nam, "
            f'auth: [{_OAUTH2}, {{kind: header, value: "file:NAME"}}], receive: {{own: ["000.00.05.H62"]}}',
            MappingProxyType({"qn-key": _KEY, "qn-unit": _UNIT}),
            (
                ('{"mode": "lost", "call": "send", "times": 1}', "taken, but no answer"),
                ('{"mode": "refuse", "call": "send", "times": 1}', "it says no with HTTP 200"),
            ),
            "curl --data-binary @cong-van.edxml OFFER",
        ),
        "dmdc": Dialect(
            "dmdc",
            "a shared catalogue of agencies (dialect dmdc)",
            _dmdc,
            f"kind: http, dialect: dmdc, auth: [{_OAUTH2}]",
            MappingProxyType({"dmdc-key": _KEY}),
            (
                ('{"mode": "nulls", "times": 1}', "rows and members that are null"),
                ('{"mode": "wrapped", "times": 1}', "JSON as a text in JSON"),
            ),
            """curl -d '[{"MaDinhDanhCap2": "H62.07", "TenDonVi": "Sở Tài chính"}]' 'OFFER?type=qlvanbandieuhanhcap2'""",
        ),
        "qlvb": Dialect(
            "qlvb",
            "a document-management system behind its link (kind qlvb)",
            _qlvb,
            f'kind: qlvb, auth: [{{kind: basic, user: {_USER}, password: "file:NAME"}}], '
            'packets: {recipients: ["000.00.05.H62"], place: Vĩnh Yên}',
            MappingProxyType({"qlvb-key": _KEY}),
            (
                ('{"mode": "lost", "call": "send", "times": 1}', "the dossier is taken, but no answer"),
                ('{"mode": "refuse", "code": "503", "call": "get", "times": 1}', "a packet that cannot be fetched now"),
            ),
            f"curl -d '{_PACKET}' OFFER",
        ),
    }
)


def played(dialect: Dialect, gate: Gate, address: Address, now: Now) -> Rehearsal[Partner]:
    """The sandbox, not started."""

    def before(house: House) -> House:
        if gate == "xrd_adapter":
            return AdapterGate(house, _dstcode(dialect), _provider(dialect))
        return SecurityServer(house, frozenset({_CLIENT}), _service(dialect)) if gate == "xroad" else house

    return Rehearsal(dialect.play(now), *address, before=before, house=dialect.house)


def endpoint(dialect: Dialect, gate: Gate, url: str) -> str:
    """Its line in routes.yaml."""
    settings = dialect.settings
    for name in dialect.secrets:
        settings = settings.replace("file:NAME", f"file:{name}", 1)
    return f'{dialect.name}: {{{_way(dialect, gate, url)}, allow: ["127.0.0.1"], {settings}}}'


def _way(dialect: Dialect, gate: Gate, url: str) -> str:
    if gate == "none":
        return f'url: "{url}{dialect.path}"'
    if gate == "xrd_adapter":
        there = f'kind: xrd_adapter, url: "{url}/XrdAdapter{FORWARD}", dstcode: "{_dstcode(dialect)}"'
    else:
        there = f'kind: xroad, url: "{url}", client: {_CLIENT}, service: {_service(dialect)}'
    return f'url: "{_provider(dialect)}", through: {{{there}}}'


def _provider(dialect: Dialect) -> str:
    return f"https://{dialect.name}.example"


def _dstcode(dialect: Dialect) -> str:
    return f"{_MEMBER}/{dialect.name}".replace("/", ":")


def _service(dialect: Dialect) -> str:
    return f"{_MEMBER}/{dialect.name}/api"
