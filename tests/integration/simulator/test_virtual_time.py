"""Virtual time: a seed gives one run, another seed another, and the oracle judges as in real time."""

from __future__ import annotations

import io
import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import cbor2
import pytest

from protocol.footage.consent import SaidOfConsent
from protocol.messages.commands import Command, CommandKind, ConsentCommand, Response
from protocol.messages.topics import topic
from protocol.units import US_PER_S
from simulator.driven.camera import DrivenCamera
from simulator.errors import ScenarioError
from simulator.report.outcome import RunOutcome
from simulator.report.report import RunReport
from simulator.scenario.load import LoadedScenario, parse_scenario
from simulator.scenario.perform import draft_of
from simulator.scenario.run import Left, Run
from tests.support.scenarios import network, on, scenario, step, wait

SMALL = {"count": 2, "source": "synthetic", "width": 160, "height": 120, "fps": 5, "window_s": 10}
SCENARIO = scenario(
    "tiny",
    "wait_ring_full",
    "press",
    wait(5.3),
    "bookmark",
    "stop",
    "wait_held",
    network("cut"),
    step("private", state="on"),
    wait(600),
    step("private", state="off"),
    "wait_ring_full",
    "press",
    wait(4),
    on("kill_camera", "cam-02"),
    wait(70),
    on("restart_camera", "cam-02"),
    on("stop", "cam-01"),
    step("expect", state="uploading"),
    network("slow", kbit_s=1000),
    "wait_held",
    title="Two cameras, an hour, a cut line and a power cut",
    time="virtual",
    seed=4,
    cameras=SMALL,
    recordings_each=2,
    verdicts=["intact", "intact with gaps", "without an end"],
    listed_within_s=200,
)

OF_KEYS = {"certificates", "key_id", "ciphertext", "previous", "previous_open", "ledger"}
"""What of a ledger is a key or a certificate, is sealed to one, or is a digest over such."""


class Silent:
    """Shows nothing."""

    def doing(self, words: str, *, of: int = 0) -> None: ...
    def done(self) -> None: ...
    def failed(self) -> None: ...


@dataclass(frozen=True)
class Ran:
    """A run that is over, and the ledgers of its cameras."""

    report: RunReport
    ledgers: dict[str, bytes]


def ran(keep: Path, seed: int, text: str = SCENARIO, between: Callable[[Left], None] = lambda _: None) -> Ran:
    loaded = LoadedScenario(parse_scenario(text, origin="tiny"), text)
    draft = draft_of(loaded, seed, None, kept=True)
    keep.mkdir()
    Run(loaded, draft.seed, keep, None, {}, threading.Event(), Silent(), draft, between).perform()
    ledgers = {
        str(each.relative_to(keep)): comparable(each.read_bytes())
        for each in sorted(keep.glob("cameras/*/state/recordings/*/ledger.cbor"))
    }
    return Ran(draft.report(), ledgers)


def comparable(ledger: bytes) -> bytes:
    """A ledger without keys, certificates and signatures, and without what is a digest of those."""
    source, kept = io.BytesIO(ledger), io.BytesIO()
    while source.tell() < len(ledger):
        kind, body, _signature = cbor2.load(source)
        cbor2.dump([kind, without(cbor2.loads(body))], kept, canonical=True)
    return kept.getvalue()


def without(value: object) -> object:
    if isinstance(value, dict):
        return {key: None if key in OF_KEYS else without(each) for key, each in value.items()}
    return [without(each) for each in value] if isinstance(value, list) else value


def history(report: RunReport) -> dict[str, Any]:
    """What happened, when, and what was judged; not how long it took here."""
    said = json.loads(json.dumps(asdict(report)))
    return {
        key: said[key] for key in ("outcome", "cameras", "steps", "events", "faults", "promises", "checks")
    }


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return ran(tmp_path_factory.mktemp("one") / "keep", seed=4)


def test_a_run_is_judged_as_in_real_time_and_passes(first: Ran) -> None:
    report = first.report
    assert report.error is None
    assert report.outcome is RunOutcome.HELD, [each for each in report.checks if not each.passed]
    assert report.steps[-1].ended_s is not None
    assert report.steps[-1].ended_s > 700, "on the run's own clock"
    assert report.took_s < 240
    assert [each.verdict for each in report.recordings].count("intact") >= 3


def test_the_same_seed_gives_the_same_history_and_the_same_ledgers(first: Ran, tmp_path: Path) -> None:
    again = ran(tmp_path / "keep", seed=4)

    assert history(again.report) == history(first.report)
    assert len(first.ledgers) == 4
    assert again.ledgers == first.ledgers


@pytest.mark.hunt
def test_another_seed_gives_another_history(first: Ran, tmp_path: Path) -> None:
    other = ran(tmp_path / "keep", seed=5)

    assert other.report.outcome is RunOutcome.HELD
    assert history(other.report) != history(first.report)
    assert other.ledgers.keys() == first.ledgers.keys()
    assert all(other.ledgers[each] != first.ledgers[each] for each in first.ledgers)


