"""How much of a message is ever held in memory, and how much of it is taken."""

from __future__ import annotations

#: Bytes of text in the header, the To elements' own room apart.
HEADER_TEXT = 64 * 1024
HEADER_ELEMENTS = 16 * 1024
#: What each To adds to that room: an address with its names, or it could never hold the recipients allowed.
TEXT_PER_RECIPIENT = 2 * 1024
ELEMENTS_PER_RECIPIENT = 32
RECIPIENTS = 2_000
ATTACHMENTS = 500
#: Bytes of an attachment's name; file systems take no more.
FILE_NAME = 255
#: Characters of an attachment's ContentId or ContentType.
LABEL = 1_024
#: Characters of an agency code or a DocumentId, which are keys of everything kept.
IDENTIFIER = 255
#: Characters of all that is kept of a message where it is read whole, and what an element counts for.
KEPT = 16 * 1024 * 1024
ELEMENT_KEPT = 64
#: Bytes of a file that was packed, however small its package, and how much larger than it beyond the first.
UNPACKED = 512 * 1024 * 1024
UNPACKED_FREE = 16 * 1024 * 1024
UNPACKED_RATIO = 100
#: Bytes that all packages of one message may unpack to together: looking at them takes time.
UNPACKED_TOGETHER = 1024 * 1024 * 1024


def most_unpacked(size: int) -> int:
    """How many bytes a package of ``size`` bytes may unpack to."""
    return min(UNPACKED, max(UNPACKED_FREE, UNPACKED_RATIO * size))
