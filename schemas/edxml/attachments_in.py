"""Reads attachments as they pass: names, labels, size and digest are kept, the bytes are guarded and are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from schemas.content import Attachment, Invalid
from schemas.edxml import limits
from schemas.edxml.archive.flow import Allowance
from schemas.edxml.archive.guard import ZipGuard, is_zip_name
from schemas.edxml.archive.package import Package
from schemas.edxml.base64_in import BadBase64, Base64Digest
from schemas.edxml.file_names import check_name
from schemas.edxml.names import bare_cid, clean

_CONTENT = "ContentTransferEncoded"
_LABELS = frozenset({"ContentId", "AttachmentName", "ContentType"})


class Tap(Protocol):
    """Wants the files too, not their digests alone."""

    def begin(self, place: int) -> Callable[[bytes], object] | None:
        """The file with that place begins; what takes its bytes, if anything does."""
        ...

    def end(self, package: Package | None) -> None:
        """The file is whole, and a package that may be opened or none."""
        ...


class _Labels:
    """The short texts of one record; a second text of one name is refused, one that is too long too."""

    def __init__(self, wanted: frozenset[str], where: str) -> None:
        self._wanted = wanted
        self._where = where
        self._texts: dict[str, str] = {}
        self._current = ""

    def begin(self, local: str) -> None:
        self._current = local if local in self._wanted else ""
        if self._texts.get(self._current):
            raise Invalid("edxml.value", f"{self._where}/{local} stands there twice")

    def data(self, text: str) -> None:
        if self._current:
            longer = self._texts.get(self._current, "") + text
            if len(longer) > limits.LABEL:
                raise Invalid(self._code(), f"{self._where}/{self._current} is too long")
            self._texts[self._current] = longer

    def _code(self) -> str:
        return "edxml.attachment_name" if self._current == "AttachmentName" else "edxml.value"

    def text(self, local: str) -> str:
        return clean(self._texts.get(local, ""))


class ReferenceRecord:
    """One Reference of the manifest, of which only the ContentId counts."""

    def __init__(self, content_ids: set[str], place: int) -> None:
        self._labels = _Labels(frozenset({"ContentId"}), f"edXMLManifest/Reference[{place}]")
        self._content_ids = content_ids

    def field(self, local: str) -> None:
        """The field that begins now."""
        self._labels.begin(local)

    def data(self, text: str) -> None:
        """Text of the field."""
        self._labels.data(text)

    def nested(self) -> None:
        """An element inside a field says nothing here."""

    def end_field(self) -> None:
        """Texts come in fields only."""

    def close(self) -> None:
        """The reference ends."""
        if content_id := bare_cid(self._labels.text("ContentId")):
            self._content_ids.add(content_id)


class AttachmentRecord:
    """One Attachment; its text is decoded as it comes, and ``done`` grows by it at its end."""

    def __init__(self, done: list[Attachment], allowance: Allowance, tap: Tap | None, place: int) -> None:
        self._place = place
        self._done = done
        self._guard = ZipGuard(allowance)
        self._tap = tap
        self._where = f"AttachmentEncoded/Attachment[{place}]"
        self._labels = _Labels(_LABELS, self._where)
        self._decoder: Base64Digest | None = None
        self._sha256 = ""

    def field(self, local: str) -> None:
        """The field that begins now."""
        if local == _CONTENT:
            self._begin_content()
        else:
            self._labels.begin(local)

    def data(self, text: str) -> None:
        """Text of the field."""
        if self._decoder is None or self._sha256:
            self._labels.data(text)
            return
        try:
            self._decoder.feed(text)
        except BadBase64 as error:
            raise self._bad(str(error)) from error

    def nested(self) -> None:
        """An element inside the base64 would make readers differ on what the file is."""
        if self._decoder is not None and not self._sha256:
            raise self._bad("an element stands inside it")

    def end_field(self) -> None:
        """The field ends."""
        if self._decoder is None or self._sha256:
            return
        try:
            self._sha256 = self._decoder.finish()
        except BadBase64 as error:
            raise self._bad(str(error)) from error

    def close(self) -> None:
        """The attachment is complete."""
        name = self._labels.text("AttachmentName")
        check_name(name, self._place)
        if self._decoder is None:
            raise Invalid("edxml.missing", f"{self._where}/{_CONTENT}")
        content_id, kind = bare_cid(self._labels.text("ContentId")), self._labels.text("ContentType")
        package = self._guard.finish(name)
        self._done.append(Attachment(name, content_id, kind, self._decoder.size, self._sha256))
        if self._tap:
            self._tap.end(package)

    def _begin_content(self) -> None:
        if self._decoder is not None:
            raise Invalid("edxml.value", f"{self._where}/{_CONTENT} stands there twice")
        self._labels.begin("")
        self._decoder = Base64Digest(*self._takers())

    def _takers(self) -> Iterator[Callable[[bytes], object]]:
        # The name may come later: then it is the guard that asks for it at the end.
        if not is_zip_name(self._labels.text("AttachmentName")):
            yield self._guard.feed
        if self._tap and (take := self._tap.begin(self._place)):
            yield take

    def _bad(self, why: str) -> Invalid:
        name = self._labels.text("AttachmentName")
        return Invalid("edxml.bad_base64", f"attachment {self._place} {name}".rstrip() + f": {why}")
