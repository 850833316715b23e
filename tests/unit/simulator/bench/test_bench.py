"""The bench shows what its cameras are, does what its buttons say, and listens to its own page alone."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from simulator.bench.app import create_app
from simulator.bench.journal import LogLine
from simulator.bench.live import picture_message
from simulator.bench.orders import BenchButton, FleetButton
from simulator.bench.wall import CameraTile, minutes
from simulator.errors import CameraError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

HOST = "127.0.0.1:8500"
TOKEN = "the-page-s-token"


class ListedWall:
    """A wall of tiles that stay as they are, and that notes what was pressed."""

    fleet_url = "https://localhost:8443"
    own_fleet = True
    later: tuple[str, ...] = ("cam-04", "cam-05")

    def __init__(self) -> None:
        self.pressed: list[tuple[str, BenchButton]] = []
        self.given: list[Mapping[str, str]] = []
        self.at_fleet: list[FleetButton] = []
        self.begun = 0
        self.lines: list[LogLine] = []
        self.watchers = 0

    def tiles(self) -> Sequence[CameraTile]:
        return (
            CameraTile("cam-01", officer="Officer 1", state="ready", prerecord_s=161.9),
            CameraTile(
                "cam-02", state="recording", prerecord_s=180, number=3, recording_s=61.2, unplugged=True
            ),
            CameraTile("cam-03", trouble="The card is nearly full."),
        )

    def act(self, camera: str, button: BenchButton, given: Mapping[str, str]) -> str:
        if camera not in {"cam-01", "cam-02", "cam-03"}:
            raise KeyError(camera)
        if camera == "cam-03":
            raise CameraError("cam-03 has no power; power it on first.")
        self.pressed.append((camera, button))
        self.given.append(given)
        return "Recording 4 has begun."

    def act_at_fleet(self, button: FleetButton) -> str:
        self.at_fleet.append(button)
        return "The fleet was stopped."

    def log(self, after: int = 0) -> Sequence[LogLine]:
        return [line for line in self.lines if line.number > after]

    def scenario(self) -> str:
        return "# what was done\n"

    def begin_anew(self) -> str:
        self.begun += 1
        return "A new scenario begins here."

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
    for asset in ("bench.js", "bench.css", "bench.svg", "log.js", "tones.js"):
        assert client.get(f"/static/{asset}").status_code == 200


@pytest.mark.parametrize("action", list(BenchButton))
def test_every_button_of_the_page_s_script_is_passed_on(
    client: TestClient, wall: ListedWall, action: BenchButton
) -> None:
    answer = client.post(f"/cameras/cam-01/{action}", headers={"X-Bench-Token": TOKEN})

    assert answer.json() == {"sentence": "Recording 4 has begun."}
    assert wall.pressed == [("cam-01", action)]


def test_what_a_form_holds_goes_with_its_button(client: TestClient, wall: ListedWall) -> None:
    client.post(
        "/cameras/cam-01/network",
        data={"token": TOKEN, "state": "bad", "latency_ms": "300", "loss_percent": ""},
    )

    assert wall.pressed == [("cam-01", BenchButton.NETWORK)]
    assert wall.given == [{"state": "bad", "latency_ms": "300"}]


@pytest.mark.parametrize("size", [5_000, 200_000])
def test_a_form_that_is_too_long_is_refused(client: TestClient, wall: ListedWall, size: int) -> None:
    answer = client.post("/cameras/cam-01/press", data={"token": TOKEN, "state": "x" * size})

    assert (answer.status_code, wall.pressed) == (413, [])


@pytest.mark.parametrize("button", list(FleetButton))
def test_the_fleet_has_buttons_of_its_own(client: TestClient, wall: ListedWall, button: FleetButton) -> None:
    assert client.post(f"/fleet/{button}").status_code == 403
    answer = client.post(f"/fleet/{button}", headers={"X-Bench-Token": TOKEN})

    assert answer.json() == {"sentence": "The fleet was stopped."}
    assert wall.at_fleet == [button]


def test_a_fleet_that_is_somebody_else_s_has_no_buttons(client: TestClient, wall: ListedWall) -> None:
    assert 'action="/fleet/kill-fleet"' in client.get("/").text
    wall.own_fleet = False

    assert 'action="/fleet/' not in client.get("/").text


def test_one_more_camera_is_offered_while_one_can_still_join(client: TestClient, wall: ListedWall) -> None:
    page = client.get("/").text
    assert 'action="/cameras/cam-04/enrol"' in page
    assert "cam-05" not in page
    wall.later = ()

    assert "/enrol" not in client.get("/").text


def test_what_was_done_is_saved_as_a_file(client: TestClient, wall: ListedWall) -> None:
    answer = client.get("/scenario.toml")

    assert answer.text == "# what was done\n"
    assert 'filename="from_the_bench.toml"' in answer.headers["content-disposition"]
    assert client.post("/scenario/anew").status_code == 403
    assert client.post("/scenario/anew", data={"token": TOKEN}).headers["location"] == "/#log"
    assert wall.begun == 1


def test_the_page_comes_with_the_log_the_newest_line_first(client: TestClient, wall: ListedWall) -> None:
    wall.lines = [
        LogLine(1, "14:03:59", "cam-01", "The power of <cam-01> was pulled.", "done"),
        LogLine(2, "14:04:02", "", "The fleet was stopped.", "done"),
    ]
    page = client.get("/").text

    assert page.index("The fleet was stopped.") < page.index("The power of &lt;cam-01&gt; was pulled.")


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
    assert tiles[1]["broken"] == ""
    assert picture == picture_message("cam-02", b"\xff\xd8jpeg")
    assert picture[:7] == b"\x06cam-02"


def test_the_live_connection_sends_each_line_of_the_log_once(client: TestClient, wall: ListedWall) -> None:
    wall.lines = [LogLine(7, "14:03:59", "cam-01", "Its lens was covered.", "done")]
    with client.websocket_connect("/live", headers={"Host": HOST, "Origin": f"http://{HOST}"}) as live:
        live.receive_text()
        first = json.loads(live.receive_text())
        live.receive_bytes()
        wall.lines.append(LogLine(8, "14:04:01", "cam-01", "Nothing is before its lens any more.", "done"))
        second = json.loads(live.receive_text())

    assert [line["sentence"] for line in first["log"]] == ["Its lens was covered."]
    assert [line["number"] for line in second["log"]] == [8]


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
