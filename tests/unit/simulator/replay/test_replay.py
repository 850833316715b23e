"""Whatever ledgers tell becomes a scenario in which nothing is wrong, and what they do not tell is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from protocol.footage.consent import NONE_BEFORE, ConsentEvent, ConsentSaid, SaidOfConsent
from protocol.footage.format.model import ClockLabel, GapCause
from protocol.footage.ledger.ledger import Close, EventKind, Ledger, LedgerEvent, Missing, Open
from protocol.units import NS_PER_S
from simulator.cli import app
from simulator.errors import ScenarioError
from simulator.replay.axis import run_places
from simulator.replay.composing import ReplayPlan, replayed
from simulator.replay.found import FoundCamera, FoundRecording
from simulator.scenario.language.read import read_scenario
from simulator.scenario.model import Scenario

MONDAY_US = 1_767_600_000_000_000
REASONS = ["stopped", "private", "docked", "shut down", "rolled over", "locked", "something new"]


def label(at_ns: int, *, synchronised: bool = True, ahead_s: int = 0) -> ClockLabel:
    return ClockLabel(MONDAY_US + at_ns // 1000 + ahead_s * 1_000_000, synchronised=synchronised)


def recording(
    number: int,
    press_s: float = 100,
    *,
    run: int = 0,
    lasted_s: float | None = 20,
    reason: str = "stopped",
    trigger: str = "button",
    marks: tuple[str, ...] = (),
    assignment: str | None = "one",
    missing: tuple[Missing, ...] = (),
    events: tuple[LedgerEvent, ...] = (),
    synchronised: bool = True,
    ahead_s: int = 0,
) -> FoundRecording:
    """A recording as a camera would tell of it; without an end where it lasted for nobody knows how long."""
    press_ns = round(press_s * NS_PER_S)
    at = label(press_ns, synchronised=synchronised, ahead_s=ahead_s)
    opened = Open(
        bytes([number]) * 16, number, None, "cam-07", bytes([run]) * 16, assignment, trigger, marks,
        30 * NS_PER_S, 1, 0, 0, missing, press_ns, at, (), (),
    )  # fmt: skip
    end_ns = press_ns + round((lasted_s or 0) * NS_PER_S)
    close = None if lasted_s is None else Close(reason, end_ns, label(end_ns), 1, 1, 1, 1)
    first = LedgerEvent(EventKind.PRESS, press_ns, at, {"trigger": trigger})
    return FoundRecording(Ledger(opened, (), (first, *events), close, ()), None)


def event(kind: EventKind, at_s: float, detail: dict[str, str | int] | None = None) -> LedgerEvent:
    at_ns = round(at_s * NS_PER_S)
    return LedgerEvent(kind, at_ns, label(at_ns), detail or {})


def made(*recordings: FoundRecording, plan: ReplayPlan | None = None) -> tuple[Scenario, str]:
    camera = FoundCamera("cam-01", "state", recordings)
    text = replayed([camera], plan or ReplayPlan("a folder"))
    found = read_scenario(text)
    assert [each.words("replay") for each in found.problems] == []
    assert found.scenario is not None
    return found.scenario, " ".join(text.replace("\n# ", " ").split())


def done(scenario: Scenario) -> list[str]:
    """The words of the steps that have a time, with their state."""
    return [
        " ".join(filter(None, (each.do, str(getattr(each, "state", "") or ""))))
        for each in scenario.steps
        if each.at_s is not None
    ]


def test_a_day_is_told_with_its_times() -> None:
    bookmark = event(EventKind.BOOKMARK, 104)
    scenario, text = made(recording(1, 100, events=(bookmark,)), recording(2, 200, reason="docked"))

    steps = [(each.do, each.at_s) for each in scenario.steps]
    assert steps[:6] == [
        ("press", 2.0), ("bookmark", 6.0), ("stop", 22.0), ("press", 102.0), ("dock", 122.0),
        ("wait_held", None),
    ]  # fmt: skip
    assert scenario.run.time == "virtual"
    assert scenario.cameras.window_s == 30
    assert "Recording 1, no receipt of the fleet beside it" in text
    assert "Not known: presses that were refused, the network" in text


def test_a_recording_without_an_end_is_a_power_cut_or_a_card_that_failed() -> None:
    power, text = made(recording(1, lasted_s=None), recording(2, 900, run=1))
    card, _ = made(recording(1, lasted_s=None), recording(2, 900))

    assert done(power) == ["press", "kill_camera", "restart_camera", "press", "stop"]
    assert "Nothing shows where the recording ended." in text
    assert done(card) == ["press", "card failing", "card good", "press", "stop"]


def test_what_happened_between_two_recordings_is_said_to_be_unknown() -> None:
    scenario, text = made(recording(1), recording(2, 900, assignment="another"))

    assert done(scenario) == ["press", "stop", "unassign", "assign", "press", "stop"]
    assert "When, after recording 1, is not known." in text


def test_private_overrides_and_the_dock_are_told() -> None:
    override = recording(2, 300, marks=("safety override",))
    after = recording(3, 600, missing=(Missing(NS_PER_S, GapCause.DOCKED),))
    scenario, _ = made(recording(1, reason="private"), override, after)

    assert done(scenario) == [
        "press", "private on", "press", "stop", "dock", "undock", "press", "stop",
    ]  # fmt: skip


# proves C11
def test_private_outlasts_a_camera_s_power() -> None:
    override, _ = made(recording(1, reason="private"), recording(2, 900, run=1, marks=("safety override",)))
    left, _ = made(recording(1, reason="private"), recording(2, 900, run=1))

    assert done(override) == ["press", "private on", "kill_camera", "restart_camera", "press", "stop"]
    assert done(left) == [
        "press", "private on", "kill_camera", "restart_camera", "private off", "press", "stop",
    ]  # fmt: skip


def test_a_press_that_the_card_refused_is_one_that_may_be_refused() -> None:
    told = event(EventKind.FAULT, 300, {"unconfirmed": 2, "what": "The card did not confirm recording 2."})
    scenario, text = made(recording(1), recording(3, 300, events=(told,)))

    assert done(scenario) == [
        "press", "stop", "card failing", "press", "card good", "press", "stop",
    ]  # fmt: skip
    assert "The card never confirmed recording 2" in text


def test_what_the_lens_lacked_needs_real_time() -> None:
    dark = event(
        EventKind.FAULT, 105,
        {"track": "video", "condition": "black", "start_ns": 105 * NS_PER_S, "end_ns": 107 * NS_PER_S},
    )  # fmt: skip
    virtual, text = made(recording(1, events=(dark,)))
    real, _ = made(recording(1, events=(dark,)), plan=ReplayPlan("a folder", virtual=False))

    assert done(virtual) == ["press", "stop"]
    assert "Left out at 7.00 s: cover of cam-01, since virtual time has no such step" in text
    assert done(real) == ["press", "cover", "uncover", "stop"]


def test_a_clock_that_cannot_be_believed_is_a_guess_and_runs_stay_in_order() -> None:
    later = recording(2, 50, run=1, synchronised=False, ahead_s=-900_000)
    scenario, text = made(recording(1), later)

    assert done(scenario) == ["press", "stop", "kill_camera", "restart_camera", "press", "stop"]
    assert "By how much is a guess" in text


def test_idle_time_is_shortened_on_request_and_longer_than_a_month_needs_it() -> None:
    days = (recording(1, 0), recording(2, 40 * 86_400))
    with pytest.raises(ScenarioError, match=r"took 40 days.*--idle"):
        made(*days)
    scenario, text = made(*days, plan=ReplayPlan("a folder", idle_s=300))

    assert max(each.at_s or 0 for each in scenario.steps) < 700
    assert "300 s are left" in text


def test_what_a_ledger_says_becomes_no_toml() -> None:
    said = event(EventKind.FAULT, 105, {"what": 'all is "well"\n[[steps]]\ndo = "smash"\x00'})
    scenario, _ = made(recording(1, events=(said,), reason='x"\n[[steps]]'))

    assert done(scenario) == ["press", "stop"]


def words(scenario: Scenario) -> list[str]:
    """The words of the steps that have a time, with what was said at the door."""
    return [
        " ".join(filter(None, (each.do, getattr(each, "kind", None), getattr(each, "why", None))))
        for each in scenario.steps
        if each.at_s is not None
    ]


def test_what_was_said_in_a_recording_is_said_again_and_ends_it_where_it_did() -> None:
    given = event(EventKind.CONSENT_GIVEN, 103, {"consent": "given", "wording": "en 2"})
    nobody = event(EventKind.BOOKMARK, 105, {"consent": "not asked", "why": "danger"})
    gone = event(EventKind.CONSENT_REFUSED, 119.9, {"consent": "withdrawn"})
    scenario, _ = made(recording(1, 100, reason="private", events=(given, nobody, gone)))

    assert words(scenario) == ["press", "consent given", "consent not asked danger", "consent withdrawn"]
    [said] = [each for each in scenario.steps if getattr(each, "kind", "") == "given"]
    assert getattr(said, "wording", None) == "en 2"


def test_a_recording_that_began_with_a_word_begins_with_it_again() -> None:
    first = event(EventKind.CONSENT_OVERRIDDEN, 100.1, {"consent": "overridden"})
    again = event(EventKind.CONSENT_OVERRIDDEN, 110, {"consent": "overridden"})
    override = recording(
        1, 100, trigger="consent overridden", marks=("safety override",), events=(first, again)
    )
    asked = recording(2, 300, trigger="asked for")
    scenario, _ = made(override, asked)

    assert words(scenario)[:5] == [
        "private", "consent overridden", "consent overridden", "stop", "private",
    ]  # fmt: skip
    assert words(scenario)[5:] == ["press", "stop"]  # its ledger does not have the word


def test_a_word_that_no_step_says_is_a_remark_and_an_old_kind_is_a_word() -> None:
    strange = event(EventKind.BOOKMARK, 104, {"consent": "not asked", "why": "they were\n[[steps]]"})
    old = event(EventKind.CONSENT_GIVEN, 106)
    scenario, text = made(recording(1, 100, events=(strange, old)))

    assert words(scenario) == ["press", "consent given", "stop"]
    assert "It was said: not asked they were" in text


def test_what_was_said_with_nothing_recorded_is_said_again() -> None:
    run = bytes([0]) * 16
    refused = consent_event(1, run, at_ns=60 * NS_PER_S)
    during = replace(consent_event(2, run, at_ns=110 * NS_PER_S), recording=bytes([1]) * 16)
    camera = FoundCamera("cam-01", "state", (recording(1, 100),), consents=(refused, during))
    found = read_scenario(replayed([camera], ReplayPlan("a folder")))

    assert not found.problems
    assert found.scenario is not None
    # It was not marked as an override, so private was off again by then.
    assert words(found.scenario) == ["consent refused", "private", "press", "stop"]


def test_a_word_after_a_recording_is_said_before_the_camera_loses_its_power() -> None:
    late = consent_event(1, bytes([0]) * 16, at_ns=700 * NS_PER_S)
    early = replace(consent_event(2, bytes([1]) * 16, at_ns=50 * NS_PER_S), label=label(1000 * NS_PER_S))
    later = recording(2, 100, run=1, ahead_s=950)
    camera = FoundCamera("cam-01", "state", (recording(1, 100), later), consents=(late, early))
    found = read_scenario(replayed([camera], ReplayPlan("a folder")))

    assert found.scenario is not None
    assert words(found.scenario) == [
        "press", "stop", "consent refused", "kill_camera", "restart_camera", "consent refused", "private",
        "press", "stop",
    ]  # fmt: skip


@pytest.mark.parametrize("at_s", [-500, 500, 5_000])
def test_a_run_in_which_nothing_was_recorded_is_a_run_of_its_own(at_s: int) -> None:
    silent = replace(consent_event(5, bytes([9]) * 16, at_ns=7 * NS_PER_S), label=label(at_s * NS_PER_S))
    recordings = (recording(1, 100), recording(2, 50, run=1, ahead_s=2_000))
    camera = FoundCamera("cam-01", "state", recordings, consents=(silent,))
    text = replayed([camera], ReplayPlan("a folder"))
    found = read_scenario(text)

    assert found.scenario is not None
    assert "Left out" not in text
    said, both = ["consent refused", "kill_camera", "restart_camera"], ["kill_camera", "restart_camera"]
    recorded, again = ["press", "stop"], ["private", "press", "stop"]
    assert (
        words(found.scenario)
        == {
            -500: [*said, *again, *both, *recorded],
            500: [*recorded, "kill_camera", "restart_camera", *said, *again],
            5_000: [*recorded, *both, *recorded, *both, "consent refused", "kill_camera"],
        }[at_s]
    )


def test_a_camera_that_recorded_nothing_tells_what_was_said_to_it() -> None:
    words_ = [
        replace(consent_event(number, bytes([number]) * 16, at_ns=0), label=label(at_s * NS_PER_S))
        for number, at_s in ((1, 100), (2, 900))
    ]
    camera = FoundCamera("cam-01", "state", (), consents=tuple(words_))
    found = read_scenario(replayed([camera], ReplayPlan("a folder")))

    assert camera.called == "cam-07"
    assert found.scenario is not None
    assert words(found.scenario) == [
        "consent refused", "kill_camera", "restart_camera", "consent refused", "kill_camera",
    ]  # fmt: skip


# proves F8
def test_a_word_of_a_run_whose_clock_knew_nothing_is_said_to_have_no_time() -> None:
    unset = replace(consent_event(1, bytes([9]) * 16, at_ns=0), label=label(500, synchronised=False))
    assert bytes([9]) * 16 not in run_places((recording(1),), (unset,))
    before = consent_event(4, bytes([0]) * 16, at_ns=130 * NS_PER_S)
    after = replace(consent_event(5, bytes([9]) * 16, at_ns=0), label=label(125 * NS_PER_S))
    assert bytes([9]) * 16 not in run_places((recording(1),), (before, after))


def test_what_came_from_the_fleet_says_so() -> None:
    asked = replace(consent_event(1, bytes([0]) * 16, at_ns=300 * NS_PER_S), way="command 0123")
    camera = FoundCamera("cam-01", "state", (recording(1, 100),), consents=(asked,))
    text = replayed([camera], ReplayPlan("a folder"))

    assert "The fleet asked for it, as an officer's phone has it do" in " ".join(
        text.replace("\n# ", " ").split()
    )


def consent_event(number: int, run: bytes, at_ns: int) -> ConsentEvent:
    """A refusal, of a run, with nothing recorded."""
    said = ConsentSaid(SaidOfConsent.REFUSED)
    return ConsentEvent("cam-07", number, NONE_BEFORE, run, at_ns, label(at_ns), said, "control", None, "one")


EVENTS = st.builds(
    event,
    st.sampled_from(EventKind),
    st.floats(0, 3_000),
    st.dictionaries(
        st.sampled_from(
            [
                "what",
                "condition",
                "track",
                "start_ns",
                "end_ns",
                "step_us",
                "unconfirmed",
                "open",
                "consent",
                "why",
            ]
        ),
        st.one_of(
            st.integers(-5, 10**13),
            st.sampled_from(
                ["black", "silent", "video", "x", "\n[[steps]]", "refused", "not asked", "danger"]
            ),
        ),
    ),
)
RECORDINGS = st.builds(
    recording,
    st.just(1),
    st.floats(0, 3_000),
    run=st.integers(0, 3),
    lasted_s=st.none() | st.floats(0, 500),
    reason=st.sampled_from(REASONS),
    trigger=st.sampled_from(["button", "control", "roll over", "consent overridden", "asked for"]),
    marks=st.sampled_from([(), ("unassigned",), ("safety override",), ("unassigned", "safety override")]),
    assignment=st.sampled_from([None, "one", "two"]),
    missing=st.lists(st.builds(Missing, st.just(NS_PER_S), st.sampled_from(GapCause)), max_size=2).map(tuple),
    events=st.lists(EVENTS, max_size=4).map(tuple),
    synchronised=st.booleans(),
    ahead_s=st.integers(-(10**6), 10**6),
)


WORDS = st.builds(
    lambda number, run, at_s, said_s, kind: replace(
        consent_event(number, bytes([run]) * 16, at_ns=round(at_s * NS_PER_S)),
        said=ConsentSaid(kind),
        label=label(round(said_s * NS_PER_S)),
    ),
    st.integers(1, 9),
    st.integers(0, 5),
    st.floats(0, 3_000),
    st.floats(0, 9_000),
    st.sampled_from(SaidOfConsent),
)


def numbered(found: list[FoundRecording]) -> tuple[FoundRecording, ...]:
    """Number them, and put their runs one after the other."""
    ordered = sorted(found, key=lambda each: (each.run, each.ledger.open.press_ns))
    return tuple(
        replace(each, ledger=replace(each.ledger, open=replace(each.ledger.open, number=number)))
        for number, each in enumerate(ordered, 1)
    )


@given(
    st.lists(st.lists(RECORDINGS, min_size=1, max_size=4), min_size=1, max_size=2),
    st.lists(WORDS, max_size=4).map(tuple),
    st.booleans(),
)
def test_whatever_ledgers_tell_is_a_scenario_in_which_nothing_is_wrong(
    told: list[list[FoundRecording]], words: tuple[ConsentEvent, ...], virtual: bool
) -> None:
    cameras = [
        FoundCamera(f"cam-{position:02d}", "state", numbered(each), consents=words)
        for position, each in enumerate(told, 1)
    ]
    text = replayed(cameras, ReplayPlan("a folder", virtual, idle_s=60))

    found = read_scenario(text)
    assert [each.words("replay") for each in found.problems] == []


@pytest.mark.parametrize(
    ("folder", "says"),
    [
        ("nothing", "neither a kept run nor a camera's state folder"),
        ("empty", "No recording in"),
        ("broken", "00000001 cannot be read"),
    ],
)
def test_a_folder_that_tells_nothing_is_refused_in_one_sentence(
    tmp_path: Path, folder: str, says: str
) -> None:
    (tmp_path / "nothing").mkdir()
    (tmp_path / "empty" / "recordings").mkdir(parents=True)
    bad = tmp_path / "broken" / "recordings" / "00000001"
    bad.mkdir(parents=True)
    (bad / "ledger.cbor").write_bytes(b"\xff not a ledger")
    came = CliRunner().invoke(app, ["replay", str(tmp_path / folder)])

    assert came.exit_code == 2
    assert says in came.stderr
    assert len(came.stderr.splitlines()) == 1
