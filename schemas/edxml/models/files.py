"""What a message says about a file it carries."""

from __future__ import annotations

from typing import ClassVar

from schemas.edxml.models.block import Block, Needed


class FileLabel(Block):
    """One Attachment, or one Reference of the manifest. The declared type lies often; see ``unpack``."""

    content_id: Needed[str] = ""
    attachment_name: Needed[str] = ""
    description: str = ""
    content_type: Needed[str] = ""


class ReferenceLabel(FileLabel):
    """The same in the order of the manifest."""

    wire_order: ClassVar[tuple[str, ...]] = ("content_id", "content_type", "description", "attachment_name")
