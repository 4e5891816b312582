"""Partners by the hundred from one file, their secrets in turn, and whether the doors let them in."""

from __future__ import annotations

import http.client
import io
import stat
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import Workbook

from bus.cli.sheets import SheetInvalid, read
from bus.config import Settings
from bus.daemon import Daemon
from bus.errors import BusError, NotFound, Rejected
from tests.buses import alone, ask, home, running, until
from tests.clis import bus

ROUTES = """\
# our routes
endpoints:
  mailbox: {kind: mailbox}
partners:
  so-noi-vu:              # written by hand
    agencies: ["000.00.05.H62"]
    doors: {api: {key: "file:so-noi-vu"}}

routes:
  - {name: inside, when: {recipient: {partner: any}}, to: mailbox}
"""
HEADING = "agency;name;door;id\n"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = home(tmp_path, ROUTES)
    monkeypatch.setenv("BUS_ROUTES", str(made.routes))
    return made


def table(folder: Path, text: str) -> Path:
    file = folder / "partners.csv"
    file.write_text(text, encoding="utf-8")
    return file


def taken(settings: Settings, file: Path, *words: str) -> dict[str, object]:
    return bus("partner", "import", file, *words, "--home", settings.home, "--json").json()


def state(settings: Settings) -> dict[str, bytes]:
    files = [settings.routes, *settings.secrets.glob("*"), *(settings.home / "handover").glob("*")]
    return {str(file): file.read_bytes() for file in files}


def test_136_communes_in_one_go_and_once(settings: Settings, tmp_path: Path) -> None:
    """A dry run makes nothing; then entries, secrets and sheets are there, in files of their owner's; again nothing changes."""
    rows = "".join(f"000.{number:02}.20.H62;Xã Số {number};api;\n" for number in range(136))
    file = table(tmp_path, HEADING + rows)
    before = state(settings)
    assert taken(settings, file, "--dry-run")["done"] == 136
    assert state(settings) == before

    told = taken(settings, file)
    assert (told["ok"], told["done"], len(told["secrets"]), len(told["sheets"])) == (True, 136, 136, 136)
    text = settings.routes.read_text(encoding="utf-8")
    assert all(line in text for line in ROUTES.splitlines())
    secret = settings.secrets / "xa-so-7-api"
    sheet = settings.home / "handover" / "xa-so-7.txt"
    assert secret.read_text().strip() in sheet.read_text(encoding="utf-8")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (secret, sheet)} == {0o600}
    assert len({path.read_text() for path in settings.secrets.glob("*-api")}) == 136
    assert secret.read_text().strip() not in str(told)

    sheet.unlink()
    after = state(settings)
    again = taken(settings, file)
    assert (again["ok"], again["done"], again["secrets"], again["sheets"], again["diff"]) == (True, 0, [], [], "")
    assert state(settings) == after


def test_all_that_is_wrong_is_told_with_row_and_column(settings: Settings, tmp_path: Path) -> None:
    """Of the file itself and of what the routes would say, all at once; nothing is made."""
    rows = [
        ";no agency;api;",
        "A;door;nodoor;",
        "B;no id;vxp;",
        "C;one;vxp;same",
        "D;another;vxp;same",
        "000.00.05.H62 E;more agencies;api;",
        "F;twice;api;",
        "F;twice;api;",
        "G;alike;api;",
        "H;Alike;api;",
    ]
    before = state(settings)
    ended = bus("partner", "import", table(tmp_path, HEADING + "\n".join(rows)), "--home", settings.home, "--json")
    told = ended.json()

    assert ended.code == 1
    assert {(one["row"], one["column"]) for one in told["problems"]} == {
        (2, "agency"), (3, "door"), (4, "id"), (6, "id"), (7, "agency"), (9, "door"), (11, "partner"),
    }  # fmt: skip
    assert (told["ok"], told["done"], told["secrets"]) == (False, 0, [])
    assert state(settings) == before


