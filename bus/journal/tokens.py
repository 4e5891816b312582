"""What a copy is found by in the index: the words of its message, and marks for what is asked for exactly.

A mark is a letter for what it tells and a digest of that, so no value can be taken for a word or for another mark.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import orjson

from bus.words import plain, words

#: Any one of each group is to be there. A word that ends in ``*`` is any word that begins so.
Asked = tuple[tuple[str, ...], ...]
ANY = "*"
_MARK, _BLOCK = _SIGNS = "=#"

#: Words of one message that are kept, and words that can be asked for at once.
_MOST, _MOST_ASKED = 200, 20
#: Letters of which the beginning of a word has so many at least. A number is looked for whole.
_BEGINNING = 2


class Found(NamedTuple):
    """What the index needs of a copy and its message."""

    seq: int
    accepted_at: int
    sender: str
    type: str
    subject: str
    view: str
    recipient: str
    endpoint: str


def of_copy(copy: Found) -> str:
    """All tokens of a copy, with spaces between."""
    view = orjson.loads(copy.view) if copy.view else {}
    number = view.get("number", "")
    names = (
        view.get("signer", ""),
        view.get("sender_name", ""),
        view.get("recipient_names", {}).get(copy.recipient, ""),
    )
    said = (*words(number), *words(copy.subject), *chain.from_iterable(map(_kept_words, names)))
    kept = dict.fromkeys(said[:_MOST])
    return " ".join((_marks(copy), *_numbered(number), *kept))


def is_word(token: str) -> bool:
    """Whether a token may be looked for by its beginning."""
    return token[0] not in _SIGNS and not token.isdigit()


def senders(codes: Iterable[str]) -> tuple[str, ...]:
    """The marks of copies from any of these agencies."""
    return tuple(_mark("s", code) for code in codes)


def recipients(codes: Iterable[str]) -> tuple[str, ...]:
    """The marks of copies for any of these agencies."""
    return tuple(_mark("r", code) for code in codes)


def endpoint(name: str) -> tuple[str, ...]:
    """The mark of copies bound for an endpoint."""
    return (_mark("e", name),)


def type_(name: str) -> tuple[str, ...]:
    """The mark of copies of messages of a type."""
    return (_mark("t", name),)


def block(number_: int) -> str:
    """The mark of copies whose numbers are close together."""
    return f"{_BLOCK}{number_:x}"


def number(text: str) -> tuple[str, ...]:
    """The mark of copies of documents of this number; nothing where the text has no letter or digit."""
    return tuple(_numbered(text))


def text(said: str) -> Asked:
    """Every word, and the last one also unfinished."""
    asked = words(said)[:_MOST_ASKED]
    return (*((word,) for word in asked[:-1]), *(_unfinished(word) for word in asked[-1:]))


def holds(copy: Found, asked: Asked) -> bool:
    """Whether a copy has all that is asked for."""
    tokens = set(of_copy(copy).split())
    return all(any(_is_there(one, tokens) for one in group) for group in asked)


def _unfinished(word: str) -> tuple[str, ...]:
    return (word,) if word.isdigit() or len(word) < _BEGINNING else (word, word + ANY)


def _is_there(one: str, tokens: Collection[str]) -> bool:
    return any(token.startswith(one[:-1]) for token in tokens) if one.endswith(ANY) else one in tokens


def _marks(copy: Found) -> str:
    exact = (("s", copy.sender), ("r", copy.recipient), ("e", copy.endpoint), ("t", copy.type))
    return " ".join([_kept_mark(letter, value) for letter, value in exact if value])


def _numbered(text_: str) -> list[str]:
    folded = "".join(plain(text_).split())
    return [_mark("n", folded)] if folded else []


def _mark(letter: str, value: str) -> str:
    return f"{_MARK}{letter}{hashlib.blake2b(value.encode(), digest_size=5).hexdigest()}"


#: For what thousands of copies have in common.
_kept_mark = lru_cache(maxsize=10_000)(_mark)
_kept_words = lru_cache(maxsize=10_000)(words)
