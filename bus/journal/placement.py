"""Where one recipient's copy goes, as the journal is told; who decides it is ``bus.placing``."""

from __future__ import annotations

from collections.abc import Container

from schemas.value import value


@value
class Placement:
    """Where one recipient's copy goes, or (from a source) why it is born dead."""

    recipient: str
    endpoint: str = ""
    rule: str = ""
    mailbox: bool = False
    #: The endpoint's sink carries all recipients of a message in one call.
    one_call: bool = False
    dead: str = ""
    #: Why it is born held: an operator looks at it first.
    held: str = ""
    #: The recipient in every spelling it has, if it has more than one.
    spellings: tuple[str, ...] = ()
    #: The recipient's partner, where nothing may go back to it by this rule.
    not_back_to: str = ""

    def among(self, recipients: Container[str]) -> bool:
        """Whether the recipient is one of these, in whatever spelling."""
        return self.recipient in recipients or any(code in recipients for code in self.spellings)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every spelling of the recipient."""
        return (self.recipient, *self.spellings)
