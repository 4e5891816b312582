"""The question about the account: the whole journal is gone through, a little each round, and then again."""

from __future__ import annotations

from collections import Counter

from bus.alerts.found import Asked, Found
from bus.alerts.words import DIFFERENCES
from bus.journal.verify import Verifier

#: Portions of a round.
_PORTIONS = 4


class Balance:
    """Remembers where it is. What differs is told until a whole pass no longer finds it."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._after = 0
        #: How often something differs, by what: in this pass, and in the last whole one (None: there was none yet).
        self._this = Counter[str]()
        self._last: Counter[str] | None = None

    def account(self, asked: Asked) -> list[Found]:
        """What differs. Raises JournalDown."""
        for _ in range(_PORTIONS):
            if self._portion():
                break
        found = self._this | (self._last or Counter())
        unsure = asked.known.keys() - found.keys() if self._last is None else set()
        told = [_found(code, many, asked) for code, many in found.items()]
        return [*told, *(Found(code, asked.known[code], "", "") for code in sorted(unsure))]

    def _portion(self) -> bool:
        """Go on; whether that was the end."""
        portion = self._verifier.portion(self._after)
        self._this.update(one.code for one in portion.differences)
        self._after = portion.after or 0
        if portion.after is None:
            self._last, self._this = self._this, Counter()
        return portion.after is None


def _found(code: str, many: int, asked: Asked) -> Found:
    vi, en = DIFFERENCES[code]
    return Found(code, asked.known.get(code, asked.now), f"{vi} ({many} chỗ)", f"{en} ({many} places)")
