"""Reads an answer: parts, envelope, tree; and hands it on as JSON, which is what the engine's rules look into.

An answer that is no envelope (a page, a text, one that ends in its middle) is handed on as it came, its beginning: no
rule holds of it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from adapters.http.client import Taking
from adapters.http.decode import UNREADABLE
from adapters.soap.client.envelope_in import said
from adapters.soap.client.related import Part, Related, pieces, related
from adapters.soap.client.tree import Attached, Disk, Place, Tree
from adapters.soap.client.written import Sources
from bus.errors import Rejected
from bus.transport import Response
from schemas.content import Invalid
from schemas.xml import PushParser

#: Bytes that are kept in memory of an answer and of its texts, and of one that cannot be read.
_SMALL, _HEAD = 1 << 20, 4096
#: Bytes of an answer as JSON, beside what a taker takes.
_MAX_JSON = 32 << 20


class Check(Protocol):
    """Says of an envelope whether it may be believed, and gives what of it may be read."""

    def __call__(self, envelope: Iterator[bytes], tree: Tree) -> None:
        """Tell ``tree`` what was verified. Raises OutcomeUnknown."""
        ...


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that is on disk: how it came, and all its bytes."""

    status: int
    headers: Mapping[str, str]
    file: Disk
    size: int

    def read(self, taker: Taking | None, lists: frozenset[Place], check: Check | None) -> Response:
        """The answer as JSON, in the response or in what ``taker`` left of it.

        Raises what ``check`` raises, and what ``taker`` raises.
        """
        with tempfile.SpooledTemporaryFile(_SMALL) as texts:
            try:
                found, tree = self._parted(), Tree(texts, lists)
                envelope = pieces(self.file, found.root.start, found.root.end)
                (check or _trusted)(envelope, tree)
                # No signature is over the parts beside the envelope.
                parts = {} if check else found.others
                value = {**said(tree), **_attachments(parts)}
            except (Invalid, Rejected):
                return self._unread(taker)
            return self._handed(Sources(self.file, texts, parts, tree.by_id).json(value), taker)

    def taken(self) -> Response:
        """An answer that has nothing to say, and need not."""
        return Response(self.status, {**self.headers, "content-type": "application/json"}, b'{"Header":{}}')

    def _parted(self) -> Related:
        return related(self.file, self.size, self.headers.get("content-type", ""))

    def _handed(self, json: Iterator[bytes], taker: Taking | None) -> Response:
        headers = {**self.headers, "content-type": "application/json"}
        if taker:
            for piece in json:
                taker.feed(piece)
            return Response(self.status, headers, taker.close())
        try:
            return Response(self.status, headers, _bounded(json))
        except Rejected:
            return self._unread(None)

    def _unread(self, taker: Taking | None) -> Response:
        self.file.seek(0)
        head = self.file.read(_HEAD)
        if taker:
            taker.close()
        is_page = self.headers.get("content-type", "").lower().startswith("text/html")
        unread = self.status // 100 == 2 and not is_page
        return Response(self.status, {**self.headers, **({"content-type": UNREADABLE} if unread else {})}, head)


def _trusted(envelope: Iterator[bytes], tree: Tree) -> None:
    """An envelope that is taken as it comes. Raises Invalid."""
    parser = PushParser(tree, attributes=True)
    for piece in envelope:
        parser.feed(piece)
    parser.close()


def _bounded(json: Iterator[bytes]) -> bytes:
    made = bytearray()
    for piece in json:
        made += piece
        if len(made) > _MAX_JSON:
            raise Rejected("body.too_large", "the answer says too much")
    return bytes(made)


def _attachments(parts: Mapping[str, Part]) -> dict[str, object]:
    told = [{"id": cid, "type": one.media_type, "base64": Attached(cid)} for cid, one in parts.items()]
    return {"Attachments": told} if told else {}
