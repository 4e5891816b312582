"""Failures: what their classes mean, the groups they stand in, and texts for the other agency."""

from __future__ import annotations

from typing_extensions import TypedDict

#: What a class of failures means, whose side it is on, and what to do.
Hint = TypedDict(
    "Hint",
    {"class": str, "side": str, "policy": str, "what": str, "todo": str, "what_vi": str, "todo_vi": str},
)

#: Failures of one fingerprint: endpoint, class, the partner's own code, and place.
GroupTold = TypedDict(
    "GroupTold",
    {
        "group": str,
        "endpoint": str,
        "class": str,
        "code": str,
        "place": str,
        "count": int,
        "states": dict[str, int],
        "first_at": str | None,
        "last_at": str | None,
        "owner": str,
        "ticket": str,
        "snoozed_until": str | None,
        "noted": int,
        "hint": Hint | None,
    },
)

#: A text for the other agency, in both languages.
LetterTo = TypedDict("LetterTo", {"copy": str, "to": str, "class": str, "vi": str, "en": str})


class NoteTold(TypedDict):
    """What somebody wrote of a group."""

    at: str | None
    by: str
    text: str


class Groups(TypedDict):
    """Groups, most copies first; ``hidden``: so many are snoozed, or somebody else's."""

    count: int
    hidden: int
    groups: list[GroupTold]


class Letters(TypedDict):
    """A text for each copy of a message that failed."""

    letters: list[LetterTo]