def test_what_is_there_is_left_alone(settings: Settings, tmp_path: Path) -> None:
    """A door is added to the partner that has the agency; a secret that exists is never written over, nor another's taken."""
    settings.secrets.mkdir(mode=0o700)
    for name in ("so-noi-vu", "so-noi-vu-vxp"):
        (settings.secrets / name).write_text(f"mine {name}")
        (settings.secrets / name).chmod(0o600)
    file = table(tmp_path, '﻿agency,name,door,id\n"000.00.05.H62",Sở Nội vụ,vxp,00.05\n000.00.05.H62,Sở Nội vụ,api,\n')
    told = taken(settings, file)

    assert [(one["partner"], one["new"], one["doors"]) for one in told["partners"]] == [("so-noi-vu", False, ["vxp"])]
    assert (settings.secrets / "so-noi-vu-vxp").read_text() == "mine so-noi-vu-vxp"
    assert "mine so-noi-vu-vxp" in (settings.home / "handover" / "so-noi-vu.txt").read_text(encoding="utf-8")
    assert 'vxp: {system_id: "00.05", secret: "file:so-noi-vu-vxp"}' in settings.routes.read_text(encoding="utf-8")


def test_a_file_that_changed_meanwhile_is_not_written_over(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody typed while partners were made stands."""
    typed = ROUTES + "# typed meanwhile\n"
    monkeypatch.setattr("bus.control.handover.write", lambda *_: settings.routes.write_text(typed))
    rows = [{"row": 2, "agency": "A", "door": "api"}]
    with alone(settings) as parts, pytest.raises(BusError, match="changed meanwhile"):
        ask(parts, "import_partners", rows=rows)
    assert settings.routes.read_text() == typed


def signs_in(daemon: Daemon, settings: Settings, secret: str) -> bool:
    key = (settings.secrets / secret).read_text().strip()
    assert daemon.server
    with closing(http.client.HTTPConnection("127.0.0.1", daemon.server.port, timeout=30)) as connection:
        connection.request("GET", "/api/v1/mailbox", headers={"x-bus-key": key})
        return connection.getresponse().status == 200


def test_a_secret_is_changed_without_a_gap(settings: Settings, tmp_path: Path) -> None:
    """Both open the door until the new one is in use and the old one is not; then one does. All of it is audited."""
    file = table(tmp_path, HEADING + "A;One;api;\nA;One;vxp;one\nA;One;lgsp;one\n")
    with running(settings) as daemon:
        parts = daemon.parts()
        assert taken(settings, file)["done"] == 1
        assert [one["code"] for one in ask(parts, "try_partner", partner="one")["doors"]] == ["signed_in"] * 3
        assert [
            one["used_at"] for door in ask(parts, "partner", partner="one")["doors"] for one in door["secrets"]
        ] == [None, None, None]
        with pytest.raises(NotFound, match="no old secret"):
            ask(parts, "retire_secret", partner="one")

        (rotated,) = ask(parts, "rotate_secret", partner="one", door="api")["rotated"]
        assert rotated["secrets"] == ["file:one-api-2", "file:one-api"]
        assert (settings.secrets / "one-api-2").read_text().strip() in Path(rotated["sheet"]).read_text(
            encoding="utf-8"
        )
        with pytest.raises(Rejected, match="two secrets"):
            ask(parts, "rotate_secret", partner="one", door="api")
        with pytest.raises(Rejected, match="never been used"):
            ask(parts, "retire_secret", partner="one")
        until(lambda: signs_in(daemon, settings, "one-api-2") and signs_in(daemon, settings, "one-api"))
        until(lambda: len(daemon.home.browse.credentials()) == 2)
        with pytest.raises(Rejected, match="still in use"):
            ask(parts, "retire_secret", partner="one")

        (retired,) = ask(parts, "retire_secret", partner="one", anyway=True)["retired"]
        assert (retired["kept"], retired["removed"]) == ("file:one-api-2", ["file:one-api"])
        assert not (settings.secrets / "one-api").exists()
        deeds = {one["what"] for one in ask(parts, "audit")["deeds"]}
        assert {"import_partners", "rotate_secret", "retire_secret", "try_partner"} <= deeds


def test_doors_that_share_a_secret_get_one_each(settings: Settings) -> None:
    """And the shared one's file stays as long as a door has it."""
    entry = '{api: {key: "file:so-noi-vu"}, vxp: {system_id: a, secret: "file:so-noi-vu"}}'
    settings.routes.write_text(ROUTES.replace('{api: {key: "file:so-noi-vu"}}', entry))
    bus("partner", "secret", "make", "so-noi-vu", "--home", settings.home)
    with alone(settings) as parts:
        rotated = ask(parts, "rotate_secret", partner="so-noi-vu")["rotated"]
        assert [one["secrets"][0] for one in rotated] == ["file:so-noi-vu-2", "file:so-noi-vu-3"]
        assert ask(parts, "retire_secret", partner="so-noi-vu", door="api", anyway=True)["retired"][0]["removed"] == []
        assert ask(parts, "retire_secret", partner="so-noi-vu", anyway=True)["retired"][0]["removed"] == [
            "file:so-noi-vu"
        ]


def test_a_partner_is_tried_as_it_would_sign_in(settings: Settings) -> None:
    """By the doors in force; where no bus runs it cannot be tried."""
    bus("partner", "secret", "so-noi-vu", "--home", settings.home)
    with alone(settings) as parts:
        (untried,) = ask(parts, "try_partner", partner="so-noi-vu")["doors"]
    assert (untried["ok"], untried["code"]) == (None, "untried")
    with running(settings) as daemon:
        parts = daemon.parts()
        assert ask(parts, "try_partner", partner="so-noi-vu")["doors"][0]["code"] == "signed_in"
        settings.routes.write_text(ROUTES.replace("api: {key", "vxp: {system_id: a, secret"))
        told = bus("partner", "test", "so-noi-vu", "--home", settings.home, "--json")
    assert told.code == 0, "the doors in force are tried"


def workbook(folder: Path, *rows: list[object]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = folder / "partners.xlsx"
    book.save(file)
    return file


def test_a_workbook_says_what_a_text_says(tmp_path: Path) -> None:
    """With any delimiter, and where empty rows lie between."""
    rows = [["agency", "door", "name"], ["A", "api", "Xã Mẫu"], ["", "", ""], ["B", "api", None]]
    expected = read(workbook(tmp_path, *rows))
    for mark in ";,\t":
        text = "\n".join(mark.join(str(cell or "") for cell in row) for row in rows)
        assert read(table(tmp_path, text)) == expected
    assert [number for number, _ in expected.rows] == [2, 4]


@pytest.mark.parametrize(("cell", "words"), [("=1+1", "formula"), (12, "number"), (1.5, "number")])
def test_a_cell_that_is_no_text_is_refused(tmp_path: Path, cell: object, words: str) -> None:
    """A number has lost its zeros; a formula is not worked out."""
    with pytest.raises(SheetInvalid, match=f"row 2, column 2: .*{words}"):
        read(workbook(tmp_path, ["agency", "id"], ["A", cell]))


def test_a_file_that_would_hurt_is_refused(tmp_path: Path) -> None:
    """Bombs, entities, endless rows, and what is no table at all."""
    good = workbook(tmp_path, ["agency"], ["A"]).read_bytes()
    bomb, entities = tmp_path / "bomb.xlsx", tmp_path / "entities.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b" " * (61 << 20))
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(entities, "w") as package:
        for part in source.namelist():
            package.writestr(part, source.read(part).replace(b"<workbook", b"<!DOCTYPE x [<!ENTITY a 'b'>]><workbook"))
    (tmp_path / "latin.csv").write_bytes(b"agency;name\nA;S\xff\n")
    (tmp_path / "bytes.csv").write_bytes(b"\0\1\2")
    (tmp_path / "zip.xlsx").write_bytes(good[:200])
    (tmp_path / "rows.csv").write_text("agency\n" + "A\n" * 5001)
    for name, words in (
        ("bomb.xlsx", "larger"), ("entities.xlsx", "declares"), ("latin.csv", "row 2: .*UTF-8"),
        ("bytes.csv", "neither"), ("zip.xlsx", "no XLSX"), ("rows.csv", "5000 rows"), ("none.csv", "cannot be read"),
    ):  # fmt: skip
        with pytest.raises(SheetInvalid, match=words):
            read(tmp_path / name)


@pytest.mark.parametrize("heading", ["agency;nodoor", "agency", "agency;door;cửa", ""])
def test_a_heading_that_is_not_understood_is_refused(settings: Settings, tmp_path: Path, heading: str) -> None:
    """An unknown column, a missing one, one that is there twice."""
    ended = bus("partner", "import", table(tmp_path, f"{heading}\nA\n"), "--home", settings.home)
    assert (ended.code, "row 1" in ended.err) == (1, True)
