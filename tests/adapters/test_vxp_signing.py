"""The axis's signature."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.vxp.signing import HASH_HEADER, SIGN_HEADER, Signed, file_fits, hash_file, sign, verify

SECRET = b"agreed"


def secrets_of(system: str) -> tuple[bytes, ...]:
    return {"00.05.H62": (b"new", SECRET)}.get(system, ())


def headers_of(**logical: str) -> tuple[bytes, bytes]:
    made = {name.lower().encode(): value for name, value in sign({"systemid": "00.05.H62"} | logical, SECRET).items()}
    return made[SIGN_HEADER].encode(), made[HASH_HEADER].encode()


def test_the_sdk_s_form_to_the_letter() -> None:
    """J is compact, unescaped JSON of the prefixed names, beside each header alone and the bare names."""
    made = sign({"systemid": "S", "messagetype": "edoc", "Content-Type": "application/json"}, b"k")

    j = '{"XroadVnpt-systemid":"S","XroadVnpt-messagetype":"edoc","XroadVnpt-Content-Type":"application/json"}'
    assert made["XroadVnpt-sign-header"] == j
    assert made["XroadVnpt-sign-header-key"] == "systemid;messagetype;Content-Type"
    assert made["XroadVnpt-hash-header"] == hmac.new(b"k", j.encode(), hashlib.sha256).hexdigest()
    assert made["XroadVnpt-messagetype"] == "edoc"
    assert made["Content-Type"] == made["XroadVnpt-Content-Type"] == "application/json"


def test_any_current_secret_opens() -> None:
    """While a secret is being changed, the old one opens too."""
    signed = verify(*headers_of(docId="7"), secrets_of)

    assert isinstance(signed, Signed)
    assert signed.get("docid") == signed.get("docId") == "7"


def test_utf8_squeezed_into_latin1_is_read_as_what_was_signed() -> None:
    """Some clients sign UTF-8 and send each letter as one Latin-1 byte."""
    text, signature = headers_of(description="Đã đọc".replace("Đ", "D").replace("đ", "d").replace("ọ", "é"))
    squeezed = text.decode().encode("latin-1")
    assert squeezed != text

    signed = verify(squeezed, signature, secrets_of)
    assert signed is not None
    assert signed.get("description") == "Dã déc"


def test_letters_lost_on_the_way_are_a_wrong_signature() -> None:
    """What arrives as question marks was not what was signed: refused, not a fault."""
    text, signature = headers_of(description="Đọc")

    assert verify(text.decode().encode("ascii", "replace"), signature, secrets_of) is None


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        (b"", b""),
        (b"null", b"x"),
        (b"[1]", b""),
        (b'{"XroadVnpt-systemid":{"a":1}}', b"\xff\xfe"),
        (b"\xff\xfe{", b"00"),
        (b"[" * 100_000, b"00"),
    ],
)
def test_garbage_is_a_wrong_signature(text: bytes, signature: bytes) -> None:
    """No bytes in these headers are anything but refused."""
    assert verify(text, signature, secrets_of) is None


def test_an_unknown_system_cannot_sign_with_an_empty_secret() -> None:
    """No secrets means no way in, not an empty key."""
    text = json.dumps({"XroadVnpt-systemid": "nobody"}).encode()

    assert verify(text, hmac.new(b"", text, hashlib.sha256).hexdigest().encode(), secrets_of) is None


def test_upper_case_hex_is_the_same_signature() -> None:
    """The call's identity does not hang on the case of a hex digit."""
    text, signature = headers_of(docId="7")

    assert verify(text, signature.upper(), secrets_of) == verify(text, signature, secrets_of)


def test_a_value_keeps_what_a_header_would_lose() -> None:
    """J is trusted over the separate headers: line breaks and odd separators survive in it."""
    signed = verify(*headers_of(description="a\nb\u2028c"), secrets_of)

    assert signed is not None
    assert signed.get("description") == "a\nb\u2028c"


@given(st.binary(max_size=200), st.binary(max_size=70))
def test_verify_never_raises(text: bytes, signature: bytes) -> None:
    """Strangers choose these bytes."""
    assert verify(text, signature, secrets_of) is None


@given(st.dictionaries(st.text(min_size=1).filter(lambda name: name.lower() != "systemid"), st.text(), max_size=5))
def test_what_is_signed_is_what_is_read(logical: dict[str, str]) -> None:
    """Every text survives signing and reading."""
    text, signature = headers_of(**logical)
    signed = verify(text, signature, secrets_of)

    assert signed is not None
    assert set(signed.members.values()) <= {"00.05.H62", *logical.values()}


@given(st.binary(min_size=32, max_size=32))
def test_both_spellings_of_a_file_s_hash_fit(digest: bytes) -> None:
    """The SDK leaves out leading zeros of each byte; others do not."""
    assert file_fits(digest.hex(), digest.hex())
    assert file_fits(hash_file(digest.hex()).upper(), digest.hex())
    assert 32 <= len(hash_file(digest.hex())) <= 64


def test_the_sdk_s_spelling() -> None:
    """0x0a is written a, 0x00 is written 0."""
    assert hash_file("000a10ff") == "0a10ff"
    assert not file_fits("", "000a10ff")
