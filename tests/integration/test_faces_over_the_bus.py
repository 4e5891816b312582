"""The faces keep their promises over the real journal, too."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.api import ADAPTER as API
from adapters.lgsp import tokens
from adapters.vxp import ADAPTER as VXP
from tests.adapters.api_driver import ApiDriver
from tests.adapters.api_driver import client_of as api_client
from tests.adapters.lgsp_driver import BOUNDARY, LgspDriver, form
from tests.adapters.lgsp_driver import client_of as lgsp_client
from tests.adapters.vxp_driver import VxpDriver
from tests.adapters.vxp_driver import client_of as vxp_client
from tests.buses import ask, until
from tests.contracts.face import NOI_VU, TAI_CHINH, DriverFor, FaceContract
from tests.daemons import MAILBOXES, PARTNERS, WITH_LGSP, call, running
from tests.messages import edoc, status


class TestVxpOverTheBus(FaceContract):
    @pytest.fixture
    def driver_for(self, tmp_path: Path) -> Iterator[DriverFor]:
        with running(tmp_path) as daemon, vxp_client(daemon.doors) as client:
            yield lambda partner: VxpDriver(client, partner)


class TestApiOverTheBus(FaceContract):
    @pytest.fixture
    def driver_for(self, tmp_path: Path) -> Iterator[DriverFor]:
        with running(tmp_path) as daemon, api_client(daemon.doors) as client:
            yield lambda partner: ApiDriver(client, partner)


class TestLgspOverTheBus(FaceContract):
    @pytest.fixture
    def driver_for(self, tmp_path: Path) -> Iterator[DriverFor]:
        with running(tmp_path, WITH_LGSP) as daemon, lgsp_client(daemon.doors) as client:
            yield lambda partner: LgspDriver(client, partner)


def test_a_sender_sees_how_its_document_fares(tmp_path: Path) -> None:
    """What the recipient reported, by whatever door, stands in the sender's answer; nobody else gets one."""
    with running(tmp_path) as daemon, api_client(daemon.doors) as client:
        sender, recipient = ApiDriver(client, NOI_VU), ApiDriver(client, TAI_CHINH)
        sent = sender.send(edoc())
        for code in ("05", "01"):
            assert recipient.send(status(code=code, description="vì sao")).code == ""
        (copy,) = sender.call("GET", f"/messages/{sent.id}").json()["copies"]

        assert copy["life"]["handling"] == {"code": "05", "name": "Đang xử lý"}
        assert [(one["code"], one["by"]) for one in copy["life"]["statuses"]] == [
            ("05", TAI_CHINH.agency),
            ("01", TAI_CHINH.agency),
        ]
        assert recipient.call("GET", f"/messages/{sent.id}").status == 404


