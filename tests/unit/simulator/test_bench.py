"""The bench shows what its cameras are, does what its buttons say, and listens to its own page alone."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from simulator.bench.app import create_app
from simulator.bench.live import picture_message
from simulator.bench.wall import BenchButton, CameraTile, minutes
from simulator.errors import CameraError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOST = "127.0.0.1:8500"
TOKEN = "the-page-s-token"


class ListedWall:
    """A wall of tiles that stay as they are, and that notes what was pressed."""

    fleet_url = "https://localhost:8443"

    def __init__(self) -> None:
        self.pressed: list[tuple[str, BenchButton]] = []
        self.watchers = 0

    def tiles(self) -> Sequence[CameraTile]:
        return (
            CameraTile("cam-01", officer="Officer 1", state="ready", prerecord_s=161.9),
            CameraTile(
                "cam-02", state="recording", prerecord_s=180, number=3, recording_s=61.2, unplugged=True
            ),
            CameraTile("cam-03", trouble="The card is nearly full."),
        )

    def act(self, camera: str, action: BenchButton) -> str:
        if camera not in {"cam-01", "cam-02", "cam-03"}:
            raise KeyError(camera)
        if camera == "cam-03":
            raise CameraError("cam-03 has no power; power it on first.")
        self.pressed.append((camera, action))
        return "Recording 4 has begun."

    @contextmanager
    def watching(self) -> Iterator[None]:
        self.watchers += 1
        yield
        self.watchers -= 1

    def picture(self, camera: str) -> tuple[int, bytes] | None:
        return (7, b"\xff\xd8jpeg") if camera == "cam-02" else None


@pytest.fixture
def wall() -> ListedWall:
    return ListedWall()


@pytest.fixture
def client(wall: ListedWall) -> TestClient:
    app = create_app(wall, hosts=[HOST, "localhost:8500"], token=TOKEN)
    return TestClient(app, base_url=f"http://{HOST}", follow_redirects=False)


def test_the_page_shows_every_camera_before_any_script(client: TestClient) -> None:
    page = client.get("/").text

    assert "2:41 of 3:00" in page
    assert "Officer 1" in page
    assert "nobody wears it" in page
    assert "1:01" in page
    assert "The card is nearly full." in page


def test_nothing_comes_from_elsewhere(client: TestClient) -> None:
    answer = client.get("/")

    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    for asset in ("bench.js", "bench.css", "bench.svg"):
        assert f"/static/{asset}" in answer.text
        assert client.get(f"/static/{asset}").status_code == 200


@pytest.mark.parametrize("action", list(BenchButton))
def test_every_button_of_the_page_s_script_is_passed_on(
    client: TestClient, wall: ListedWall, action: BenchButton
) -> None:
    answer = client.post(f"/cameras/cam-01/{action}", headers={"X-Bench-Token": TOKEN})

    assert answer.json() == {"sentence": "Recording 4 has begun."}
    assert wall.pressed == [("cam-01", action)]


def test_a_form_works_without_the_script(client: TestClient, wall: ListedWall) -> None:
    answer = client.post("/cameras/cam-01/press", data={"token": TOKEN})

    assert (answer.status_code, answer.headers["location"]) == (303, "/#cam-01")
    assert wall.pressed == [("cam-01", BenchButton.PRESS)]


@pytest.mark.parametrize("headers", [{}, {"X-Bench-Token": "guessed"}, {"X-Bench-Token": "ü".encode()}])
def test_without_the_page_s_token_nothing_is_pressed(
    client: TestClient, wall: ListedWall, headers: dict[str, str]
) -> None:
    answer = client.post("/cameras/cam-01/press", headers=headers)

    assert answer.status_code == 403
    assert "load it anew" in answer.json()["sentence"]
    assert wall.pressed == []


def test_another_page_s_origin_is_refused_even_with_the_token(client: TestClient, wall: ListedWall) -> None:
    answer = client.post(
        "/cameras/cam-01/press", headers={"X-Bench-Token": TOKEN, "Origin": "http://elsewhere.example"}
    )

    assert answer.status_code == 403
    assert wall.pressed == []


@pytest.mark.parametrize("path", ["/", "/static/bench.js", "/live"])
def test_a_name_made_to_point_here_reaches_nothing(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Host": "rebound.example:8500"})

    assert answer.status_code == 421
    assert TOKEN not in answer.text


def test_the_bench_s_own_origin_is_fine(client: TestClient) -> None:
    headers = {"X-Bench-Token": TOKEN, "Origin": f"http://{HOST}"}

    assert client.post("/cameras/cam-01/press", headers=headers).status_code == 200


def test_refusals_are_sentences(client: TestClient) -> None:
    headers = {"X-Bench-Token": TOKEN}
    refused = client.post("/cameras/cam-03/press", headers=headers)
    unknown = client.post("/cameras/cam-99/press", headers=headers)

    assert (refused.status_code, refused.json()["sentence"][:21]) == (409, "cam-03 has no power; ")
    assert (unknown.status_code, unknown.json()["sentence"]) == (
        404,
        "There is no camera cam-99 on this bench.",
    )
    assert client.post("/cameras/cam-01/explode", headers=headers).status_code == 422


def test_the_live_connection_sends_tiles_and_pictures_while_watched(
    client: TestClient, wall: ListedWall
) -> None:
    with client.websocket_connect("/live", headers={"Host": HOST, "Origin": f"http://{HOST}"}) as live:
        tiles = json.loads(live.receive_text())
        picture = live.receive_bytes()
        assert wall.watchers == 1
    assert wall.watchers == 0

    assert [tile["camera"] for tile in tiles] == ["cam-01", "cam-02", "cam-03"]
    assert tiles[1]["recording_label"] == "1:01"
    assert picture == picture_message("cam-02", b"\xff\xd8jpeg")
    assert picture[:7] == b"\x06cam-02"


@pytest.mark.parametrize("origin", [None, "http://elsewhere.example"])
def test_the_live_connection_is_for_the_bench_s_own_page(
    client: TestClient, wall: ListedWall, origin: str | None
) -> None:
    headers = {"Host": HOST} | ({"Origin": origin} if origin else {})
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/live", headers=headers):
        pass
    assert wall.watchers == 0


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00"), (59.99, "0:59"), (180, "3:00"), (3601, "60:01")])
def test_lengths_are_minutes_and_seconds(seconds: float, words: str) -> None:
    assert minutes(seconds) == words
