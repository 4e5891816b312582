"""Who an operator from afar is: whoever has the token, and what that one may."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from bus.errors import SecretMissing
from bus.plan import PlanHolder
from bus.secret import Secrets


@dataclass(frozen=True, slots=True)
class Badge:
    """An operator of ``routes.yaml``, signed in."""

    who: str
    may_order: bool
    #: The office it belongs to; empty: none.
    office: str = ""


class Badges:
    """Reads tokens. Every look compares with all of them, so that its time tells nothing."""

    def __init__(self, holder: PlanHolder, secrets: Secrets) -> None:
        self._holder = holder
        self._secrets = secrets

    def of(self, token: bytes) -> Badge | None:
        """Whose token it is; None where it is nobody's."""
        operators = self._holder.plan.routes.operators.items()
        found = [
            Badge(name, operator.may == "operate", operator.office or "")
            for name, operator in operators
            for secret in self._values(operator.token)
            if hmac.compare_digest(secret, token)
        ]
        return found[0] if found and token else None

    def _values(self, names: list[str]) -> list[bytes]:
        try:
            return self._secrets.values(names)
        except SecretMissing:
            return []