def test_a_document_goes_from_door_to_door(tmp_path: Path) -> None:
    """In by the platform's form over a socket, out by the axis's protocol and the native one; and the answer back."""
    with running(tmp_path, WITH_LGSP) as daemon:
        shown = {"Content-Type": "application/x-www-form-urlencoded"}
        asked = f"grant_type=client_credentials&client_id={NOI_VU.system_id}&client_secret={NOI_VU.secret.decode()}"
        token = call(daemon, "POST", "/lgsp/token", asked.replace(" ", "+").encode(), shown).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        body = edoc(attachments=[("a.bin", bytes(range(256)) * 4000)])
        headers = {**bearer, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        sent = call(daemon, "POST", "/lgsp/v1/sendEdoc", form(body, messageType="edoc"), headers)
        assert sent.json()["success"]

        with vxp_client(daemon.doors) as client:
            there = VxpDriver(client, TAI_CHINH)
            (item,) = there.listed()
            assert there.fetch(item.doc_id).body == body
            there.ack(item.doc_id, "done")
        with api_client(daemon.doors) as client:
            assert ApiDriver(client, TAI_CHINH).send(status()).code == ""
        listed = call(daemon, "GET", "/lgsp/v1/syncReceivedEdocList?messageType=status", headers=bearer).json()
        found = call(daemon, "GET", f"/lgsp/v1/getEdoc?docId={listed['data'][0]['docId']}", headers=bearer).json()

    assert base64.b64decode(found["data"]["edxml"]) == status()
    assert found["data"]["from"] == TAI_CHINH.agency


def test_a_rotated_secret_ends_its_tokens(tmp_path: Path) -> None:
    """At once, and whatever is left of their time."""
    with running(tmp_path, WITH_LGSP) as daemon, lgsp_client(daemon.doors) as client:
        token = tokens.issue(NOI_VU.system_id, daemon.home.clock.now(), NOI_VU.secret)
        bearer, target = {"Authorization": f"Bearer {token}"}, "/lgsp/v1/syncReceivedEdocList?messageType=edoc"
        assert client.call("GET", target, bearer).status == 200

        (daemon.home.settings.secrets / "noi-vu").write_bytes(b"the new one")
        until(lambda: client.call("GET", target, bearer).status == 401)


def test_failed_sign_ins_are_slowed_at_every_door(tmp_path: Path) -> None:
    """Unknown id, wrong key, wrong token and wrong asking for a token are one answer, and count together; after so many
    of them in a minute what fails is told to wait, whatever door it knocks at. What is right passes all the same.
    """
    wrong, nobody = replace(NOI_VU, secret=b"?", key=b"?"), replace(NOI_VU, system_id="00.99.H62")
    token = {"Authorization": f"Bearer {tokens.issue(NOI_VU.system_id, 0, b'?')}"}
    asked = f"grant_type=client_credentials&client_id={NOI_VU.system_id}&client_secret=%3F".encode()
    form_ = {"Content-Type": "application/x-www-form-urlencoded"}
    with running(tmp_path, WITH_LGSP, max_failed_signins=4) as daemon, lgsp_client(daemon.doors) as client:
        codes = [LgspDriver(client, one).send(edoc()).code for one in (wrong, nobody)]
        codes += [client.call("GET", "/lgsp/v1/getAgenciesList", token).headers["x-bus-code"]]
        codes += [client.call("POST", "/lgsp/token", form_, asked).headers["x-bus-code"]]
        slowed = [LgspDriver(client, wrong).send(edoc()).code, ApiDriver(client, wrong).send(edoc()).code]
        slowed += [client.call("POST", "/lgsp/token", form_, asked).headers["x-bus-code"]]
        passed = [LgspDriver(client, NOI_VU).send(edoc()).code, ApiDriver(client, NOI_VU).send(edoc()).code]

    assert codes == ["auth.unknown_partner"] * 4
    assert slowed == ["auth.throttled"] * 3
    assert passed == ["", ""]


def test_a_header_beyond_the_bound_is_refused_in_the_envelope_of_its_door(tmp_path: Path) -> None:
    """256 KB of headers are read; more is answered 431 by the protocol's own refusal, and the bus goes on."""
    with running(tmp_path) as daemon:
        large = {"X-Large": "x" * (300 << 10)}
        refused = call(daemon, "POST", "/vxp/sendEdoc", b"", large)
        silent = call(daemon, "GET", "/vxp/downloadEdoc", None, large)
        fitting = call(daemon, "GET", "/health", None, {"X-Large": "x" * (200 << 10)})

    assert (refused.status, refused.json()["ErrorCode"]) == (431, "request.header_too_large")
    assert (silent.status, silent.body) == (431, b"")
    assert fitting.status == 200


def test_every_face_has_its_own_door(tmp_path: Path) -> None:
    """What answers at a path speaks that path's protocol."""
    assert VXP.face is not None
    assert API.face is not None
    with running(tmp_path) as daemon:
        assert call(daemon, "POST", "/vxp/nothing", b"{}").json()["status"] == "FAIL"
        assert call(daemon, "GET", "/api/v1/mailbox").headers["content-type"] == "application/problem+json"
        assert call(daemon, "GET", "/api/docs").status == 200
        assert call(daemon, "GET", "/nothing").status == 404


def test_ready_only_when_everything_is(tmp_path: Path) -> None:
    """/ready names what is missing, and says 503 until nothing is; /health says that the process lives."""
    with running(tmp_path) as daemon:
        assert call(daemon, "GET", "/ready").json() == {"ready": True, "missing": []}
        daemon.channel.close()
        answer = call(daemon, "GET", "/ready")
        assert answer.status == 503
        assert "the broker cannot be reached" in answer.json()["missing"]
        assert call(daemon, "GET", "/health").status == 200


def test_the_last_use_of_each_secret_is_known(tmp_path: Path) -> None:
    """By its name and never by its value: which of a partner's secrets still opens a door."""
    with running(tmp_path) as daemon:
        for key in (NOI_VU.key, b"nobody's"):
            call(daemon, "GET", "/api/v1/mailbox?type=edoc", headers={"X-Bus-Key": key.decode()})
        with vxp_client(daemon.doors) as client:
            VxpDriver(client, NOI_VU).listed()
        until(lambda: len(daemon.home.browse.credentials()) == 2)
        told = ask(daemon.parts(), "status")["credentials"]

    assert [(one["partner"], one["door"], one["secret"]) for one in told] == [
        ("so-noi-vu", "api", "file:noi-vu-api"),
        ("so-noi-vu", "vxp", "file:noi-vu"),
    ]
    assert all(one["used_at"] for one in told)


def test_what_waits_is_found_under_a_new_spelling(tmp_path: Path) -> None:
    """An agency's code was re-spelt in the routes: what was accepted for the old spelling waits for it all the same."""
    code, old = "H62.07", TAI_CHINH.agency
    respelt = (PARTNERS + MAILBOXES).replace(f'["{old}"]', f'["{code}"]\n    aliases: {{"{code}": ["{old}"]}}')
    with running(tmp_path) as daemon, api_client(daemon.doors) as client:
        ApiDriver(client, NOI_VU).send(edoc(NOI_VU.agency, (old,), "VB-1"))
        daemon.reload(daemon.home.planner.parse(respelt, "routes.yaml"), "test")

        fetching = ApiDriver(client, TAI_CHINH)
        (waiting,) = fetching.listed()
        assert fetching.fetch(waiting.doc_id).body == edoc(NOI_VU.agency, (old,), "VB-1")
