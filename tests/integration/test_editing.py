"""Edits as operators make them: looked at, compared and swapped, approved, and sent instead of what came."""

from __future__ import annotations

import io
import random

import pytest

from bus.control.diff import lines
from bus.control.operations import call
from bus.errors import IllegalMove, NotFound, Rejected
from bus.journal.lease import LeaseRequest
from bus.journal.states import State
from schemas.edxml.signed import is_signed
from tests.buses import PATIENCE, PUSHED, WHO, alone, ask, home, send, settle, state
from tests.clis import bus
from tests.messages import RECIPIENT, SENDER, edoc, status

SIGNATURE = b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>x</SignedInfo></Signature>'
BETTER = edoc(recipients=[PUSHED], subject="V/v đã sửa lại")


@pytest.fixture
def settings(tmp_path, monkeypatch):
    made = home(tmp_path)
    monkeypatch.setenv("BUS_HOME", str(made.home))
    monkeypatch.setenv("BUS_ROUTES", str(made.routes))
    return made


@pytest.fixture
def parts(settings):
    with alone(settings) as opened:
        yield opened


def dead(parts, folder, body=None, partner="so-noi-vu"):
    (copy,) = send(parts, folder, body or edoc(recipients=[PUSHED]), partner)
    settle(parts, copy, State.DEAD, "schema")
    return copy


def body_of(parts, copy):
    return ask(parts, "trace", id=copy)["copies"][0]["body"]


def edit(parts, folder, copy, body=BETTER, before="", **more):
    file = folder / "edited.edxml"
    file.write_bytes(body)
    return ask(
        parts, "edit", copy=copy, file=str(file), before=before or body_of(parts, copy), reason="sai trích yếu", **more
    )


def signed(body):
    return body.replace(b"</edXML:edXMLEnvelope>", b"</edXML:edXMLEnvelope>" + SIGNATURE)


def test_an_edit_is_looked_at_made_and_sent(parts, tmp_path):
    """The dry run shows the difference and changes nothing; the edit is what leaves at the next attempt."""
    copy = dead(parts, tmp_path)
    first = body_of(parts, copy)
    looked = edit(parts, tmp_path, copy, dry_run=True)
    assert (looked["edit"], body_of(parts, copy)) == ("", first)
    assert [line for line in looked["diff"]["lines"] if "Subject>V/v" in line] == [
        "-<edXML:Subject>V/v thử nghiệm liên thông văn bản",
        "+<edXML:Subject>V/v đã sửa lại",
    ]

    made = edit(parts, tmp_path, copy)
    ask(parts, "replay", which={"ids": [copy]})
    lease = parts.journal.lease(LeaseRequest(copy, 60_000_000)).result(PATIENCE)
    assert parts.journal.reads.body(lease.copies[0].body).data == BETTER
    assert made["diff"] == looked["diff"]
    (shown,) = ask(parts, "trace", id=copy)["copies"][0]["edits"]
    assert (shown["before"], shown["after"], shown["by"]) == (first, made["after"], WHO)
    (deed, _) = ask(parts, "audit", what="edit")["deeds"]
    assert first in deed["before"]
    assert made["after"] in deed["after"]
    assert "trích yếu" in deed["reason"]
    assert ask(parts, "verify")["differences"] == []


def test_what_was_signed_is_not_edited(parts, tmp_path):
    """Nor is a signature put in by an edit; an empty signature element signs nothing."""
    copy = dead(parts, tmp_path, signed(edoc(recipients=[PUSHED])))
    with pytest.raises(Rejected, match="is signed"):
        edit(parts, tmp_path, copy)
    other = dead(parts, tmp_path, edoc(recipients=[PUSHED], document_id="b"))
    with pytest.raises(Rejected, match="bears a signature"):
        edit(parts, tmp_path, other, signed(edoc(recipients=[PUSHED], document_id="b", subject="V/v khác")))

    assert is_signed(io.BytesIO(signed(edoc())))
    assert not is_signed(io.BytesIO(edoc().replace(b"</edXML:edXMLEnvelope>", b"</edXML:edXMLEnvelope><Signature/>")))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<not xml", "xml"),
        (b"", "body.empty"),
        (edoc(recipients=[PUSHED], document_id="other"), "document_id"),
        (edoc(RECIPIENT, [PUSHED], f"{SENDER},2025/11/03,15/QĐ-UBND"), "sender"),
        (edoc(recipients=[PUSHED], kind="recall"), "kind"),
        (status(SENDER, PUSHED), "type"),
    ],
)
def test_another_document_is_no_edit(parts, tmp_path, body, why):
    """What cannot be read, and what would be another document, sender, kind or type; nothing of it stays."""
    copy = dead(parts, tmp_path)
    before = body_of(parts, copy)
    with pytest.raises(Rejected, match=why):
        edit(parts, tmp_path, copy, body)

    assert body_of(parts, copy) == before
    assert ask(parts, "edits")["edits"] == []


def test_a_refused_large_edit_leaves_no_file(parts, tmp_path):
    """Nor does one that was only looked at."""
    copy = dead(parts, tmp_path)
    big = [("a.bin", random.Random(1).randbytes(700_000))]
    with pytest.raises(Rejected):
        edit(parts, tmp_path, copy, edoc(recipients=[PUSHED], document_id="x", attachments=big))
    told = edit(parts, tmp_path, copy, edoc(recipients=[PUSHED], attachments=big), dry_run=True)
    assert [path for path in parts.settings.bodies.rglob("*") if path.is_file()] == []
    assert max(map(len, told["diff"]["lines"])) < 2100
    assert any("…" in line and "SHA-256" in line for line in told["diff"]["lines"])
    assert [file["name"] for file in told["diff"]["files_after"]] == ["a.bin"]

    made = edit(parts, tmp_path, copy, edoc(recipients=[PUSHED], attachments=big))
    assert [path.name for path in parts.settings.bodies.rglob("*") if path.is_file()] == [made["after"]]


