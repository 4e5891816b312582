"""Names of files that come from afar: bare names, and nothing that another system would take for a path."""

from __future__ import annotations

import re

from schemas.content import Invalid
from schemas.edxml import limits

# Control characters, path separators, and marks that turn the direction of writing, which hide a name's ending.
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f/\\\\\u202a-\u202e\u2066-\u2069]")
_DRIVE = re.compile("[A-Za-z]:")


def is_bare_name(name: str) -> bool:
    """Whether it names a file and neither a path nor anything hidden."""
    return bool(name.strip(". ")) and not _FORBIDDEN.search(name) and not _DRIVE.match(name)


def check_name(name: str, place: int) -> None:
    """Refuse what is no bare file name. Raises :class:`Invalid`."""
    if not name.strip(". "):
        raise Invalid("edxml.attachment_name", f"attachment {place} has no file name")
    if len(name.encode()) > limits.FILE_NAME:
        raise Invalid(
            "edxml.attachment_name", f"the name of attachment {place} is longer than {limits.FILE_NAME} bytes"
        )
    if not is_bare_name(name):
        raise Invalid("edxml.attachment_name", f"the name of attachment {place} holds a path or control characters")
