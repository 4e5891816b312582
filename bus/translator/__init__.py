"""What is done to a message between what it came as and what a partner takes.

``hop`` is what is done to its bytes; ``apart`` takes it apart into fields and files (``files`` reads those out of it as
they are asked for), ``compose`` makes one of fields and files.
"""

from __future__ import annotations

from bus.translator.apart import Link, papers_of
from bus.translator.compose import compose
from bus.translator.hop import outgoing

__all__ = ["Link", "compose", "outgoing", "papers_of"]
