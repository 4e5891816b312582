"""What every transport promises about TLS; part of the transport contract."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bus.errors import FailureClass, Unreachable
from bus.transport import Tls, Transport
from tests.contracts.certificates import Authority
from tests.contracts.raw_server import BODY, Connection, RawServer, answers, body_of, is_silent, post


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