def test_a_recording_that_vanishes_is_missed(tmp_path: Path) -> None:
    def vanish(left: Left) -> None:
        camera = next(iter(left.context.group))
        shutil.rmtree(camera.spec.recording(2))

    found = ran(tmp_path / "keep", 4, between=vanish)

    assert found.report.outcome is RunOutcome.BROKEN


def test_what_needs_programs_of_their_own_is_refused_with_its_step() -> None:
    text = SCENARIO.replace('do = "wait_held"', 'do = "stop_fleet"', 1)
    with pytest.raises(ScenarioError, match="in virtual time there is not the step stop_fleet"):
        parse_scenario(text, origin="tiny")


def test_steps_are_refused_as_in_real_time_and_cameras_change_hands(tmp_path: Path) -> None:
    text = scenario(
        "hands",
        "wait_ring_full",
        step("dock", cameras=["cam-01"]),
        step("expect", state="docked", cameras=["cam-01"]),
        step("press", cameras=["cam-01"], refused=True, says="dock"),
        on("undock", "cam-01"),
        on("unassign", "cam-02"),
        step("expect", state="standby", cameras=["cam-02"]),
        on("assign", "cam-02"),
        step("expect", state="online", within_s=30),
        "wait_ring_full",
        "press",
        wait(4),
        "stop",
        "wait_held",
        step("judge", incident=True, category="threat"),
        step("hold", recording=1, owner="Head 1"),
        step("expect", state="kept"),
        on("release", "cam-02"),
        step("release", cameras=["cam-02"], refused=True, says="no hold"),
        step("hold", cameras=["cam-02"], owner=" ", refused=True, says="who answers for it"),
        on("revoke", "cam-02"),
        step("assign", cameras=["cam-02"], refused=True),
        time="virtual",
        cameras=SMALL,
        fleet={"deletes": True},
        prerecord_reasons=["docked", "not assigned"],
        refusals=4,
    )
    report = ran(tmp_path / "keep", 1, text).report

    assert report.outcome is RunOutcome.HELD, [each for each in report.checks if not each.passed]


MONTH_S = 2_650_000
DAYS_OF_A_CERTIFICATE = 90


@pytest.mark.hunt
@pytest.mark.timeout(900)
def test_a_certificate_that_ends_in_a_dock_without_a_network_is_refused(tmp_path: Path) -> None:
    text = scenario(
        "certificate_ends",
        "press",
        wait(4),
        "stop",
        "wait_held",
        "dock",
        step("network", state="cut"),
        *[wait(MONTH_S)] * 3,
        step("network", state="good"),
        wait(600),
        step("expect", state="offline"),
        time="virtual",
        cameras=SMALL | {"count": 1},
        full_prerecord=False,
    )
    report = ran(tmp_path / "keep", 1, text).report

    assert [each.result for each in report.steps if each.result != "came about"] == []
    assert 3 * MONTH_S > DAYS_OF_A_CERTIFICATE * 86_400
    # The camera cannot even ask for the receipt of what it sent while it could.
    assert report.outcome is RunOutcome.NOT_EVALUATED
    assert "refused by the fleet" in str(report.error)
    assert "it has ended: enrol the camera again" in str(report.error)


def answers_to(camera: DrivenCamera, message: Command, monkeypatch: pytest.MonkeyPatch) -> list[Response]:
    """Publish a command as the fleet does, and return what the camera answers to it."""
    broker, responses = camera._fleet.broker, list[Response]()
    publish = broker.publish

    def listen(name: str, payload: bytes, *, retain: bool) -> None:
        if name == topic(message.camera, "up", "response"):
            responses.append(Response.model_validate_json(payload))
            return  # its fleet knows nothing of this command
        publish(name, payload, retain=retain)

    monkeypatch.setattr(broker, "publish", listen)
    publish(topic(message.camera, "down", "command"), message.model_dump_json().encode(), retain=False)
    assert camera._time.wait_for(lambda: bool(responses), 60), "no answer"
    monkeypatch.undo()
    return responses


# proves L4 and C11
def test_a_command_is_obeyed_once_and_its_camera_comes_back_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, str, int | None]] = []

    def command(left: Left) -> None:
        camera = cast("DrivenCamera", next(iter(left.context.group)))
        issued = round(camera._time.utc().timestamp()) * US_PER_S
        message = Command(
            id="c-1",
            camera=camera.place.camera,
            kind=CommandKind.CONSENT,
            issued_utc_us=issued,
            expires_utc_us=issued + 300 * US_PER_S,
            by="u-1",
            consent=ConsentCommand(said=SaidOfConsent.REFUSED),
        )
        for _ in range(2):
            state = camera.ask("status")["state"]
            heard.extend(
                (state, str(each.outcome), each.consent) for each in answers_to(camera, message, monkeypatch)
            )
            camera.power_off()
            camera.power_on()
            camera._time.wait_for(lambda: False, 30)

    found = ran(tmp_path / "keep", 4, between=command)

    assert heard == [("ready", "done", 1), ("private", "repeated", 1)]
    assert found.report.outcome is RunOutcome.HELD
