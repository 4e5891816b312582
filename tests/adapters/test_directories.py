"""Every kind of list of agencies keeps the contract: the axis's, a platform's, an exchange's, a shared catalogue's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from adapters.http.directory import build_directory
from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.partner import Partner
from adapters.http.rehearsal.quang_nam import QuangNam
from adapters.http.rehearsal.quang_nam import Unit as ExchangeUnit
from adapters.http.settings import HttpSettings
from adapters.lgsp import ADAPTER as LGSP
from adapters.lgsp.sandbox import Unit as PlatformUnit
from adapters.vxp import ADAPTER as VXP
from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.sandbox_axis import Unit
from bus.clock import HandClock
from bus.endpoint import DirectorySource, ListedAgency
from bus.transport.fast import FastTransport
from tests.adapters import axis_partner, http_partner, lgsp_partner
from tests.adapters.http_partner import nowhere
from tests.adapters.played import KEY, UNIT_SECRET, catalogue, playing, tokens
from tests.contracts.directory import DirectoryContract

CLOCK = HandClock()
#: Makes the directory of a partner that listens at an address.
At = Callable[[str], DirectorySource]


class Far:
    """Anybody played by orders."""

    def __init__(self, played: Rehearsal[Partner]) -> None:
        self._played = played
        self.url = played.url

    def misbehave(self, how: str) -> None:
        self._played.order(Order(mode=Mode(how)))


class FarAxis:
    """The axis, whose orders are its own."""

    def __init__(self, sandbox: AxisSandbox) -> None:
        self._sandbox = sandbox
        self.url = sandbox.url

    def misbehave(self, how: str) -> None:
        self._sandbox.order(Order(mode=Mode(how)))


class OneOfThem(DirectoryContract):
    @pytest.fixture
    def directory(self, at: At, far: Far) -> DirectorySource:
        return at(far.url)

    @pytest.fixture
    def lost_directory(self, at: At) -> DirectorySource:
        return at(nowhere())


class TestPlatform(OneOfThem):
    """``kind: lgsp``, under a token; parents are named by ids."""

    @pytest.fixture
    def listed(self) -> Sequence[ListedAgency]:
        return [
            ListedAgency("H47", "000.00.00.H47", "UBND tỉnh", mail="vp@x"),
            ListedAgency("H47.01", name="Sở Nội vụ", parent="H47"),
            ListedAgency("H47.02", name="Sở Y tế"),
        ]

    @pytest.fixture
    def far(self) -> Iterator[Far]:
        units = (
            PlatformUnit("H47", "UBND tỉnh", "000.00.00.H47", mail="vp@x"),
            PlatformUnit("H47.01", "Sở Nội vụ", parent="H47"),
            PlatformUnit("H47.02", "Sở Y tế", parent="H99"),
            PlatformUnit("", "không có mã"),
        )
        with playing(lgsp_partner.platform(CLOCK, units=units)) as played:
            yield Far(played)

    @pytest.fixture
    def at(self, transport: FastTransport, tmp_path: Path) -> At:
        assert LGSP.directory is not None
        made, tools = LGSP.directory, lgsp_partner.tools(transport, tmp_path, CLOCK)
        return lambda url: made("lgsp", lgsp_partner.settings(url, sign_in="token"), tools)


class TestExchange(OneOfThem):
    """``dialect: quang-nam``."""

    @pytest.fixture
    def listed(self) -> Sequence[ListedAgency]:
        return [ListedAgency("H47", "000.00.00.H47", "UBND"), ListedAgency("H47.01", name="Sở Nội vụ", parent="H47")]

    @pytest.fixture
    def far(self) -> Iterator[Far]:
        units = (
            ExchangeUnit("H47", "UBND", "000.00.00.H47"),
            ExchangeUnit("H47.01", "Sở Nội vụ", parent="H47"),
            ExchangeUnit(""),
        )
        with playing(Rehearsal(QuangNam(tokens(CLOCK), UNIT_SECRET.encode().hex(), CLOCK.now, units))) as played:
            yield Far(played)

    @pytest.fixture
    def at(self, transport: FastTransport, tmp_path: Path) -> At:
        tools = http_partner.tools(transport, tmp_path, CLOCK)
        path = tmp_path / "secrets" / "unit"
        path.write_text(UNIT_SECRET.encode().hex())
        path.chmod(0o600)
        auth = [_OAUTH2, {"kind": "header", "value": "file:unit"}]
        return lambda url: build_directory("qn", _settings("quang-nam", url, auth), tools)


class TestCatalogue(OneOfThem):
    """``dialect: dmdc``: a list for each level, and no old codes."""

    @pytest.fixture
    def listed(self) -> Sequence[ListedAgency]:
        return [ListedAgency("H30", name="UBND"), ListedAgency("H30.01", "", "Sở Nội vụ", "H30", "snv@hg")]

    @pytest.fixture
    def far(self) -> Iterator[Far]:
        second = {"MaDinhDanhCap2": "H30.01", "MaDinhDanhCap1": "H30", "TenDonVi": "Sở Nội vụ", "Email": "snv@hg"}
        lists = {
            "qlvanbandieuhanhcap1": [{"MaDinhDanhCap1": "H30", "TenDonVi": "UBND", "Email": None}],
            "qlvanbandieuhanhcap2": [second, {"TenDonVi": "không có mã"}],
        }
        with playing(catalogue(CLOCK, lists)) as played:
            yield Far(played)

    @pytest.fixture
    def at(self, transport: FastTransport, tmp_path: Path) -> At:
        tools = http_partner.tools(transport, tmp_path, CLOCK)
        return lambda url: build_directory("dmdc", _settings("dmdc", url, [_OAUTH2]), tools)


class TestAxis(OneOfThem):
    """``kind: vxp``: three lists as one."""

    @pytest.fixture
    def listed(self) -> Sequence[ListedAgency]:
        return [
            ListedAgency("H62", "000.00.00.H62", "UBND tỉnh"),
            ListedAgency("H62.05", "000.00.05.H62", "Sở Nội vụ", "H62", "snv@x"),
        ]

    @pytest.fixture
    def far(self) -> Iterator[FarAxis]:
        running = axis_partner.axis_sandbox(CLOCK)
        running.start()
        first = Unit("H62", "UBND tỉnh", old_code="000.00.00.H62", version=1)
        running.list((first, Unit("H62.05", "Sở Nội vụ", "H62", "snv@x", "000.00.05.H62", version=2), Unit("")))
        yield FarAxis(running)
        running.stop()

    @pytest.fixture
    def at(self, transport: FastTransport, tmp_path: Path) -> At:
        assert VXP.directory is not None
        made, tools = VXP.directory, axis_partner.tools(transport, tmp_path, CLOCK)
        return lambda url: made("axis", axis_partner.settings(url), tools)


_OAUTH2 = {"kind": "oauth2", "client_id": KEY, "client_secret": "file:lgsp"}


def _settings(dialect: str, url: str, auth: list[dict[str, str]]) -> HttpSettings:
    return HttpSettings.model_validate({"dialect": dialect, "url": url, "auth": auth, "allow": ["127.0.0.1"]})
