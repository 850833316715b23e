"""Each word that was kept is accounted for: where it is, what it says, its number, and the ledger's word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from protocol.footage.consent import ConsentSaid, SaidOfConsent
from simulator.oracle.check import Check, Result
from simulator.oracle.door.entries import AT_FLEET, NO_ANSWER
from simulator.oracle.door.follows import followed, may_follow
from simulator.oracle.door.said import IN_LEDGER, IN_ORDER, KEPT
from simulator.oracle.facts.consents import ConsentPlace, FoundConsent, FoundConsents, FoundEntry
from simulator.oracle.history import History, Operation, OperationAnswer, OperationKind
from simulator.oracle.judge import broken, judge, not_evaluated, passed
from simulator.oracle.world import World
from tests.support.oracle import Planned, Staged

STAGED = Staged((Planned(),))
GIVEN, REFUSED = ConsentSaid(SaidOfConsent.GIVEN, wording="en 2"), ConsentSaid(SaidOfConsent.REFUSED)
WORDS = {1: GIVEN, 2: REFUSED, 3: ConsentSaid(SaidOfConsent.NOT_ASKED, "danger")}
PROMISES = (KEPT, IN_ORDER, IN_LEDGER, AT_FLEET)


def word(number: int | None, said: ConsentSaid | None = None, **answer: object) -> Operation:
    """A word that was answered as kept under a number; one without a number was refused."""
    at_s = 300.0 + 10 * (number or 9)
    told = OperationAnswer(ok=number is not None, state="ready", consent=number)
    said = said or WORDS.get(number or 1)
    return Operation(
        OperationKind.CONSENT,
        "cam-01",
        "cam-01",
        at_s,
        at_s + 0.01,
        replace(told, **answer),  # type: ignore[arg-type]  # fields of an answer
        said=said,
    )


def event(number: int, where: ConsentPlace = ConsentPlace.CAMERA, **more: object) -> FoundConsent:
    """An event that is as it was given."""
    found = FoundConsent(
        "cam-01", where, f"{number:08d}.cbor", "", number, WORDS[number], None, f"digest of {number}"
    )
    return replace(found, **more)  # type: ignore[arg-type]  # fields of what was found


ALL = tuple(word(number) for number in WORDS)
ON_CARD = tuple(event(number) for number in WORDS)


def checks(
    words: tuple[Operation, ...] = ALL,
    events: tuple[FoundConsent, ...] = ON_CARD,
    *,
    world: World | None = None,
    **more: object,
) -> list[Check]:
    """What the words of a run come to, with the events that are there."""
    consents = FoundConsents(events, **more)  # type: ignore[arg-type]  # fields of what was found
    whole = replace(world or STAGED.world(), consents=consents)
    history = History((*STAGED.history().operations, *words))
    return [each for each in judge(STAGED.case(whole, history)) if each.promise in PROMISES]


def test_without_a_word_nothing_is_said_of_any() -> None:
    assert checks((), ()) == []


def test_all_that_was_kept_is_there() -> None:
    found = checks()
    assert {each.result for each in found} == {Result.HELD}
    assert passed(found)


def test_what_the_fleet_has_and_the_camera_let_go_is_kept() -> None:
    held = tuple(event(number, ConsentPlace.FLEET, file=f"cam-01-{number:08d}-aa.cbor") for number in WORDS)
    assert broken(checks(events=(*held, event(3)))) == ()
    assert any("gone from it" in each.sentence for each in broken(checks(events=held)))


@pytest.mark.parametrize("number", WORDS)
def test_a_word_that_is_nowhere_is_lost(number: int) -> None:
    left = tuple(each for each in ON_CARD if each.number != number)
    said = [each.sentence for each in broken(checks(events=left))]
    assert any("neither on its camera nor at the fleet: it is lost" in each for each in said)


@pytest.mark.parametrize(
    "other",
    [
        {"said": GIVEN},
        {"said": ConsentSaid(SaidOfConsent.NOT_ASKED, "nobody there")},
        {"said": replace(WORDS[3], wording="cy 1")},
    ],
)
def test_another_word_in_its_place_is_another(other: dict[str, Any]) -> None:
    found = broken(checks(events=(*ON_CARD[:2], event(3, **other))))
    assert [each.name for each in found] == ["as said"]


def test_a_word_of_another_recording_is_another() -> None:
    words = (*ALL[:2], word(3, recording=Planned().id))
    assert broken(checks(words, (*ON_CARD[:2], event(3, recording="ff" * 16))))
    assert broken(checks(words, (*ON_CARD[:2], event(3, recording=Planned().id)))) == ()


def test_what_cannot_be_looked_at_is_not_evaluated_and_passes_nothing() -> None:
    for more in ({"trouble": "the fleet is away"}, {"unread": frozenset({"cam-01"})}):
        found = checks(events=(), **more)
        assert not_evaluated(found)
        assert not passed(found)


def test_a_destroyed_camera_s_words_are_asked_of_nobody() -> None:
    world = replace(STAGED.world(), destroyed=frozenset({"cam-01"}))
    found = [each for each in checks(events=(), world=world) if each.promise == KEPT]
    assert {(each.result, each.asked) for each in found} == {(Result.NOT_EVALUATED, False)}


def test_what_nobody_signed_is_broken_wherever_it_lies() -> None:
    for where in ConsentPlace:
        odd = event(3, where, problem="the signature does not fit", file="x.cbor")
        assert broken(checks(events=(*ON_CARD, odd)))


def test_a_file_by_another_s_name_is_broken() -> None:
    swapped = (event(1, file="00000002.cbor"), event(2, file="00000001.cbor"), event(3))
    assert [each.name for each in broken(checks(events=swapped))] == ["signed", "signed"]


def test_an_event_that_nobody_gave_is_broken_unless_a_word_went_unanswered() -> None:
    words, known = ALL[:2], ON_CARD
    assert any("nobody gave such a word" in each.sentence for each in broken(checks(words, known)))
    silent = replace(word(None), answer=None, answered_s=None, error="it ended by itself")
    assert broken(checks((*words, silent), known)) == ()
    unsure = word(None, sentence="What was said is not kept: the card failed.")
    assert broken(checks((*words, unsure), known)) == ()
    refused = word(None, sentence="The camera is in its dock.")
    assert broken(checks((*words, refused), known))


def test_a_break_of_the_count_is_broken_and_after_a_failed_card_not_evaluated() -> None:
    breaks = {"cam-01": ("Consent event 3 of cam-01 is here twice, as two different ones.",)}
    [found] = [each for each in broken(checks(breaks=breaks)) if each.name == "count"]
    assert found.sentence == "consent event 3 of cam-01 is here twice, as two different ones"
    unsure = word(None, sentence="What was said is not kept: the card failed.")
    found = next(each for each in checks((*ALL, unsure), breaks=breaks) if each.name == "count")
    assert (found.result, found.asked) == (Result.NOT_EVALUATED, False)


def test_numbers_rise_as_the_words_were_given() -> None:
    words = (
        ALL[0],
        replace(ALL[2], asked_s=311, answered_s=312),
        replace(ALL[1], asked_s=320, answered_s=321),
    )
    assert any(each.name == "in order" for each in broken(checks(words)))
    together = (
        ALL[0],
        replace(ALL[2], asked_s=320, answered_s=322),
        replace(ALL[1], asked_s=321, answered_s=323),
    )
    assert broken(checks(together)) == ()


def test_in_the_ledger_of_the_recording_under_way_the_word_stands_too() -> None:
    words = (*ALL[:2], word(3, recording=Planned().id))
    events = (*ON_CARD[:2], event(3, recording=Planned().id))

    def told(*said: str) -> World:
        world = STAGED.world()
        copies = tuple(
            replace(each, ledger=None if each.ledger is None else replace(each.ledger, said=said))
            for each in world.cameras
        )
        held = tuple(
            replace(each, ledger=None if each.ledger is None else replace(each.ledger, said=said))
            for each in world.fleet or ()
        )
        return replace(world, cameras=copies, fleet=held)

    assert broken(checks(words, events, world=told("given", "not asked"))) == ()
    assert {each.promise for each in broken(checks(words, events, world=told("given")))} == {IN_LEDGER}


@pytest.mark.parametrize(
    ("said", "answer", "wanted"),
    [
        (SaidOfConsent.REFUSED, {"state": "private"}, True),
        (SaidOfConsent.REFUSED, {"state": "private", "ok": False}, False),
        (SaidOfConsent.REFUSED, {"state": "ready"}, True),
        (SaidOfConsent.REFUSED, {"state": "ready", "ok": False}, False),
        (SaidOfConsent.WITHDRAWN, {"state": "docked"}, None),
        (SaidOfConsent.OVERRIDDEN, {"state": "recording", "recording": "aa"}, True),
        (SaidOfConsent.OVERRIDDEN, {"state": "docked", "ok": False}, False),
        (SaidOfConsent.ASKED_FOR, {"state": "recording", "recording": "aa"}, True),
        (SaidOfConsent.ASKED_FOR, {"state": "recording", "recording": "known"}, None),
        (SaidOfConsent.ASKED_FOR, {"state": "private"}, None),
        (SaidOfConsent.GIVEN, {"state": "recording", "recording": "aa"}, None),
    ],
)
def test_what_follows_from_a_word(
    said: SaidOfConsent, answer: dict[str, object], wanted: bool | None
) -> None:
    given = OperationAnswer(**{"ok": True, **answer})  # type: ignore[arg-type]  # fields of an answer
    found = followed(said, given, {"known"})
    assert (None if found is None else found.ok) is wanted
    assert (may_follow(said) is None) == (said in (SaidOfConsent.GIVEN, SaidOfConsent.NOT_ASKED))


ON_PHONE = word(1, entry="v/e1")
AT_BOTH = (event(1), event(1, ConsentPlace.FLEET, file="cam-01-00000001-aa.cbor"))
ENTRY = FoundEntry("given", "en 2", "cam-01")


def with_entries(entries: dict[str, FoundEntry] | None) -> World:
    return replace(STAGED.world(), entries=entries)


# proves F8
def test_a_word_on_a_phone_is_at_the_fleet_and_on_the_camera() -> None:
    found = checks((ON_PHONE,), AT_BOTH, world=with_entries({"v/e1": ENTRY}))
    assert {each.result for each in found} == {Result.HELD}
    assert [each.name for each in found if each.promise == AT_FLEET] == ["entry"] * 3 + ["nobody's"]


# proves F8
@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ({}, "which is not there: it is lost"),
        ({"v/e1": replace(ENTRY, kind="refused")}, 'says "refused" in its entry'),
        ({"v/e1": replace(ENTRY, wording="")}, 'says "given" in its entry'),
        ({"v/e1": replace(ENTRY, signed_by=None)}, "its entry does not say so"),
        ({"v/e1": replace(ENTRY, signed_by="cam-02")}, "its entry does not say so"),
        ({"v/e1": ENTRY, "v/e2": ENTRY}, "1 entries of these visits are of words that nobody said"),
    ],
)
def test_an_entry_that_is_gone_or_says_something_else_fails_the_run(
    entries: dict[str, FoundEntry], says: str
) -> None:
    found = checks((ON_PHONE,), AT_BOTH, world=with_entries(entries))
    assert [each.sentence for each in broken(found) if says in each.sentence]


def test_entries_that_nobody_could_look_at_are_not_evaluated() -> None:
    found = checks((ON_PHONE,), AT_BOTH, world=with_entries(None))
    assert [each.promise for each in not_evaluated(found)] == [AT_FLEET]


def test_a_word_that_no_camera_answered_binds_the_fleet_and_no_camera() -> None:
    unanswered = word(None, GIVEN, entry="v/e1", sentence=NO_ANSWER)
    entries = {"v/e1": replace(ENTRY, signed_by=None)}
    for events in ((), AT_BOTH):  # whether the camera did it is not known
        assert broken(checks((unanswered,), events, world=with_entries(entries))) == ()
    assert broken(checks((unanswered,), (), world=with_entries({})))
