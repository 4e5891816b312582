"""What every transport promises about TLS; part of the transport contract."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bus.errors import FailureClass, Unreachable
from bus.transport import Tls, Transport
from tests.contracts.certificates import OTHER, Authority, pin_of
from tests.contracts.raw_server import BODY, Connection, RawServer, answers, body_of, is_silent, post, telling


class TlsContract:
    """TLS is verified always."""

    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        return Authority(tmp_path / "authority")

    def test_own_authority_is_trusted(self, transport: Transport, authority: Authority) -> None:
        """An endpoint's CA file is enough to trust its partner."""
        with RawServer(answers(), authority.server_side()) as server:
            response = transport.call(replace(post(server), tls=Tls(ca_file=authority.pair.cert)))
        assert response.status == 200
        assert body_of(server.requests[0]) == BODY

    def test_unknown_authority_is_not_trusted(self, transport: Transport, authority: Authority) -> None:
        """By default only the system's authorities count; nothing is sent."""
        with RawServer(answers(), authority.server_side()) as server, pytest.raises(Unreachable) as caught:
            transport.call(post(server))
        assert caught.value.failure is FailureClass.TLS
        assert server.requests == []

    def test_trust_is_not_carried_over(self, transport: Transport, authority: Authority) -> None:
        """A connection opened under one trust is not used by a call under another."""
        with RawServer(answers(), authority.server_side()) as server:
            transport.call(replace(post(server), tls=Tls(ca_file=authority.pair.cert)))
            with pytest.raises(Unreachable) as caught:
                transport.call(post(server))
        assert caught.value.failure is FailureClass.TLS

    def test_other_name_is_not_trusted(self, transport: Transport, authority: Authority) -> None:
        """The certificate must be for the host that is called."""
        trust = Tls(ca_file=authority.pair.cert)
        other = authority.server_side("DNS:other.example")
        with RawServer(answers(), other) as server, pytest.raises(Unreachable) as caught:
            transport.call(replace(post(server), tls=trust))
        assert caught.value.failure is FailureClass.TLS
        assert server.requests == []

    def test_client_certificate(self, transport: Transport, authority: Authority) -> None:
        """A partner that asks for our certificate gets it; without one the call fails as ``tls``."""
        mine = authority.issue("bus")
        trust = Tls(ca_file=authority.pair.cert)
        with RawServer(answers(), authority.server_side(client_required=True)) as server:
            known = replace(trust, cert_file=mine.cert, key_file=mine.key)
            assert transport.call(replace(post(server), tls=known)).status == 200
            with pytest.raises(Unreachable) as caught:
                transport.call(replace(post(server), tls=trust))
        assert caught.value.failure is FailureClass.TLS

    @pytest.mark.parametrize("missing", ["ca_file", "cert_file"])
    def test_unreadable_certificate(self, transport: Transport, authority: Authority, missing: str) -> None:
        """A certificate file that is not there is ``tls``, and never a call without it."""
        tls = replace(Tls(ca_file=authority.pair.cert), **{missing: Path("/nowhere/at/all.pem")})
        with RawServer(answers(), authority.server_side()) as server, pytest.raises(Unreachable) as caught:
            transport.call(replace(post(server), tls=tls))
        assert caught.value.failure is FailureClass.TLS
        assert server.requests == []

    def test_a_pinned_key_is_spoken_to(self, transport: Transport, authority: Authority) -> None:
        """One of the pins is enough; its certificate is verified all the same."""
        with RawServer(answers(), authority.server_side()) as server:
            pins = (OTHER, pin_of(authority.pair_of("server").cert))
            trust = Tls(ca_file=authority.pair.cert, pins=pins)
            assert transport.call(replace(post(server), tls=trust)).status == 200
            with pytest.raises(Unreachable) as caught:
                transport.call(replace(post(server), tls=Tls(pins=pins)))
        assert caught.value.failure is FailureClass.TLS
        assert len(server.requests) == 1

    @pytest.mark.parametrize("before", [True, False], ids=["after a call", "at first"])
    def test_another_key_is_not_spoken_to(self, transport: Transport, authority: Authority, before: bool) -> None:
        """However trusted its certificate is, and though a connection to it is open: it is ``tls``, and nothing is sent."""
        trust = Tls(ca_file=authority.pair.cert)
        with RawServer(answers(), authority.server_side()) as server:
            if before:
                transport.call(replace(post(server), tls=trust))
            with pytest.raises(Unreachable) as caught:
                transport.call(replace(post(server), tls=replace(trust, pins=(OTHER,))))
        assert caught.value.failure is FailureClass.TLS
        assert type(caught.value) is Unreachable
        assert len(server.requests) == before

    def test_old_tls_is_not_spoken(self, transport: Transport, authority: Authority) -> None:
        """Less than TLS 1.2 is ``tls``."""
        with RawServer(answers(), authority.outdated()) as server, pytest.raises(Unreachable) as caught:
            transport.call(replace(post(server), tls=Tls(ca_file=authority.pair.cert)))
        assert caught.value.failure is FailureClass.TLS
        assert server.requests == []

    def test_a_replaced_certificate_of_ours_counts_at_once(self, transport: Transport, authority: Authority) -> None:
        """The next call shows the new one, though the files bear the same names and a connection is open."""
        mine = authority.issue("bus")
        tls = Tls(authority.pair.cert, mine.cert, mine.key)
        seen: list[str] = []
        with RawServer(telling(seen), authority.server_side(client_required=True)) as server:
            transport.call(replace(post(server), tls=tls))
            authority.issue("bus", to=mine, subject="renewed")
            transport.call(replace(post(server), tls=tls))
            transport.call(replace(post(server), tls=tls))
        assert seen == ["bus", "renewed", "renewed"]

    def test_a_replaced_authority_counts_at_once(self, transport: Transport, authority: Authority) -> None:
        """Trust that was taken away is gone with the next call, though a connection is open; and comes back."""
        other = Authority(authority.pair.cert.parent / "other")
        file = authority.pair.cert.parent / "trusted.pem"
        shutil.copy(authority.pair.cert, file)
        with RawServer(answers(), authority.server_side()) as server:
            ask = replace(post(server), tls=Tls(ca_file=file))
            assert transport.call(ask).status == 200
            shutil.copy(other.pair.cert, file)
            with pytest.raises(Unreachable) as caught:
                transport.call(ask)
            assert caught.value.failure is FailureClass.TLS
            shutil.copy(authority.pair.cert, file)
            assert transport.call(ask).status == 200

    def test_handshake_that_never_ends(self, transport: Transport) -> None:
        """Time that runs out in the handshake is before sending."""
        with RawServer(is_silent) as server, pytest.raises(Unreachable) as caught:
            transport.call(replace(post(server), url=f"https://127.0.0.1:{server.port}", connect_timeout=0.2))
        assert caught.value.failure is FailureClass.TIMEOUT_BEFORE_SEND

    def test_plain_server_where_tls_was_expected(self, transport: Transport) -> None:
        """What does not speak TLS is ``tls``."""

        def babbles(connection: Connection) -> None:
            connection.send(b"220 hello\r\n")
            connection.until_gone()

        with RawServer(babbles) as server, pytest.raises(Unreachable) as caught:
            transport.call(replace(post(server), url=f"https://127.0.0.1:{server.port}"))
        assert caught.value.failure is FailureClass.TLS
