"""When certificates end, read from their own bytes."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import pytest

from adapters.api.settings import ApiDoor
from adapters.rest.settings import RestSettings
from adapters.soap.client.settings import SoapSettings
from bus.alerts.certificates import OfCertificates
from bus.alerts.found import Asked, Found
from bus.certificate import ends
from bus.clock import MICROS
from bus.config import parse
from bus.config.alerts import Certificate
from bus.directory import Directory
from bus.endpoint_settings import Address
from bus.peer import Peer
from bus.plan import Plan
from bus.router import Router
from bus.tls import Files
from bus.validity import Held, Seen, Validity
from tests.contracts.certificates import OTHER, Authority, pin_of

DAY = 86_400 * MICROS
RULE = Certificate(name="c", on="certificate", to=("ops",))


def certificate(folder: Path, until: str) -> Path:
    """One of its own authority that ends on a day (YYYYMMDD)."""
    key, made = folder / "k.pem", folder / "c.pem"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    words += ["-keyout", str(key), "-out", str(made), "-subj", "/CN=x", "-days", until]
    subprocess.run(words, check=True, capture_output=True)
    return made


def openssl_says(path: Path) -> int:
    told = subprocess.run(["openssl", "x509", "-enddate", "-noout", "-in", path], check=True, capture_output=True)
    return ssl.cert_time_to_seconds(told.stdout.decode().strip().removeprefix("notAfter=")) * MICROS


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("cert"), "20")


@pytest.mark.parametrize("days", ["20", "20000"])
def test_the_end_is_what_openssl_says(tmp_path: Path, days: str) -> None:
    """Also beyond 2049, which is written another way."""
    made = certificate(tmp_path, days)

    assert ends(ssl.PEM_cert_to_DER_cert(made.read_text())) == openssl_says(made)


@pytest.mark.parametrize("der", [b"", b"\x02\x01\x00", b"\x30\x82\xff\xff\x30"])
def test_what_is_no_certificate_is_no_crash(der: bytes) -> None:
    """One of the two errors that are expected."""
    with pytest.raises((ValueError, IndexError)):
        ends(der)


def plan(pem: Path) -> Plan:
    text = f"""
endpoints:
  a: {{kind: rest, url: "https://a.vn/x", cert_file: "{pem}", key_file: "{pem}"}}
  b: {{kind: rest, url: "https://b.vn:8443/x"}}
  c: {{kind: rest, url: "http://c.vn/x"}}
"""
    routes = parse(text, "routes.yaml", {"rest": RestSettings}, {})
    directory = Directory.build(routes)
    return Plan(routes, directory, Router(routes, directory), frozenset())


def test_certificates_that_end_soon(pem: Path) -> None:
    """Of servers that speak TLS, and the bus's own; not before their time, and what is away stays as it was known."""
    asked_for = []

    def fetch(address: Address) -> str:
        asked_for.append(address)
        if address.host == "b.vn":
            raise OSError("away")
        return pem.read_text()

    end = openssl_says(pem)
    question = OfCertificates(Validity(fetch=fetch)).certificate

    assert question(Asked(RULE, plan(pem), end - 31 * DAY)) == []
    found = question(Asked(RULE, plan(pem), end - 30 * DAY, {"b": 5}))
    assert [(one.thing, one.since) for one in found] == [
        ("a", end - 30 * DAY),
        ("a cert_file", end - 30 * DAY),
        ("b", 5),
    ]
    assert found[2] == Found("b", 5, "", "")
    assert len([one for one in asked_for if one.host == "a.vn"]) == 2
    question(Asked(RULE, plan(pem), end - 30 * DAY + 1))
    assert len([one for one in asked_for if one.host == "a.vn"]) == 2


def test_a_certificate_that_signs_is_watched_too(pem: Path, tmp_path: Path) -> None:
    """Wherever a kind of endpoint names a file, and beside those of TLS."""
    text = f"""
endpoints:
  s:
    kind: soap
    url: "http://s.vn/x"
    ca_file: "{tmp_path / "away.pem"}"
    security: [{{kind: timestamp}}, {{kind: signature, certificate: "{pem}", key: "file:key"}}]
"""
    routes = parse(text, "routes.yaml", {"soap": SoapSettings}, {})

    assert list(Validity().of_endpoints(routes, ["s"])) == [
        Held("s ca_file", "s", None),
        Held("s certificate", "s", openssl_says(pem)),
    ]


def test_less_time_left_is_told_again(pem: Path) -> None:
    """Each step a certificate has come to is a thing of its own, and goes on until it is renewed."""
    end = openssl_says(pem)
    question = OfCertificates(Validity(fetch=lambda _: pem.read_text())).certificate

    def things(before: int) -> set[str]:
        told = question(Asked(RULE, plan(pem), end - before))
        return {one.thing.removeprefix("b").strip() for one in told if one.thing.startswith("b")}

    assert things(15 * DAY) == {""}
    assert things(14 * DAY) == {"", "(<14d)"}
    assert things(3 * DAY) == things(-DAY) == {"", "(<14d)", "(<3d)"}


def secured(door: Files, partner: Path, seen: Seen) -> list[Held]:
    text = f"""
partners:
  known: {{agencies: ["A"], doors: {{api: {{key: "file:a", certificate: "{pin_of(partner)}"}}}}}}
  shown: {{agencies: ["B"], doors: {{api: {{key: "file:b", certificate: any}}}}}}
  unknown: {{agencies: ["C"], doors: {{api: {{key: "file:c", certificate: "{OTHER}"}}}}}}
  free: {{agencies: ["D"], doors: {{api: {{key: "file:d"}}}}}}
"""
    routes = parse(text, "routes.yaml", {}, {"api": ApiDoor})
    return list(Validity(door, lambda: seen).of_doors(routes))


def test_certificates_of_doors_and_partners(tmp_path: Path, pem: Path) -> None:
    """Ours, the authority of callers, and theirs: as they were shown, else as the file of authorities has them."""
    authority = Authority(tmp_path / "authority")
    ours, partner = authority.issue("ours", days=5), authority.issue("partner", days=7)
    trusted = tmp_path / "trusted.pem"
    trusted.write_text(authority.pair.cert.read_text() + partner.cert.read_text())
    seen = {("shown", "api"): Peer("sha256//x", 77)}

    assert secured(Files(ours.cert, ours.key, trusted), partner.cert, seen) == [
        Held("BUS_TLS_CERT", "", openssl_says(ours.cert)),
        Held("BUS_TLS_CLIENT_CA", "", openssl_says(authority.pair.cert)),
        Held("known api", "", openssl_says(partner.cert)),
        Held("shown api", "", 77),
        Held("unknown api", "", None),
    ]


def test_a_renewed_file_is_read_again(tmp_path: Path, pem: Path) -> None:
    """What is watched is what is there now; a file that is away is not known."""
    authority = Authority(tmp_path / "authority")
    mine = authority.issue("mine")
    watched = Validity(Files(mine.cert, mine.key))
    routes = plan(pem).routes
    authority.issue("mine", to=mine, days=9)
    assert [one.ends for one in watched.of_doors(routes)] == [openssl_says(mine.cert)]
    mine.cert.unlink()
    assert [one.ends for one in watched.of_doors(routes)] == [None]
