"""What goes wrong with footage is answered by one handler, for programs and on pages alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.footage.errors import MediaError, PlaybackError, StoreError
from fleet.footage.problems import FootageProblem, footage_problem
from protocol.footage.format.errors import KeysError
from tests.support.fleet.fleet import dashboard_client, fleet_services, token_for

STORE = StoreError("The footage store /footage cannot read a: Input/output error.")


# proves F6
@pytest.mark.parametrize(
    ("error", "status", "code", "detail"),
    [
        (PlaybackError("There is no audio in this recording."), 404, "not_in_recording", "There is no audio"),
        (
            MediaError("The part has no samples."),
            422,
            "not_showable",
            "cannot be shown: the part has no samples.",
        ),
        (KeysError("there is no key"), 422, "not_showable", "cannot be shown: there is no key."),
        (STORE, 503, "storage_failed", "cannot read a"),
    ],
)
def test_each_error_has_its_answer(error: FootageProblem, status: int, code: str, detail: str) -> None:
    problem = footage_problem(error)
    assert (problem.status, problem.code) == (status, code)
    assert detail in problem.detail


def raiser(error: Exception) -> Callable[..., object]:
    def fails(*_args: object) -> object:
        raise error

    return fails


@pytest.mark.slow
def test_a_store_that_fails_is_answered_in_the_form_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fleet_services(tmp_path) as services:
        token = token_for(services)
        monkeypatch.setattr("fleet.retention.routes.get", raiser(STORE))
        monkeypatch.setattr("fleet.web.routes.recording.get", raiser(STORE))
        with dashboard_client(services, token=token) as client:
            answer = client.get("/api/v1/recordings/cam-01.00000001")
            page = client.get("/recordings/cam-01.00000001", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_failed")
    assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert "cannot read a: Input/output error." in page.text
    assert answer.headers["retry-after"] == page.headers["retry-after"] == "10"
