"""Documents of any size go into envelopes and come out of them in a few megabytes of memory."""

from __future__ import annotations

import tempfile
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from lxml import etree

from adapters.http.keys import Keys
from adapters.http.spill import Spill
from adapters.soap.client.description import Drawn
from adapters.soap.client.envelope_out import enveloped
from adapters.soap.client.marks import Marked, Marks
from adapters.soap.client.reading import Answered
from adapters.soap.client.security import Security
from adapters.soap.client.security_settings import Signature
from adapters.soap.rehearsal.paper import SOAP11
from bus.bodies import reader
from bus.clock import SystemClock
from bus.secret import Secrets
from tests.contracts.certificates import Authority

_BIG, _FEW = 24 << 20, 6 << 20


@dataclass(frozen=True)
class Endless:
    """So many bytes that are nowhere."""

    size: int = _BIG

    def open(self) -> BinaryIO:
        return reader(b"\x01" * 49152 for _ in range(self.size // 49152))


def peak(act: Callable[[], object]) -> int:
    """Bytes that were in hand at once, at the most."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("way", ["inline", "mtom"])
def test_an_envelope_is_never_whole(way: Any, tmp_path: Path) -> None:
    """Signed over all of its document, and read as it would be sent."""
    pair = Authority(tmp_path / "ca").issue("bus")
    (tmp_path / "secrets").mkdir()
    key = tmp_path / "secrets" / "key"
    key.write_bytes(pair.key.read_bytes())
    key.chmod(0o600)
    security = Security(
        (Signature(kind="signature", certificate=pair.cert, key=["file:key"]),),
        Keys(Secrets(tmp_path, SystemClock().monotonic)),
        SystemClock(),
    )
    sizes = []

    def send() -> None:
        marks = Marks(way)
        text = marks.put(Marked(Endless()))
        envelope = etree.fromstring(f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><R>{text}</R></s:Body></s:Envelope>')
        drawn = Drawn(envelope, "", newer=False)
        security.add(drawn, marks)
        body, _ = enveloped(drawn, marks)
        with body.open() as bytes_out:
            sizes.append(sum(len(piece) for piece in iter(lambda: bytes_out.read(1 << 16), b"")))

    assert peak(send) < _FEW
    assert sizes[0] > _BIG


def test_an_answer_is_never_whole() -> None:
    """One text of many megabytes, taken to disk."""
    spill = Spill(2 * _BIG)
    with tempfile.TemporaryFile() as file:
        file.write(f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><R><d>'.encode())
        file.writelines(b"QUJD" * 12288 for _ in range(_BIG // 49152))
        size = file.write(b"</d></R></s:Body></s:Envelope>") and file.tell()
        answered = Answered(200, {"content-type": "text/xml"}, file, size)
        assert peak(lambda: answered.read(spill, frozenset(), None)) < _FEW
    spill.discard()
