"""An enrolment that is cut anywhere, on either side, ends as one identity once it is asked for again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import event, func, select
from starlette.testclient import TestClient

from device.errors import DeviceError, StorageError
from device.link.errors import EnrolmentError, LostAnswerError
from device.link.identity.enrol import enrol
from device.link.identity.identity import FOLDER, CameraIdentity, load_identity
from device.storage.filesystem import Filesystem, PosixFilesystem
from fleet.audit.models import AuditEntry
from fleet.cameras.models import CameraCertificate, CameraRow
from fleet.cameras.service import create_code
from fleet.core.actor import OPERATOR
from fleet.core.config import FleetConfig
from fleet.core.sections.cameras import CamerasSection
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import dashboard_client, fleet_services
from tests.support.storage.failing_card import FailingCard

pytestmark = pytest.mark.slow

Cut = Callable[[Callable[[], httpx.Response]], httpx.Response]
"""Takes what asks the fleet, and answers in its place or fails."""


class Line(httpx.BaseTransport):
    """The line to a fleet, on which the next enrolments are cut."""

    def __init__(self, client: TestClient) -> None:
        self._client = client
        self.cuts: list[Cut] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        def ask() -> httpx.Response:
            headers = {"Content-Type": "application/json"}
            answer = self._client.request(
                request.method, str(request.url), content=request.read(), headers=headers
            )
            kind = {"Content-Type": answer.headers["Content-Type"]}
            return httpx.Response(answer.status_code, content=answer.content, headers=kind)

        if request.method == "GET" or not self.cuts:
            return ask()
        return self.cuts.pop(0)(ask)


def unsent(_: Callable[[], httpx.Response]) -> httpx.Response:
    raise httpx.WriteError("the line broke")


def unheard(ask: Callable[[], httpx.Response]) -> httpx.Response:
    ask()
    raise httpx.ReadTimeout("the line broke")


def ended(ask: Callable[[], httpx.Response]) -> httpx.Response:
    ask()
    raise httpx.RemoteProtocolError("the peer ended the connection without an answer")


def half(ask: Callable[[], httpx.Response]) -> httpx.Response:
    answer = ask()
    return httpx.Response(answer.status_code, content=answer.content[: len(answer.content) // 2])


def failed(_: Callable[[], httpx.Response]) -> httpx.Response:
    return httpx.Response(503, text="{}")


class Bench:
    """A fleet, a line to it, and cameras that enrol over that."""

    def __init__(self, services: FleetServices, client: TestClient, folder: Path) -> None:
        self.services, self.line, self._folder, self._made = services, Line(client), folder, 0

    def begin(self) -> tuple[str, Path]:
        """Return a code, and the state folder of a camera that was never enrolled."""
        self._made += 1
        with self.services.sessions.begin() as session:
            code, _ = create_code(session, self.services.cameras, by=OPERATOR)
        return code, self._folder / f"camera-{self._made}"

    def enrol(self, code: str, state: Path, filesystem: Filesystem | None = None) -> CameraIdentity:
        return enrol(
            "https://localhost:8443", SecretStr(code), state, filesystem=filesystem, transport=self.line
        )

    def counted(self) -> Counter[str]:
        """What the fleet has of cameras and enrolments."""
        with self.services.readers() as session:
            actions = session.scalars(select(AuditEntry.action)).all()
            found = Counter(
                each.rpartition(":")[2]
                for each in actions
                if each.startswith(("cameras:camera:enrol", "cameras:enrolment:"))
            )
            for table in (CameraRow, CameraCertificate):
                found[table.__tablename__] = session.scalar(select(func.count()).select_from(table)) or 0
        return found


ONE = Counter(enrol=1, cameras=1, camera_certificates=1)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("lost-answers")
    config = FleetConfig(cameras=CamerasSection(limit=100))
    with fleet_services(folder, config) as services, dashboard_client(services, workers=False) as client:
        yield Bench(services, client, folder)


# proves F7
@pytest.mark.parametrize(
    ("cuts", "says", "repeats"),
    [
        ([unheard], None, 1),
        ([unsent], None, 0),
        ([ended, unheard], LostAnswerError, 2),
        ([unsent, unheard], LostAnswerError, 1),
        ([half], EnrolmentError, 1),
        ([failed], EnrolmentError, 0),
    ],
)
def test_an_answer_that_is_cut_is_asked_for_again_with_the_same_key(
    bench: Bench, cuts: list[Cut], says: type[EnrolmentError] | None, repeats: int
) -> None:
    before, (code, state) = bench.counted(), bench.begin()
    bench.line.cuts = list(cuts)
    if says is not None:
        with pytest.raises(says):
            bench.enrol(code, state)
        assert [each.name[:6] for each in (state / FOLDER).iterdir()] == ["asked-"]
    identity = bench.enrol(code, state)
    assert load_identity(state, PosixFilesystem()).certificates == identity.certificates
    assert len(list((state / FOLDER).iterdir())) == 3, "the key that was kept meanwhile is gone"
    assert bench.counted() - before == ONE + Counter(repeat=repeats)


# proves F7
@pytest.mark.parametrize("step", ["_issue", "_keep", "record", "announce", "before_commit", "after_commit"])
def test_a_fleet_that_fails_at_any_step_has_one_camera_in_the_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before, (code, state) = bench.counted(), bench.begin()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("stopped here")

    def failing(ask: Callable[[], httpx.Response]) -> httpx.Response:
        if step.endswith("commit"):
            target = bench.services.sessions
            event.listen(target, step, fail)
            try:
                return ask()
            finally:
                event.remove(target, step, fail)
        with monkeypatch.context() as patch:
            patch.setattr(f"fleet.cameras.service.{step}", fail)
            return ask()

    bench.line.cuts = [failing]
    with pytest.raises(EnrolmentError):
        bench.enrol(code, state)
    identity = bench.enrol(code, state)
    assert load_identity(state, PosixFilesystem()).camera == identity.camera
    assert bench.counted() - before == ONE + Counter(repeat=step == "after_commit")


# proves F7
def test_a_card_that_fails_anywhere_costs_no_camera(bench: Bench) -> None:
    outcomes = set()
    for works in range(14):
        before, (code, state) = bench.counted(), bench.begin()
        try:
            bench.enrol(code, state, FailingCard(works))
        except StorageError:
            outcomes.add((bench.counted() - before)["cameras"])
        identity = bench.enrol(code, state)
        assert load_identity(state, PosixFilesystem()).certificates == identity.certificates
        seen = bench.counted() - before
        assert +(seen - Counter(repeat=seen["repeat"])) == ONE, works
    assert outcomes == {0, 1}, "before the fleet was asked, and after"


def test_what_the_fleet_refuses_leaves_no_key_and_a_slip_of_the_hand_costs_none(bench: Bench) -> None:
    code, state = bench.begin()
    bench.line.cuts = [unheard, unheard]
    with pytest.raises(LostAnswerError):
        bench.enrol(code, state)
    kept = [each.name for each in (state / FOLDER).iterdir()]
    with pytest.raises(EnrolmentError, match="knows no such"):
        bench.enrol(f"x{code}", state)
    assert [each.name for each in (state / FOLDER).iterdir()] == kept
    other = state.with_name("another")
    with pytest.raises(EnrolmentError, match="was used for"):
        bench.enrol(code, other)
    assert list(other.iterdir()) == []
    assert bench.enrol(code, state).camera


def test_half_a_key_is_made_anew(bench: Bench) -> None:
    code, state = bench.begin()
    bench.line.cuts = [unsent, unsent]
    with pytest.raises(DeviceError):
        bench.enrol(code, state)
    (kept,) = (state / FOLDER).iterdir()
    kept.write_bytes(kept.read_bytes()[:40])
    assert bench.enrol(code, state).camera
