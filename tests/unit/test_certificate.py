"""Certificates as the bus reads them, beside what openssl says of the same."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.certificate import check_pin, fits, of_file, pin
from tests.contracts.certificates import OTHER, Authority


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Authority(tmp_path_factory.mktemp("authority")).issue("one").cert


def test_the_pin_is_what_openssl_says(pem: Path) -> None:
    """The SHA-256 over the public key with its algorithm."""
    key = subprocess.run(["openssl", "x509", "-in", pem, "-pubkey", "-noout"], check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=key, check=True, capture_output=True)
    (mine,) = of_file(pem)

    assert pin(mine) == f"sha256//{base64.b64encode(hashlib.sha256(der.stdout).digest()).decode()}"
    assert check_pin(pin(mine))
    assert fits(mine, [OTHER, pin(mine)])
    assert not fits(mine, [OTHER])


def test_a_file_has_several(pem: Path, tmp_path: Path) -> None:
    """All of them, in order; what lies between them does not count."""
    file = tmp_path / "all.pem"
    file.write_text(f"# first\n{pem.read_text()}\nwords\n{pem.read_text()}-----BEGIN CERTIFICATE-----\n!\n")

    assert of_file(file) == of_file(pem) * 2


@given(st.binary(max_size=200))
def test_what_is_no_certificate_fits_nothing(der: bytes) -> None:
    """Whatever a peer shows."""
    assert not fits(der, [OTHER])
