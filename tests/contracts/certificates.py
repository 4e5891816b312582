"""A certification authority of a test's own, made by the openssl command; nothing of it is kept."""

from __future__ import annotations

import ssl
import subprocess
import warnings
from dataclasses import dataclass
from pathlib import Path

from bus.certificate import of_file, pin

#: The pin of a key that nobody has.
OTHER = f"sha256//{'A' * 43}="


@dataclass(frozen=True)
class Pair:
    cert: Path
    key: Path


class Authority:
    """Signs certificates for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)
        self.pair = Pair(folder / "ca.pem", folder / "ca.key")
        made = ("-out", self.pair.cert, "-subj", "/CN=test authority", "-days", "2")
        _openssl("req", "-x509", *_new_key(self.pair.key), *made)

    def pair_of(self, name: str) -> Pair:
        """Where what is issued under this name is kept."""
        return Pair(self._folder / f"{name}.pem", self._folder / f"{name}.key")

    def issue(
        self, name: str, holder: str = "IP:127.0.0.1", *, to: Pair | None = None, subject: str = "", days: int = 2
    ) -> Pair:
        """A certificate for this holder, and its key; ``to`` takes the place of another."""
        made = to or self.pair_of(name)
        wish = self._folder / f"{name}.csr"
        _openssl("req", *_new_key(made.key), "-out", wish, "-subj", f"/CN={subject or name}")
        signer = ("-CA", self.pair.cert, "-CAkey", self.pair.key, "-CAcreateserial")
        extensions = self._folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={holder}\nbasicConstraints=CA:FALSE\n")
        _openssl("x509", "-req", "-in", wish, *signer, "-extfile", extensions, "-days", str(days), "-out", made.cert)
        return made

    def server_side(self, holder: str = "IP:127.0.0.1", *, client_required: bool = False) -> ssl.SSLContext:
        """A server's context with a certificate of this authority."""
        pair = self.issue("server", holder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair.cert, pair.key)
        if client_required:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.pair.cert)
            # In TLS 1.2 a missing certificate fails the handshake; in 1.3 the client hears of it after sending.
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        return context

    def outdated(self) -> ssl.SSLContext:
        """A server that speaks TLS 1.1 and nothing newer."""
        context = self.server_side()
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings(action="ignore"):
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        return context


def pin_of(cert: Path) -> str:
    """The pin of the key of the first certificate in a file."""
    return pin(of_file(cert)[0])


def _new_key(path: Path) -> tuple[str | Path, ...]:
    return "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)
