"""The administrator's commands, on a state folder that a service may be using at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fleet.cameras.service import get_camera
from fleet.cli import app
from fleet.core.database import utc_now
from tests.support.fleet.fleet import (
    camera_request,
    dashboard_client,
    enrol_camera,
    fleet_services,
    problem,
)


def run(command: str, state: Path, *more: str) -> Result:
    return CliRunner().invoke(app, [*command.split(), "--state", str(state), *more])


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def test_a_token_lets_a_program_in(tmp_path: Path, state: Path) -> None:
    made = run("token create", state, "--name", "simulator")
    assert made.exit_code == 0
    token = made.stdout.strip()
    with fleet_services(tmp_path) as services, dashboard_client(services, token=token) as client:
        assert client.get("/api/v1/cameras").status_code == 200
    again = run("token create", state, "--name", "simulator")
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == "There is a token named simulator already; choose another name.\n"


def test_a_token_has_the_roles_it_was_given(tmp_path: Path, state: Path) -> None:
    token = run("token create", state, "--name", "reader", "--role", "data-protection-officer").stdout.strip()
    with fleet_services(tmp_path) as services, dashboard_client(services, token=token) as client:
        assert client.get("/api/v1/recordings").status_code == 200
        assert problem(client.get("/api/v1/cameras")) == (403, "not_allowed")


def test_a_code_enrols_a_camera(tmp_path: Path, state: Path) -> None:
    code = run("enrolment-code", state, "--minutes", "5").stdout.strip()
    with fleet_services(tmp_path, clock=utc_now) as services, dashboard_client(services) as client:
        response = client.post("/api/v1/enrolments", json={"code": code, "csr_pem": camera_request()[1]})
    assert response.status_code == 201


def test_a_setup_link_can_be_made_again_until_somebody_is_set_up(tmp_path: Path, state: Path) -> None:
    first = run("setup-link", state).stdout.strip()
    second = run("setup-link", state).stdout.strip()
    assert first != second
    assert second.startswith("https://localhost:8443/setup/")
    body = {"link": second.rpartition("/")[2], "name": "User 1", "password": "correct horse battery"}
    with fleet_services(tmp_path, clock=utc_now) as services, dashboard_client(services) as client:
        assert client.post("/api/v1/setup", json=body).status_code == 201
    refused = run("setup-link", state)
    assert refused.exit_code == 1
    assert refused.stderr == "This fleet is set up already; sign in instead.\n"


def test_officers_are_added_and_listed(state: Path) -> None:
    added = run("officer add", state, "--name", "Officer 1").stdout.strip()
    assert run("officer list", state).stdout == f"{added}  Officer 1\n"


def test_a_configuration_is_checked(state: Path) -> None:
    state.mkdir()
    assert (
        run("check-config", state).stdout
        == "Each key of the configuration is one, with a value that it may have.\n"
    )
    (state / "fleet.toml").write_text("[cameras]\nlimit = 0\n")
    wrong = run("check-config", state)
    assert wrong.exit_code == 2
    assert wrong.stderr.startswith(f"{state}/fleet.toml: cameras.limit = 0 cannot be used")


def test_the_tables_are_made(state: Path) -> None:
    assert run("db upgrade", state).stdout == "The tables are up to date.\n"
    assert (state / "fleet.sqlite3").exists()


@pytest.mark.parametrize("command", ["check-config", "serve", "token create"])
def test_a_state_folder_must_be_named(command: str) -> None:
    assert CliRunner().invoke(app, command.split()).exit_code == 2


def test_break_glass_is_given_listed_and_ended_beside_a_running_service(tmp_path: Path, state: Path) -> None:
    link = run("setup-link", state).stdout.strip().rpartition("/")[2]
    body = {"link": link, "name": "User 1", "password": "correct horse battery"}
    with fleet_services(tmp_path, clock=utc_now) as services, dashboard_client(services) as client:
        assert client.post("/api/v1/setup", json=body).status_code == 201
        client.cookies.clear()
        unknown = run("break-glass give", state, "--name", "User 2", "--reason", "A test")
        assert (unknown.exit_code, unknown.stdout) == (1, "")
        assert unknown.stderr.startswith("There is no user named User 2; with --new one is made")
        given = run("break-glass give", state, "--name", "User 1", "--reason", "A test", "--hours", "3")
        assert "User 1's rights end" in given.stderr
        path = given.stdout.strip().removeprefix("https://localhost:8443")
        assert client.post(path, follow_redirects=False).headers["location"] == "/users"
        assert client.get("/users").status_code == 200
        assert "  lasts  User 1, " in run("break-glass list", state).stdout
        assert run("break-glass end", state).stdout == "Ended: 1.\n"
        assert client.get("/users").status_code == 401
        assert "  over  User 1, " in run("break-glass list", state).stdout
    assert run("break-glass give", state, "--name", "U", "--reason", "R", "--hours", "25").exit_code == 2


def test_a_camera_is_taken_out_of_service_by_a_command(tmp_path: Path, state: Path) -> None:
    with fleet_services(tmp_path) as services:
        enrol_camera(services, tmp_path)
    assert run("camera revoke cam-01", state, "--reason", " ").exit_code == 2
    unknown = run("camera revoke cam-09", state, "--reason", "stolen")
    assert (unknown.exit_code, unknown.stdout) == (1, "")
    done = run("camera revoke cam-01", state, "--reason", "stolen")
    assert (done.exit_code, done.stdout) == (0, "cam-01 is out of service.\n")
    with fleet_services(tmp_path) as services, services.readers() as session:
        assert get_camera(session, "cam-01").revoked is not None
