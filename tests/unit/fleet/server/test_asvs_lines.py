"""Lines of OWASP ASVS that no other test shows: docs/security.md names these."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from fleet.core.database import utc_now
from fleet.people.passwords import Asker, hash_password, password_matches
from fleet.people.secrets import new_secret
from fleet.pki.authority import open_authority
from fleet.server.app import create_dashboard_app
from fleet.server.compose import FleetServices
from fleet.server.security import FILE
from fleet.server.tls import cameras_context, dashboard_context
from tests.support.fleet.fleet import camera_client, dashboard_client, enrol_camera, problem, token_for
from tests.support.fleet.routes import routes_of

ROOT = Path(__file__).parents[4]
OURS = ("fleet", "protocol", "device")


@pytest.fixture
def client(services: FleetServices) -> Iterator[TestClient]:
    with dashboard_client(services, token=token_for(services), workers=False) as found:
        yield found


def test_only_suites_with_forward_secrecy_that_authenticate_what_they_encrypt(tmp_path: Path) -> None:
    authority = open_authority(tmp_path / "pki", now=utc_now())
    authority.renew_own((), utc_now())
    people, cameras = dashboard_context(authority), cameras_context(authority)
    older = [each for each in people.get_ciphers() if each["protocol"] != "TLSv1.3"]
    assert older
    assert all(each["name"].startswith("ECDHE-") and each["aead"] for each in older)
    assert people.minimum_version is ssl.TLSVersion.TLSv1_2
    assert cameras.minimum_version is ssl.TLSVersion.TLSv1_3


def test_no_page_of_a_framework_or_description_of_the_api_is_served(
    services: FleetServices, client: TestClient, tmp_path: Path
) -> None:
    own = camera_client(services, enrol_camera(services, tmp_path).certificate_der)
    for path in (
        "/docs",
        "/redoc",
        "/openapi.json",
        "/metrics",
        "/.git/config",
        "/static/",
        "/static/../app.py",
    ):
        assert client.get(path).status_code == 404, path
        assert own.get(path).status_code == 404, path


def test_no_other_site_is_let_read_an_answer(client: TestClient) -> None:
    for origin in ("https://elsewhere.example", "null"):
        for method in ("GET", "OPTIONS"):
            answer = client.request(method, "/api/v1/cameras", headers={"Origin": origin})
            assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_header_of_a_proxy_says_nothing_of_who_asks(services: FleetServices) -> None:
    headers = {
        "X-Forwarded-For": "192.0.2.7",
        "Forwarded": "for=192.0.2.7",
        "X-Remote-User": "Administrator 1",
        "Remote-User": "Administrator 1",
    }
    with dashboard_client(services, workers=False) as stranger:
        assert problem(stranger.get("/api/v1/cameras", headers=headers)) == (401, "not_signed_in")


def test_what_the_api_answers_is_kept_as_a_file_where_a_browser_is_led_there(client: TestClient) -> None:
    answer = client.get("/api/v1/cameras")
    assert (answer.status_code, answer.headers["content-disposition"]) == (200, FILE)
    assert "content-disposition" not in client.get("/api/v1/cameras/none").headers, "a person may read it"
    assert "content-disposition" not in client.get("/sign-in").headers


def test_every_answer_with_a_body_says_of_which_kind_it_is(client: TestClient) -> None:
    for path in ("/", "/sign-in", "/recordings", "/api/v1/cameras", "/api/v1/authority", "/nowhere"):
        answer = client.get(path, headers={"Accept": "text/html"}, follow_redirects=False)
        if answer.content:
            kind = answer.headers["content-type"]
            assert not kind.startswith("text/") or "charset=utf-8" in kind, path


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
def test_a_document_of_another_kind_is_refused(client: TestClient, kind: str) -> None:
    answer = client.post(
        "/api/v1/officers", content=b'{"name": "An Officer"}', headers={"Content-Type": kind}
    )
    assert answer.status_code in {415, 422}
    assert client.get("/api/v1/officers").json() == []


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "CONNECT", "DELETE"])
def test_a_method_that_is_not_meant_is_refused(
    services: FleetServices, client: TestClient, method: str
) -> None:
    routes = list(routes_of(create_dashboard_app(services)))
    meant = {each.path for each in routes if each.method == method}
    tried = sorted({each.path for each in routes} - meant)
    assert len(tried) > 200
    for path in tried:
        answer = client.request(method, re.sub(r"{[^}]*}", "1", path))
        assert answer.status_code in {404, 405}, path


def test_a_parameter_that_comes_twice_is_no_way_past_a_check(client: TestClient) -> None:
    made = client.post("/api/v1/officers?name=Other", json={"name": "An Officer", "id": "1"})
    assert made.status_code == 422, "a member that is not known, such as one that nobody may set"
    made = client.post("/api/v1/officers?name=Other", json={"name": "An Officer"})
    assert made.json()["name"] == "An Officer"


@pytest.mark.usefixtures("cheap_passwords")
def test_any_character_counts_in_a_password_and_each_of_them() -> None:
    for password in (
        "ねこ と 犬 と 鳥 と 馬",
        "🐈 🐕 🐦 🐎 🐄 🐖 🐑",
        "a  b  c  d  e  f  g",
        "x" * 127 + "y",
    ):
        kept = hash_password(password, asker=Asker.SIGNED_IN)
        assert password_matches(kept, password, asker=Asker.SIGNED_IN)
        assert not password_matches(kept, password[:-1], asker=Asker.SIGNED_IN), "nothing is cut off"
    assert len({hash_password("the same", asker=Asker.SIGNED_IN) for _ in range(3)}) == 3, "each is salted"


def test_no_code_is_made_of_text_and_no_object_of_bytes() -> None:
    words = r"(?<![\w.])(eval|exec|compile)\(|\b(pickle|marshal|shelve|yaml|lxml|minidom|ElementTree)\.|"
    ruled_out = re.compile(words + r"shell=True|os\.system\(|hashlib\.(md5|sha1)\b|\buuid1\(")
    found = {
        (path.relative_to(ROOT).as_posix(), one[0])
        for folder in OURS
        for path in (ROOT / folder).rglob("*.py")
        if "node_modules" not in path.parts
        for one in ruled_out.finditer(path.read_text(encoding="utf-8"))
    }
    assert not found


def test_scripts_make_no_code_or_markup_of_text() -> None:
    ruled_out = re.compile(
        r"\beval\(|new Function|(inner|outer)HTML\s*=[^=]|insertAdjacentHTML|document\.write"
    )
    scripts = [each for each in (ROOT / "fleet/web/static").glob("*.js") if each.is_file()]
    assert len(scripts) > 5
    assert not [each.name for each in scripts if ruled_out.search(each.read_text(encoding="utf-8"))]


def test_no_user_of_any_name_is_there_before_somebody_makes_one(services: FleetServices) -> None:
    with dashboard_client(services, workers=False) as stranger:
        for name in ("admin", "root", "administrator", "lapel"):
            answer = stranger.post("/api/v1/session", json={"name": name, "password": name})
            assert problem(answer) == (401, "sign_in_refused")


def test_a_password_can_be_pasted_and_kept_by_the_browser() -> None:
    static, templates = ROOT / "fleet/web/static", ROOT / "fleet/web/templates"
    fields = [
        field
        for page in templates.rglob("*.html")
        for field in re.findall(r"<input[^>]*type=\"password\"[^>]*>", page.read_text(encoding="utf-8"))
        if 'id="secret"' not in field  # the vault's passphrase, which is nobody's own
    ]
    assert len(fields) > 5
    assert all('autocomplete="current-password"' in each or '="new-password"' in each for each in fields)
    scripts = [each.read_text(encoding="utf-8") for each in static.glob("*.js")]
    assert not [each for each in scripts if re.search(r"[\"']paste[\"']|onpaste", each)]


@pytest.mark.usefixtures("cheap_passwords")
def test_a_session_is_of_256_random_bits(services: FleetServices) -> None:
    asked: list[int] = []

    def random(size: int) -> bytes:
        asked.append(size)
        return os.urandom(size)

    secrets = {new_secret(random) for _ in range(100)}
    assert len(secrets) == 100
    assert set(asked) == {32}
    assert services.random is os.urandom


def test_no_statement_is_made_of_text() -> None:
    made = re.compile(r"\btext\(\s*(f[\"']|[\w.]+ *[+%]|[\"'][^\"']*[\"']\s*(%|\.format\())")
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "fleet").rglob("*.py")
        if "node_modules" not in path.parts and "migrations" not in path.parts
        if made.search(path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_no_answer_says_of_what_the_service_is_made(client: TestClient) -> None:
    for path in ("/sign-in", "/api/v1/cameras", "/nowhere", "/api/v1/nowhere"):
        answer = client.get(path)
        assert not {"server", "x-powered-by"} & set(answer.headers)
        for word in ("uvicorn", "starlette", "fastapi", "sqlalchemy", "pydantic", "python"):
            assert word not in answer.text.lower(), path
    listeners = (ROOT / "fleet/server/listeners.py").read_text(encoding="utf-8")
    assert "server_header=False" in listeners
