"""Reading whole and writing again: whatever a message says, nothing of it changes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.edxml.enclose import Enclosure, Packing
from schemas.edxml.load import Loaded, load
from schemas.edxml.models import Edoc, Message
from tests.edxml_models import edocs, statuses
from tests.messages import edoc, written

GOOD = Path(__file__).parents[1] / "data" / "messages" / "good"
#: Those our own writer wrote; the others are in other hands.
OURS = sorted(
    set(GOOD.iterdir())
    - {GOOD / f"{name}.edxml" for name in ("bare", "extended", "other_hand", "packages", "passed_on")}
)


def loaded(body: bytes) -> tuple[Loaded, list[bytes]]:
    sinks: list[io.BytesIO] = []

    def sink(_place: int) -> io.BytesIO:
        sinks.append(io.BytesIO())
        return sinks[-1]

    return load(io.BytesIO(body), sink), [one.getvalue() for one in sinks]


def again(found: Loaded, files: list[bytes]) -> bytes:
    """The message that was read, written again with its files."""
    enclosures = [
        Enclosure(
            one.label.attachment_name,
            io.BytesIO(data),
            one.label.description,
            uid=one.label.content_id.removeprefix("cid:"),
        )
        for one, data in zip(found.files, files, strict=True)
    ]
    return written(found.message, enclosures)


@given(edocs() | statuses())
@settings(max_examples=150)
def test_what_is_written_is_read_and_written_the_same(message: Message) -> None:
    """Any message comes back as it was, and its second writing is the first to the byte."""
    body = written(message)
    found = load(io.BytesIO(body)).message

    assert found == message
    assert written(found) == body


@pytest.mark.parametrize("path", sorted(GOOD.iterdir()), ids=lambda path: path.stem)
def test_what_is_read_is_read_again_the_same(path: Path) -> None:
    """Also what others wrote in their own way, once it went through our writer."""
    found, files = loaded(path.read_bytes())
    second, second_files = loaded(again(found, files))

    assert second.message == found.message
    assert second_files == files


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_the_golden_files_are_what_the_writer_writes(path: Path) -> None:
    """Read and written, each is itself to the byte."""
    assert again(*loaded(path.read_bytes())) == path.read_bytes()


def test_the_whole_message_has_every_element() -> None:
    """One golden file fills every field there is, so that none can get lost unseen."""
    found = load(io.BytesIO((GOOD / "whole.edxml").read_bytes())).message

    assert isinstance(found, Edoc)
    assert [path for path, value in flat("", found.model_dump(exclude={"extensions"})) if value in (None, "", ())] == [
        f"{parent}.{name}"
        for parent, name in (
            (".message_header.response_for[1]", "promulgation_date"),
            (".message_header.response_for[2]", "promulgation_date"),
            (".trace_header_list.trace_header[1]", "organ_id"),
        )
    ]


def flat(path: str, value: object) -> list[tuple[str, object]]:
    if isinstance(value, dict):
        return [found for name, one in value.items() for found in flat(f"{path}.{name}", one)]
    if isinstance(value, tuple) and value:
        return [found for place, one in enumerate(value) for found in flat(f"{path}[{place}]", one)]
    return [(path, value)]


NAMES = st.sampled_from(["a.pdf", "b.docx", "c.xlsx", "d.zip", "e", "f.tar.gz", "Công văn.PDF"])


@given(st.lists(st.tuples(NAMES, st.binary(max_size=200)), max_size=3), st.sampled_from(Packing))
def test_files_come_out_as_they_went_in(files: list[tuple[str, bytes]], packing: Packing) -> None:
    """Packed or not, each sink gets the file, and both labels say the same of it."""
    message = load(io.BytesIO(edoc(attachments=()))).message
    body = written(message, [Enclosure(name, io.BytesIO(data), packing=packing) for name, data in files])
    found, out = loaded(body)

    assert out == [data for _, data in files]
    assert [one.label.attachment_name for one in found.files] == [name for name, _ in files]
    assert [one.model_dump() for one in found.references] == [one.label.model_dump() for one in found.files]
