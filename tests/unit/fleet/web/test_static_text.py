"""Every sentence that stands in a template or a script of pages is judged: a label, or a claim with a test.

The register is ``static_text.toml``: for each file its labels (headings, names, what to do: nothing that
could be false of cameras, people or footage) and its claims. A claim is proved by a scene below, which says
it where it is true and not where it would be false, or by the test that the register names. A sentence in no
list fails, and so does one that the register has and no page says any more (F8).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fleet.core.actor import Role
from fleet.footage.recordings.models import RecordingState
from fleet.footage.timeline.arrived import NOT_ARRIVED
from fleet.footage.timeline.events import RecordingEvents, TimelineEvent, TimelineGap
from fleet.people.models import User
from fleet.people.permissions import Permission, may
from fleet.people.sign_in import FIRST_ROLES
from fleet.web import templating
from fleet.web.views.moments import full_moment
from fleet.web.views.recording.timeline import draw_timeline
from protocol.units import utc_us
from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services
from tests.support.pages.scene import ID, Scene
from tests.support.pages.template_text import is_said, script_sentences, template_sentences

pytestmark = pytest.mark.slow

WEB = Path(templating.__file__).parent
ROOT = Path(__file__).parents[4]
REGISTER = tomllib.loads((Path(__file__).parent / "static_text.toml").read_text())
SCENE = "scene"


def sentences() -> dict[str, list[str]]:
    """What each file says by itself."""
    environment = templating.Pages()._environment
    pages = sorted((WEB / "templates").rglob("*.html"))
    found = {
        str(page.relative_to(WEB / "templates")): template_sentences(page.read_text(), environment)
        for page in pages
    }
    scripts = sorted((WEB / "static").glob("*.js"))
    return found | {script.name: script_sentences(script.read_text()) for script in scripts}


def listed(file: str) -> set[str]:
    """What the register has of a file."""
    return {*REGISTER["labels"].get(file, ()), *REGISTER["claims"].get(file, {})}


def test_every_sentence_of_templates_and_scripts_is_judged() -> None:
    # proves F8
    names = set(REGISTER["names"])
    new = {
        file: [each for each in said if each not in listed(file) | names]
        for file, said in sentences().items()
    }
    assert {file: each for file, each in new.items() if each} == {}


def test_the_register_has_nothing_that_is_said_no_more() -> None:
    said = sentences()
    files = {*REGISTER["labels"], *REGISTER["claims"]}
    gone = {file: listed(file) - set(said.get(file, ())) for file in files}
    assert {file: each for file, each in gone.items() if each} == {}
    assert set(REGISTER["names"]) - {each for texts in said.values() for each in texts} == set()
    twice = {
        file: set(REGISTER["labels"].get(file, ())) & set(REGISTER["claims"].get(file, {})) for file in files
    }
    assert {file: each for file, each in twice.items() if each} == {}


def test_every_claim_has_its_test() -> None:
    # proves F8
    proofs = {
        (file, text): proof for file, claims in REGISTER["claims"].items() for text, proof in claims.items()
    }
    scenes = {each for each, proof in proofs.items() if proof == SCENE}
    assert scenes == set(SCENES)
    for proof in {each for each in proofs.values() if each != SCENE}:
        path, _, name = proof.partition("::")
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE), proof


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    clock = TestClock()
    with (
        fleet_services(tmp_path_factory.mktemp("fleet"), clock=clock) as services,
        dashboard_client(services, workers=False) as client,
    ):
        yield Scene(services, clock, client)


@pytest.fixture
def scene(whole: Scene) -> Scene:
    whole.clear()
    return whole


Setting = Callable[[Scene], Any]


@dataclass(frozen=True)
class World:
    """A state of things, and the page that somebody with these roles gets of it."""

    path: str
    settings: tuple[Setting, ...] = ()
    roles: tuple[Role, ...] = ()

    def page(self, scene: Scene) -> str:
        for each in self.settings:
            each(scene)
        return scene.page(self.path, *self.roles)


@dataclass(frozen=True)
class Case:
    """A state in which a claim is true, and the states in which it would be false."""

    true: World
    false: tuple[World, ...]


def world(path: str, *settings: Setting, roles: tuple[Role, ...] = ()) -> World:
    return World(path, settings, roles)


def away(scene: Scene) -> None:
    scene.camera(heard=False)


def never(scene: Scene) -> None:
    scene.camera(seen=False)


def camera(scene: Scene) -> None:
    scene.camera()


def revoked(scene: Scene) -> None:
    scene.camera(revoked=scene.clock(), heard=False)


def out(scene: Scene) -> None:
    scene.assign(scene.camera(), scene.officer())


def had(scene: Scene) -> None:
    scene.assign(scene.camera(), scene.officer(), ended=True)


def passed_on(times: int) -> Setting:
    def pass_on(scene: Scene) -> None:
        scene.camera()
        for number in range(times):
            scene.assign("cam-01", scene.officer(f"Officer {number}"), ended=True)

    return pass_on


def two(scene: Scene) -> None:
    """One that nobody should take, and one that is as good as new."""
    scene.camera(heard=False)
    scene.camera(2, status={"made": 0, "upload": {"recordings": 0}})


def officer(scene: Scene) -> None:
    scene.officer()


def retired(scene: Scene) -> None:
    scene.officer(retired=True)


def held(**row: Any) -> Setting:  # noqa: ANN401 - fields of a row
    return lambda scene: scene.held(**row)


def recording(**row: Any) -> Setting:  # noqa: ANN401 - fields of a row
    return lambda scene: scene.recording(**row)


def looked(times: int, name: str) -> Setting:
    def look(scene: Scene) -> None:
        scene.held(recording=name)
        scene.looked(name, times)

    return look


STOPPED = {
    "state": RecordingState.STOPPED,
    "stopped_by": "Safety desk",
    "stopped_at": datetime(2026, 11, 22, 11, tzinfo=UTC),
    "stopped_reason": "It burnt",
}
CAMERA, PAGE = "/cameras/cam-01", f"/recordings/{ID}"
TEAM = (Role.SAFETY_TEAM,)
ADDS = "An administrator adds them."
NO_CAMERAS = Case(world("/cameras"), (world("/cameras", camera),))
SOON = "When an officer presses the button, the recording shows here as soon as the service hears of it."
SCENES: dict[tuple[str, str], Case] = {
    # What camera.html says of one camera
    ("camera.html", "Now"): Case(world(CAMERA, camera), (world(CAMERA, away), world(CAMERA, never))),
    ("camera.html", "What is known"): Case(world(CAMERA, never), (world(CAMERA, camera),)),
    ("camera.html", "{} has it now."): Case(world(CAMERA, out), (world(CAMERA, camera), world(CAMERA, had))),
    ("camera.html", "Nobody yet, by the hand-out list."): Case(
        world(CAMERA, camera), (world(CAMERA, out), world(CAMERA, had))
    ),
    ("camera.html", "No recordings of it are known"): Case(
        world(CAMERA, camera), (world(CAMERA, camera, recording()),)
    ),
    ("camera.html", "It is out of service: what it still holds does not come here."): Case(
        world(CAMERA, revoked), (world(CAMERA, camera), world(CAMERA, revoked, recording()))
    ),
    ("camera.html", "What it records shows here as soon as the service hears of it."): Case(
        world(CAMERA, camera), (world(CAMERA, revoked),)
    ),
    ("camera.html", "These are the newest {}."): Case(
        world(CAMERA, passed_on(21)), (world(CAMERA, passed_on(20)),)
    ),
    ("camera.html", "There are more."): Case(world(CAMERA, passed_on(21)), (world(CAMERA, passed_on(20)),)),
    # Where there is none, for whoever may add one and whoever may not
    ("cameras.html", "No cameras in service"): Case(world("/cameras", revoked), NO_CAMERAS.false),
    ("cameras.html", "Make an enrolment code above and type it into a camera."): Case(
        world("/cameras"), (world("/cameras", roles=TEAM), world("/cameras", camera))
    ),
    ("cameras.html", "An administrator adds them here."): Case(
        world("/cameras", roles=TEAM), (world("/cameras"), world("/cameras", camera, roles=TEAM))
    ),
    ("today.html", "No cameras in service"): Case(world("/", revoked), (world("/", camera),)),
    ("today.html", "Add one: the page for it says each step."): Case(world("/"), (world("/", roles=TEAM),)),
    ("today.html", ADDS): Case(world("/", roles=TEAM), (world("/"), world("/", camera, roles=TEAM))),
    ("today.html", "No recordings here yet"): Case(world("/", camera), (world("/", camera, recording()),)),
    ("today.html", SOON): Case(world("/", camera), (world("/", camera, recording()),)),
    ("today.html", "Refused"): Case(
        world("/", camera, recording(state=RecordingState.FAILED)), (world("/", camera, held()),)
    ),
    ("today.html", "Contradicted"): Case(
        world("/", camera, held(chain=[{"weight": "disagreement", "sentence": "They overlap."}])),
        (world("/", camera, held(chain=[{"weight": "missing", "sentence": "One is away."}])),),
    ),
    ("today.html", "Ended by a person"): Case(
        world("/", camera, recording(**STOPPED)), (world("/", camera, held()),)
    ),
    # Hand-out
    ("hand_out.html", "Of those that are in, none is ready to go."): Case(
        world("/hand-out?camera=cam-01", away, officer), (world("/hand-out?camera=cam-01", two, officer),)
    ),
    ("hand_out.html", "Nobody in service is called that"): Case(
        world("/hand-out?camera=cam-01&q=9", camera, retired),
        (world("/hand-out?camera=cam-01&q=1", camera, officer),),
    ),
    ("hand_out.html", "No officers in service"): Case(
        world("/hand-out?camera=cam-01", camera, retired),
        (world("/hand-out?camera=cam-01", camera, officer),),
    ),
    ("hand_out.html", "All cameras in service are out"): Case(
        world("/hand-out", out), (world("/hand-out", camera), world("/hand-out"))
    ),
    ("hand_out.html", "No cameras in service"): Case(
        world("/hand-out", revoked), (world("/hand-out", camera), world("/hand-out", out))
    ),
    ("hand_out.html", ADDS): Case(world("/hand-out", roles=TEAM), (world("/hand-out"),)),
    ("hand_out.html", "A camera has to be added before it can be handed out."): Case(
        world("/hand-out"), (world("/hand-out", camera), world("/hand-out", roles=TEAM))
    ),
    # Officers
    ("officers.html", "Nobody is called that"): Case(
        world("/officers?q=9&retired=yes", officer),
        (world("/officers?q=1&retired=yes", retired), world("/officers?q=1", retired)),
    ),
    ("officers.html", "Nobody in service is called that"): Case(
        world("/officers?q=1", retired), (world("/officers?q=1", officer),)
    ),
    ("officers.html", "No officers yet"): Case(
        world("/officers?retired=yes"), (world("/officers", retired),)
    ),
    ("officers.html", "No officers in service"): Case(
        world("/officers", retired), (world("/officers", officer),)
    ),
    # The lists of recordings
    ("recordings.html", "Every recording that this service has heard of, newest first."): Case(
        world("/recordings", camera, recording()), (world("/recordings?state=held", camera, recording()),)
    ),
    ("recordings.html", "Those that fit what you chose, newest first."): Case(
        world("/recordings?state=held", camera, recording()), (world("/recordings", camera, recording()),)
    ),
    ("recordings.html", "Nothing matches"): Case(
        world("/recordings?state=held", camera, recording()),
        (world("/recordings"), world("/recordings", camera, held())),
    ),
    ("recordings.html", "No recording fits all of what you chose."): Case(
        world("/recordings?state=held", camera, recording()),
        (world("/recordings"), world("/recordings?state=held", camera, held())),
    ),
    ("recordings.html", "No recordings yet"): Case(
        world("/recordings"),
        (world("/recordings?state=held", camera, recording()), world("/recordings?skip=100", camera, held())),
    ),
    ("recordings.html", SOON): Case(world("/recordings"), (world("/recordings", camera, held()),)),
    ("parts/recordings.html", "not known yet"): Case(
        world("/recordings", camera, recording()), (world("/recordings", camera, recording(**STOPPED)),)
    ),
    ("parts/recordings.html", "not known"): Case(
        world("/recordings", camera, recording(**STOPPED)),
        (world("/recordings", camera, recording()), world("/recordings", camera, held())),
    ),
    # One recording
    ("recording.html", "Nothing to watch yet"): Case(
        world(PAGE, camera, recording()),
        (world(PAGE, camera, recording(**STOPPED)), world(PAGE, camera, held())),
    ),
    ("recording.html", "It can be watched as soon as some of it has arrived."): Case(
        world(PAGE, camera, recording()),
        (world(PAGE, camera, recording(**STOPPED)), world(PAGE, camera, held())),
    ),
    ("recording.html", "Nothing to watch"): Case(
        world(PAGE, camera, recording(**STOPPED)),
        (world(PAGE, camera, recording()), world(PAGE, camera, held())),
    ),
    ("recording.html", "There is no picture and no sound in it."): Case(
        world(PAGE, camera, held(duration_s=0.0)),
        (world(PAGE, camera, held()), world(PAGE, camera, recording(**STOPPED))),
    ),
    ("recording.html", "Nothing of it is here."): Case(
        world(PAGE, camera, recording(**STOPPED)),
        (
            world(PAGE, camera, recording()),
            world(PAGE, camera, recording(**STOPPED, received_bytes=9)),
            world(PAGE, camera, held(duration_s=0.0)),
        ),
    ),
    ("recording.html", "The verifier's whole report, for an expert (JSON"): Case(
        world(PAGE, camera, held()),
        (world(PAGE, camera, held(report=None)), world(PAGE, camera, recording())),
    ),
    ("recording.html", "Footage from"): Case(
        world(PAGE, camera, held()),
        (world(PAGE, camera, recording()), world(PAGE, camera, recording(**STOPPED))),
    ),
    ("recording.html", "Recorded from"): Case(
        world(PAGE, camera, recording(received_bytes=9)),
        (world(PAGE, camera, held()), world(PAGE, camera, recording())),
    ),
    ("recording.html", "Begins"): Case(world(PAGE, camera, recording()), (world(PAGE, camera, held()),)),
    ("recording.html", "Nobody yet."): Case(
        world(PAGE, camera, held()), (world(f"/recordings/{'a1' * 16}", camera, looked(1, "a1" * 16)),)
    ),
    ("recording.html", "These are the newest {}."): Case(
        world(f"/recordings/{'a2' * 16}", camera, looked(101, "a2" * 16)),
        (world(PAGE, camera, held()), world(f"/recordings/{'a3' * 16}", camera, looked(100, "a3" * 16))),
    ),
    ("recording.html", "The audit log has all of them."): Case(
        world(f"/recordings/{'a4' * 16}", camera, looked(101, "a4" * 16)), (world(PAGE, camera, held()),)
    ),
}


@pytest.mark.parametrize("claim", list(SCENES), ids=": ".join)
def test_a_claim_is_said_where_it_is_true_and_not_where_it_would_be_false(
    scene: Scene, claim: tuple[str, str]
) -> None:
    # proves F8
    case = SCENES[claim]
    assert is_said(claim[1], case.true.page(scene))
    for each in case.false:
        scene.clear()
        assert not is_said(claim[1], each.page(scene)), each


def test_the_foot_names_the_zone_with_the_time_at_which_that_is_so(scene: Scene) -> None:
    # proves F8: a page that is open when the clocks change has not said what it is now
    assert "Times are London time, GMT at 12:00:00" in scene.page("/cameras")
    scene.clock.now = datetime(2027, 6, 22, 12, 0, tzinfo=UTC)
    assert "Times are London time, BST at 13:00:00" in scene.page("/cameras")


def test_the_figures_of_the_day_say_what_is_so(scene: Scene) -> None:
    # proves F8
    scene.camera()
    for number, state in enumerate(RecordingState):
        name = f"{number:02x}" * 16
        scene.recording(number=number + 1, recording=name, state=state, opening="opened")
    scene.recording(number=90, recording="fe" * 16, state=RecordingState.HELD, opening=None)
    odd = [{"weight": "disagreement", "sentence": "They overlap."}]
    scene.held(number=91, recording="fd" * 16, chain=odd)
    scene.held(number=92, recording="fc" * 16, chain=odd, opening=None)
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", scene.page("/")))
    assert "Known of today 9 Safe here 1 Not safe yet 4 Ended by a person 1 Contradicted 2 Refused 1" in said


def test_what_is_printed_is_as_new_as_it_says(scene: Scene) -> None:
    # proves F8: by whom and as of when; whatever a page fetches brings that along
    scene.camera()
    scene.held()
    officer_id = scene.officer()
    paths = (
        "/",
        "/hand-out",
        "/recordings",
        "/cameras",
        CAMERA,
        "/officers",
        f"/officers/{officer_id}",
        PAGE,
    )
    for path in paths:
        foot = re.search(r'<p class="print-only" id="printed">(.*?)</p>', scene.page(path))
        assert foot is not None, path
        said = re.sub("<[^>]*>", "", foot[1])
        assert said.endswith(f"Printed by all; as of {full_moment(scene.clock()).text}."), path
        assert (f"Recording 7 of cam-01, ID {ID}." in said) == (path == PAGE)
    assert '["#printed:morph", ' in (WEB / "static" / "live.js").read_text()


def test_who_is_first_can_do_what_the_set_up_page_says(scene: Scene) -> None:
    # proves F8
    for each in (Permission.ENROL, Permission.HAND_OUT, Permission.PLAY):
        assert may(FIRST_ROLES, each)
    said = "Nobody can sign in yet: open the one-time set-up link that the fleet printed when it started."
    assert is_said(said, scene.client.get("/sign-in").text)
    with scene.services.sessions.begin() as session:
        session.add(User(id="u1", name="Safety desk", password="x", roles=FIRST_ROLES, created=scene.clock()))
    assert not is_said(said, scene.client.get("/sign-in").text)


EVENTS = RecordingEvents(
    first_utc_us=utc_us(datetime(2026, 11, 22, tzinfo=UTC)), press_s=30.0, duration_s=100.0
)
MARKED = replace(EVENTS, events=(TimelineEvent("bookmark", 40.0, EVENTS.first_utc_us, {}),))
AWAY = replace(EVENTS, gaps=(TimelineGap("video", 0.0, 20.0, NOT_ARRIVED),))
HOLED = replace(EVENTS, gaps=(TimelineGap("audio", 50.0, 2.0, "muted"),))
LINES: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "Before the press": ({"events": EVENTS}, {"events": replace(EVENTS, press_s=0.0)}),
    "Bookmark": ({"events": MARKED}, {"events": EVENTS}),
    "Gap": ({"events": HOLED}, {"events": EVENTS}),
    "Not arrived when opened": ({"events": AWAY}, {"events": HOLED}),
    "Not here yet": (
        {"events": EVENTS, "told_s": 200.0, "final": False},
        {"events": EVENTS, "told_s": 200.0, "final": False, "ended": True},
    ),
    "Not here": (
        {"events": EVENTS, "told_s": 200.0, "final": False, "ended": True},
        {"events": replace(EVENTS, press_s=150.0)},
    ),
    "No footage": (
        {"events": replace(EVENTS, press_s=150.0)},
        {"events": EVENTS, "told_s": 200.0, "final": False},
    ),
    "After the press": ({"events": EVENTS}, {"events": replace(EVENTS, duration_s=0.0)}),
    "Press": ({"events": EVENTS}, {"events": EVENTS, "is_pressed": False}),
    "Jump to the press": ({"events": EVENTS}, {"events": EVENTS, "is_pressed": False}),
    "Before it was begun": ({"events": EVENTS, "is_pressed": False}, {"events": EVENTS}),
    "From there on": ({"events": EVENTS, "is_pressed": False}, {"events": EVENTS}),
    "Footage": (
        {"events": replace(EVENTS, press_s=0.0), "is_pressed": False},
        {"events": replace(EVENTS, press_s=0.0)},
    ),
}


def viewing(*, more: bool = False) -> SimpleNamespace:
    """A viewing as the player's part of a page sees it."""
    opened = SimpleNamespace(starts_s=0.0, arrived=SimpleNamespace(more=more))
    return SimpleNamespace(id="v", purpose="The insurer asked", player=opened)


