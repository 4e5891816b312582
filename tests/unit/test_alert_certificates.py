"""When certificates end, read from their own bytes."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import pytest

from adapters.rest.settings import RestSettings
from bus.alerts.certificates import OfCertificates
from bus.alerts.found import Asked, Found
from bus.certificate import ends
from bus.clock import MICROS
from bus.config import parse
from bus.config.alerts import Certificate
from bus.directory import Directory
from bus.endpoint import Address
from bus.plan import Plan
from bus.router import Router

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
    question = OfCertificates(fetch).certificate

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
