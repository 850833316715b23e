"""A fleet is judged as a stranger's camera sees it: a good one holds every rule, and each fault is found.

Faults are put into the answers of a real fleet on their way, and into what is seen of its broker.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509

from protocol.messages.enrolment import parse_code
from simulator.conform import access, messages, receipts
from simulator.conform.attempt import TriedRule
from simulator.conform.judge import TRIED
from simulator.conform.visit import Visit, keep_certificate
from simulator.fleet.api import FleetApi
from simulator.fleet.authority import find_authority
from simulator.fleet.service import ANY_PORTS, FleetService
from simulator.fleet.stranger import StrangerConnection
from simulator.oracle.check import Check, Result
from tests.support.media.recordings import make_identity

pytestmark = pytest.mark.real_time

SIMULATOR = Path(sys.executable).with_name("lapel-simulator")
RULES: dict[str, TriedRule] = {each.rule.name: each for each in TRIED}
JOINING = 10
Lie = Callable[[httpx.Request, httpx.Response], httpx.Response]


class LyingTransport(httpx.BaseTransport):
    """Carries requests to the fleet, and changes what it answers."""

    def __init__(self, true: httpx.BaseTransport, lies: list[Lie]) -> None:
        self._true = true
        self._lies = lies

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._true.handle_request(request)
        answer.read()
        for lie in self._lies:
            answer = lie(request, answer)
        return answer

    def close(self) -> None:
        self._true.close()


@dataclass
class Judged:
    """A fleet, a visit that has joined it, and the lie that it tells at the moment."""

    service: FleetService
    api: FleetApi
    visit: Visit
    joining: list[Check]
    lies: list[Lie]
    folder: Path

    @contextlib.contextmanager
    def lying(self, lie: Lie) -> Iterator[None]:
        self.lies.append(lie)
        try:
            yield
        finally:
            self.lies.clear()

    def attempt(self, name: str, lie: Lie | None = None) -> Check:
        if lie is None:
            return RULES[name].attempt(self.visit)
        with self.lying(lie):
            return RULES[name].attempt(self.visit)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    folder = tmp_path_factory.mktemp("conform")
    service = FleetService(folder / "state", folder / "fleet.log", ports=ANY_PORTS)
    service.start()
    try:
        url, token = service.addresses.dashboard_url, service.make_token("tests")
        lies: list[Lie] = []
        with FleetApi(url, token, find_authority(url)) as api:
            visit = Visit(
                url,
                parse_code(api.enrolment_code()),
                folder,
                lambda context: LyingTransport(httpx.HTTPTransport(verify=context, trust_env=False), lies),
                api,
            )
            joining = [each.attempt(visit) for each in TRIED[:JOINING]]
            yield Judged(service, api, visit, joining, lies, folder)
            visit.close()
    finally:
        service.stop()


def test_a_fleet_that_keeps_the_protocol_holds_every_rule(judged: Judged) -> None:
    others = [each for each in TRIED[JOINING:] if each.rule.name != "revoked-is-refused"]
    checks = [*judged.joining, *(each.attempt(judged.visit) for each in others)]
    assert [each.sentence for each in checks if each.result is not Result.HELD] == []
    assert all(each.exchange is not None for each in checks)


def test_the_page_of_the_protocol_names_every_rule() -> None:
    page = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")
    for each in TRIED:
        section = each.rule.section.partition(", ")[2]
        assert f"| `{each.rule.name}` | {section} | {each.rule.words} |" in page
        assert f"## {section}" in page


def answered(status: int, body: dict[str, Any], kind: str = "application/json") -> httpx.Response:
    return httpx.Response(status, content=json.dumps(body).encode(), headers={"Content-Type": kind})


def accepts_everything(_: httpx.Request, answer: httpx.Response) -> httpx.Response:
    """A fleet that refuses nothing."""
    return answered(201, {"state": "verifying"}) if 400 <= answer.status_code < 500 else answer


def refuses_everything(_: httpx.Request, answer: httpx.Response) -> httpx.Response:
    """A fleet that takes nothing."""
    problem = {"code": "internal_error", "detail": "Something is wrong.", "status": 500}
    return answered(500, problem, "application/problem+json") if answer.status_code < 400 else answer


def bare_refusals(_: httpx.Request, answer: httpx.Response) -> httpx.Response:
    """A fleet that refuses rightly, and says it to nobody."""
    if answer.status_code < 400:
        return answer
    return httpx.Response(answer.status_code, text="no", headers={"Content-Type": "text/plain"})


REFUSING = (
    "unknown-field",
    "code-unknown",
    "request-refused",
    "code-once",
    "segment-differs",
    "segment-name",
    "digest-needed",
    "digest-unusable",
    "digest-differs",
    "ledger-differs",
    "ledger-hole",
    "ledger-piece-empty",
    "complete-too-early",
    "closed-needs-its-end",
    "receipt-too-early",
    "not-found",
    "word-strict",
    "other-segments",
    "complete-again",
    "complete-is-final",
    "cannot-be-opened",
    "altered",
    "another-camera-s",
)
TAKING = (
    "authority-shown",
    "authority-vouches",
    "joined",
    "answered-again",
    "renewed",
    "desired-told",
    "never-heard-of",
    "segment-created",
    "segment-again",
    "body-cut",
    "ledger-grows",
    "ledger-again",
    "kept-apart",
    "receipt",
    "order-backwards",
    "order-mixed",
    "order-repeated",
    "desired-retained",
)


@pytest.mark.parametrize("lie", [accepts_everything, bare_refusals])
@pytest.mark.parametrize("name", REFUSING)
def test_a_fleet_that_does_not_refuse_as_it_should_is_found(
    judged: Judged, monkeypatch: pytest.MonkeyPatch, name: str, lie: Lie
) -> None:
    monkeypatch.setattr(receipts, "DECIDED_S", 20.0)
    check = judged.attempt(name, lie)
    assert check.result is Result.BROKEN, check.sentence
    assert check.exchange is not None


@pytest.mark.parametrize("name", TAKING)
def test_a_fleet_that_does_not_take_what_it_should_is_found(judged: Judged, name: str) -> None:
    check = judged.attempt(name, refuses_everything)
    assert check.result is Result.BROKEN, check.sentence


def told_of(kind: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Lie:
    """Another body in the answers to one kind of request."""

    def lie(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        method, _, part = kind.partition(" ")
        if request.method != method or part not in request.url.path or answer.status_code >= 400:
            return answer
        return answered(answer.status_code, change(answer.json()))

    return lie


def status_of(kind: str, status: int) -> Lie:
    """Another status in the answers to one kind of request."""

    def lie(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        method, _, part = kind.partition(" ")
        if request.method != method or part not in request.url.path or answer.status_code >= 400:
            return answer
        headers = {"Content-Type": answer.headers.get("Content-Type", "")}
        return httpx.Response(status, content=answer.content, headers=headers)

    return lie


def other_receipt(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    """A receipt with a bit changed."""
    if not request.url.path.endswith("/receipt") or answer.status_code != 200:
        return answer
    data = bytearray(answer.content)
    data[-1] ^= 1
    return httpx.Response(200, content=bytes(data), headers={"Content-Type": "application/cbor"})


def stored(data: bytes) -> dict[str, Any]:
    return {"name": f"{'0' * 32}-00000000.seg", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


SHOWN = "GET /camera/recordings/"
NOTHING_SHOWN = told_of(SHOWN, lambda said: said | {"segments": [], "ledger_length": 0})
REPLACED = told_of(
    SHOWN, lambda said: said | {"segments": [each | {"sha256": "0" * 64} for each in said["segments"]]}
)
SUBTLE: list[tuple[str, Lie]] = [
    ("authority-shown", lambda _, __: httpx.Response(200, content=make_identity().authority)),
    ("joined", told_of("POST /enrolments", lambda said: said | {"recipients": []})),
    ("joined", told_of("POST /enrolments", lambda said: said | {"extra": 1})),
    ("never-heard-of", told_of(SHOWN, lambda said: said | {"state": "held"})),
    ("segment-created", told_of("PUT /segments/", lambda said: said | {"sha256": "0" * 64})),
    ("segment-created", told_of("PUT /segments/", lambda said: said | {"created": False})),
    ("segment-created", NOTHING_SHOWN),
    ("segment-again", status_of("PUT /segments/", 201)),
    ("segment-differs", REPLACED),
    ("digest-differs", told_of(SHOWN, lambda said: said | {"segments": [stored(b"x")]})),
    ("digest-needed", told_of(SHOWN, lambda said: said | {"segments": [stored(b"x")]})),
    ("body-cut", told_of(SHOWN, lambda said: said | {"segments": [stored(b"half")]})),
    ("ledger-grows", told_of("PUT /ledger/", lambda said: {"ledger_length": said["ledger_length"] - 1})),
    ("ledger-grows", NOTHING_SHOWN),
    ("ledger-hole", told_of(SHOWN, lambda said: said | {"ledger_length": 30})),
    ("kept-apart", NOTHING_SHOWN),
    ("receipt", other_receipt),
    ("order-mixed", other_receipt),
    ("desired-told", told_of("GET /desired", lambda said: said | {"camera": "cam-99"})),
    ("desired-retained", told_of("GET /desired", lambda said: said | {"version": said["version"] + 1})),
    ("answered-again", told_of("POST /enrolments", lambda said: said | {"certificate_pem": "none"})),
    ("renewed", told_of("POST /certificate", lambda said: said | {"certificate_pem": "none"})),
]


@pytest.mark.parametrize(("name", "lie"), SUBTLE)
def test_a_fleet_that_says_one_thing_and_does_another_is_found(judged: Judged, name: str, lie: Lie) -> None:
    before = judged.visit.authority_pem, judged.visit.joined
    if name == "joined":  # the code of the visit is used
        judged.visit.code, code = parse_code(judged.api.enrolment_code()), judged.visit.code
    try:
        check = judged.attempt(name, lie)
    finally:
        judged.visit.authority_pem, judged.visit.joined = before
        if name == "joined":
            judged.visit.code = code
    assert check.result is Result.BROKEN, check.sentence


@pytest.mark.parametrize("name", ["certificate-issued", "name-given"])
def test_a_certificate_that_is_another_s_is_found(judged: Judged, name: str) -> None:
    joined, other = judged.visit.identity, make_identity("cam-77")
    certificate = x509.load_der_x509_certificate(other.camera_certificate)
    judged.visit.joined = replace(joined, certificate=certificate)
    try:
        assert judged.attempt(name).result is Result.BROKEN
    finally:
        judged.visit.joined = joined


@pytest.mark.parametrize("name", ["tls-1-3", "broker-lets-nobody-in"])
def test_a_listener_that_lets_anybody_in_is_found(
    judged: Judged, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for module in (access, messages):
        monkeypatch.setattr(module, "handshake", lambda *_: "let in")
    assert judged.attempt(name).result is Result.BROKEN


@pytest.mark.parametrize("name", ["certificate-needed", "stranger-refused"])
def test_a_listener_that_answers_anybody_is_found(
    judged: Judged, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """It answers as if the camera itself had asked."""
    monkeypatch.setattr(access, "authority_context", lambda _: judged.visit.context())
    monkeypatch.setattr(access, "stranger", lambda visit: visit.context())
    assert judged.attempt(name).result is Result.BROKEN


def test_a_broker_without_access_rules_is_found(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StrangerConnection, "publish", lambda *_, **__: "accepted")
    assert judged.attempt("publishes-nothing-else").result is Result.BROKEN
    monkeypatch.setattr(StrangerConnection, "publish", lambda *_, **__: "refused (reason 0x87)")
    assert judged.attempt("publishes-its-own").result is Result.BROKEN
    monkeypatch.setattr(
        StrangerConnection, "arrived", lambda *_, **__: [("lapel/v1/cameras/cam-01/up/status", b"")]
    )
    assert judged.attempt("reads-nothing-else").result is Result.BROKEN
    monkeypatch.setattr(StrangerConnection, "ended", lambda *_: None)
    assert judged.attempt("one-connection").result is Result.BROKEN


@pytest.mark.parametrize(
    ("name", "online"),
    [("presence-shown", True), ("presence-shown", False), ("will-shown", True), ("late-will-ignored", False)],
)
def test_a_fleet_that_shows_presence_wrongly_is_found(
    judged: Judged, monkeypatch: pytest.MonkeyPatch, name: str, online: bool
) -> None:
    monkeypatch.setattr(messages, "SHOWN_S", 0.5)
    said = {judged.visit.identity.camera: {"online": online, "status": {"faults": ["seen"]}}}
    monkeypatch.setattr(judged.api, "cameras", lambda: said)
    assert judged.attempt(name).result is Result.BROKEN


def test_a_fleet_that_goes_on_serving_what_was_revoked_is_found(
    judged: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judged.api, "revoke", lambda *_: None)
    assert judged.attempt("revoked-is-refused").result is Result.BROKEN
    judged.visit.revoked = False


def test_without_a_token_what_needs_one_is_not_evaluated_and_not_asked_for(judged: Judged) -> None:
    judged.visit.api, api = None, judged.visit.api
    try:
        checks = [judged.attempt(name) for name in ("presence-shown", "will-shown", "revoked-is-refused")]
    finally:
        judged.visit.api = api
    assert [(each.result, each.asked) for each in checks] == [(Result.NOT_EVALUATED, False)] * 3


def test_every_rule_has_a_fault_that_breaks_it() -> None:
    elsewhere = {
        "certificate-issued", "name-given", "tls-1-3", "broker-lets-nobody-in", "certificate-needed",
        "stranger-refused", "publishes-nothing-else", "publishes-its-own", "reads-nothing-else",
        "one-connection", "presence-shown", "will-shown", "late-will-ignored", "revoked-is-refused",
    }  # fmt: skip
    assert {*REFUSING, *TAKING, *elsewhere} == set(RULES)


def run(judged: Judged, code: str, *more: str) -> subprocess.CompletedProcess[str]:
    url = judged.service.addresses.dashboard_url
    command = [str(SIMULATOR), "conform", "--fleet", url, "--code", "-", *more]
    return subprocess.run(
        command, input=code, capture_output=True, text=True, check=False, timeout=200, env=os.environ
    )


def test_the_command_without_a_token_passes_and_says_what_it_leaves(judged: Judged, tmp_path: Path) -> None:
    done = run(judged, judged.api.enrolment_code(), "--json", str(tmp_path / "report.json"))
    report = json.loads((tmp_path / "report.json").read_text())

    assert (done.returncode, report["outcome"]) == (0, "held"), done.stdout + done.stderr
    [left] = report["left"]
    assert left.split()[-1] in judged.api.cameras()
    assert f"At the fleet are left, to be taken away by hand: {left}." in done.stdout
    judged.api.revoke(left.split()[-1], "the tests are over")


def test_what_cannot_be_used_and_who_does_not_answer_are_told_apart(judged: Judged, tmp_path: Path) -> None:
    assert run(judged, "half a code").returncode == 2
    url = "https://127.0.0.1:9"
    gone = subprocess.run(
        [str(SIMULATOR), "conform", "--fleet", url, "--code", str(judged.visit.code)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert gone.returncode == 3
    assert "No fleet answers at https://127.0.0.1:9" in gone.stderr
    assert keep_certificate(tmp_path, "x", "", judged.visit.identity.key).stat().st_mode & 0o777 == 0o600