def head(refused: str = "", *, is_untrusted: bool = False) -> SimpleNamespace:
    """What a page says of its recording, as far as the player's part has it."""
    start = SimpleNamespace(iso="2026-11-22T00:00:00Z")
    row = SimpleNamespace(is_untrusted=is_untrusted)
    return SimpleNamespace(by_clock="", refused=refused, row=row, start=start)


def player(line: Mapping[str, Any] | None = None, /, **more: Any) -> str:  # noqa: ANN401 - what a template takes
    """The player's part of a page."""
    known = {
        "line": draw_timeline(**line) if line else None,
        "viewing": viewing(),
        "head": head(),
        "actor": SimpleNamespace(name="Safety desk"),
        "begin": None,
        "may_export": False,
        "exportable": False,
        "here": PAGE,
        "query": "",
        "shown_at": SimpleNamespace(iso="2026-11-22T00:00:00Z"),
    }
    environment = templating.Pages()._environment
    whole = '{% from "parts/macros.html" import live with context %}{% include "parts/player.html" %}'
    return environment.from_string(whole).render(**{**known, **more})


@pytest.mark.parametrize("word", LINES)
def test_the_player_says_only_what_is_so(word: str) -> None:
    # proves F8: the legend has what the line has
    true, false = LINES[word]
    assert is_said(word, player(true))
    assert not is_said(word, player(false))


def test_the_player_offers_a_download_to_who_may_and_says_why_this_one_is_watched() -> None:
    # proves F8
    offer = "You can also download the footage."
    assert is_said(offer, player(may_export=True, exportable=True))
    assert not is_said(offer, player(may_export=True))
    assert not is_said(offer, player(exportable=True))
    assert is_said("You said why: The insurer asked.", player())


def test_the_picture_says_that_its_recording_was_refused() -> None:
    # proves F8: for as long as it plays, also in full screen
    states = {"Did not verify": head("Altered.", is_untrusted=True), "Refused": head("It does not open.")}
    for word, refused in states.items():
        assert is_said(word, player(head=refused))
        others = [head(), *(each for each in states.values() if each is not refused)]
        assert not any(is_said(word, player(head=each)) for each in others)
    assert player().index('id="refused-mark"') < player().index('class="line"')  # within the screen


def test_the_player_says_when_more_has_arrived_than_it_shows() -> None:
    # proves F8: what arrives before the end of what somebody watches is seen by opening it again
    for said in ("More of it has arrived since you opened it.", "Open it again to see that too."):
        assert is_said(said, player(viewing=viewing(more=True)))
        assert not is_said(said, player())