def test_the_edited_digest_is_named(parts, tmp_path):
    """Another one than the body has now is refused, and so is a copy that moved."""
    copy = dead(parts, tmp_path)
    before = body_of(parts, copy)
    with pytest.raises(IllegalMove, match="look at it again"):
        edit(parts, tmp_path, copy, before="0" * 64)
    ask(parts, "replay", which={"ids": [copy]})
    with pytest.raises(IllegalMove, match="only a dead or held"):
        edit(parts, tmp_path, copy, before=before)
    with pytest.raises(NotFound):
        edit(parts, tmp_path, "nobody", before=before)


def test_what_no_message_may_say_no_edit_puts_in(tmp_path):
    """A secrecy marker, and more bytes than the endpoint takes."""
    settings = home(tmp_path)
    text = settings.routes.read_text("utf-8").replace("idempotency: id}", "idempotency: id, max_bytes: 64KB}")
    settings.routes.write_text(text + 'secrecy_markers: [{element: Subject, contains: "mật"}]\n', "utf-8")
    with alone(settings) as parts:
        copy = dead(parts, tmp_path)
        with pytest.raises(Rejected, match="secrecy"):
            edit(parts, tmp_path, copy, edoc(recipients=[PUSHED], subject="V/v mật"))
        with pytest.raises(Rejected, match="push takes"):
            edit(
                parts,
                tmp_path,
                copy,
                edoc(recipients=[PUSHED], attachments=[("a.bin", random.Random(1).randbytes(90_000))]),
            )


def test_a_second_user_approves_where_that_is_asked(tmp_path, monkeypatch):
    """The proposal waits; who made it cannot; it can be looked at by whoever says why."""
    monkeypatch.setenv("BUS_EDIT_APPROVAL", "required")
    with alone(home(tmp_path)) as parts:
        copy = dead(parts, tmp_path)
        before = body_of(parts, copy)
        made = edit(parts, tmp_path, copy)
        assert (made["state"], body_of(parts, copy)) == ("proposed", before)
        with pytest.raises(IllegalMove, match="somebody else"):
            ask(parts, "approve", edit=made["edit"])
        with pytest.raises(Rejected, match="say why"):
            ask(parts, "edited", edit=made["edit"], reason="")
        assert ask(parts, "edited", edit=made["edit"], reason="asked to")["diff"] == made["diff"]

        told = call(parts, "binh", "approve", {"edit": made["edit"], "reason": "fits the paper"})
        assert (told["state"], told["approved_by"], body_of(parts, copy)) == ("applied", "binh", made["after"])
        outcomes = [(deed["who"], deed["what"], deed["outcome"]) for deed in ask(parts, "audit")["deeds"]]
        assert outcomes[:4] == [
            ("binh", "approve", "done"),
            (WHO, "edited", "done"),
            (WHO, "edited", "refused: request.invalid"),
            (WHO, "approve", "refused: move.illegal"),
        ]


def test_the_commands_edit_list_and_show(settings, tmp_path):
    """By hand: take the body out, change it, try, edit, and look back."""
    with alone(settings) as parts:
        copy = dead(parts, tmp_path)
    before = bus("body", copy, "--out", tmp_path / "b.edxml", "--reason", "look", "--json").json()["sha256"]
    file = tmp_path / "fixed.edxml"
    file.write_bytes(BETTER)
    words = ("edit", copy, "--body", file, "--from", before, "--reason", "sai trích yếu")

    tried = bus(*words, "--dry-run")
    assert "+<edXML:Subject>V/v đã sửa lại" in tried.out
    assert "nothing was changed" in tried.out
    assert bus("edits", "--json").json()["edits"] == []
    made = bus(*words, "--json").json()
    assert bus(*words).code == 1
    assert "applied by" in bus("edits").out
    assert "+<edXML:Subject>V/v đã sửa lại" in bus("edits", made["edit"], "--reason", "look").out
    assert bus("edits", made["edit"]).code == 1
    assert bus("approve", made["edit"], "--json").code == 1
    assert f"body    SHA-256 {made['after']}" in bus("trace", copy).out
    assert "sai trích yếu" in bus("trace", copy).out


def test_a_copy_without_its_last_version_is_a_difference(parts, tmp_path):
    """``verify`` knows which bytes an edited copy must have."""
    copy = dead(parts, tmp_path)
    made = edit(parts, tmp_path, copy)
    parts.journal.committer.close()
    with parts.journal.store.writer.begin() as connection:
        connection.exec_driver_sql(f"UPDATE copies SET body = '{made['before']}'")

    assert [one["code"] for one in ask(parts, "verify")["differences"]] == ["edit.body"]
    assert state(parts, copy) == "dead"


def test_a_body_is_told_in_lines_however_it_comes():
    """A tag a line with its text; the same in whatever pieces it is read, and long text by its digest."""
    document = b'<?xml version="1.0"?>\n<a>\n  <b>x &lt; y</b><c/>' + b"<d>" + b"A" * 5000 + b"</d></a>"

    class Dribble(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 7))

    told = list(lines(io.BytesIO(document)))
    assert told == list(lines(Dribble(document)))
    assert told[:5] == ['<?xml version="1.0"?>', "<a>", "<b>x &lt; y", "</b>", "<c/>"]
    assert told[5].startswith("<d> … 5003 bytes, SHA-256 ")
    assert len(told) == 8
