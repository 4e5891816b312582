"""Items of a source that its partner lists and cannot hand out, or takes no word about: they come after all others.

An item that ends a round may only have met a partner that went away, and the next round begins with it: what stands
behind it may be about it. One that ends a round again and again would keep those behind it for ever.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from bus.endpoint import Item

#: Rounds an item may end before it comes last.
ROUNDS = 3


class Stragglers:
    """How often each item ended a round. Not to be shared by threads."""

    def __init__(self) -> None:
        self._ended: Counter[tuple[str, str]] = Counter()

    def last(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items in their order, stragglers at the end: first the one that ended the fewest rounds."""
        late: list[Item] = []
        listed = set()
        for item in items:
            listed.add(_key(item))
            if self._ended[_key(item)] >= ROUNDS:
                late.append(item)
            else:
                yield item
        self._ended = Counter({key: ended for key, ended in self._ended.items() if key in listed})
        yield from sorted(late, key=lambda item: self._ended[_key(item)])

    def failed(self, item: Item) -> None:
        """The partner did not answer about this item: it ended a round."""
        self._ended[_key(item)] += 1


def _key(item: Item) -> tuple[str, str]:
    return item.type, item.remote_id
