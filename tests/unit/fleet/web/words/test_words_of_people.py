"""What is said of accounts, break-glass and one's own recordings, each in the state that decides it (F8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fleet.core.actor import OPERATOR, Role
from fleet.core.sections.provider import ProviderSection
from fleet.footage.recordings.gone import Gone
from fleet.footage.recordings.wearer import WearerDoubt
from fleet.incidents.finding import RecordingTold
from fleet.people.accounts.rules import too_much_for_one
from fleet.people.factors.rules import Factors
from fleet.people.models import ApiToken, BreakGlass, Officer, User, UserSession
from fleet.retention.rules.keeping import Keeping
from fleet.web.facts import RecordingFacts
from fleet.web.views.people.accounts import account, session_views, token_views
from fleet.web.views.people.break_glass import break_glass_views
from fleet.web.views.people.mine import OwnReview, mine_row, mine_view
from fleet.web.views.people.second import factors_sentence
from fleet.web.views.people.way import SignInWay, WayIn
from fleet.web.views.state import RECORDING
from fleet.web.views.told import incident_words, told_words
from tests.unit.fleet.web.test_said_of_recordings import HELD

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NO_PROVIDER = ProviderSection()

# Accounts


def user(**changed: Any) -> User:  # noqa: ANN401 - any column
    plain = {"id": "u1", "name": "Jane", "password": "x", "roles": frozenset(), "created": NOW - HOUR}
    return User(**{**plain, **changed})


RETIRED_OFFICER = Officer(id="o1", name="Officer 1", retired=NOW)


@pytest.mark.parametrize(
    ("who", "note"),
    [
        (user(), "Has an account since 11:00."),
        (user(retired=NOW), "Retired since 12:00: cannot sign in."),
        (
            user(officer=RETIRED_OFFICER),
            "Cannot sign in: the officer whose account it is is retired.",
        ),
        (
            user(issuer="https://gone.example"),
            "Cannot sign in: the provider that they came through is set up here no more.",
        ),
    ],
)
def test_of_an_account_is_said_whether_anybody_can_sign_in_with_it(who: User, note: str) -> None:
    # proves F8
    shown = account(who, NOW, NO_PROVIDER, me="u2")
    assert shown.note == note
    assert shown.is_retired is (who.retired is not None)
    assert not shown.is_own
    assert account(who, NOW, NO_PROVIDER, me="u1").is_own


def test_roles_are_named_and_their_lack_is_said() -> None:
    # proves F8
    assert account(user(), NOW, NO_PROVIDER, me="").roles == "No role"
    officer = user(roles=frozenset({Role.OFFICER}))
    assert "No role" not in account(officer, NOW, NO_PROVIDER, me="").roles


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ({Role.HEAD_OF_SAFETY}, ""),
        ({Role.CCTV_MANAGER}, ""),
        ({Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY}, "The head of safety and the CCTV manager look at"),
        ({Role.ADMINISTRATOR, Role.CCTV_MANAGER}, "Who manages users and watches footage as well"),
    ],
)
def test_what_speaks_against_the_roles_of_one_person_is_said(roles: set[Role], said: str) -> None:
    # proves F8
    found = too_much_for_one(frozenset(roles))
    assert found.startswith(said)
    assert bool(found) is bool(said)


def test_a_session_by_break_glass_is_called_that_and_no_other() -> None:
    # proves F8
    made = {"digest": b"d", "created": NOW, "seen": NOW, "agent": "", "address": None}
    usual = UserSession(id="a", **made)
    broken = UserSession(id="b", break_glass_id="g", **made)
    words = [each.words for each in session_views([usual, broken], NOW, this=b"")]
    assert not words[0].endswith(", by break-glass")
    assert words[1] == f"{words[0]}, by break-glass"


@pytest.mark.parametrize(
    ("changed", "is_good"),
    [
        ({}, True),
        ({"expires": NOW + HOUR}, True),
        ({"expires": NOW}, False),
        ({"revoked": NOW}, False),
        ({"revoked": NOW, "expires": NOW + HOUR}, False),
    ],
)
def test_a_token_is_called_good_while_it_lets_somebody_in(changed: dict[str, Any], is_good: bool) -> None:
    # proves F8
    token = ApiToken(id="t", name="Import", roles=frozenset(), created=NOW - HOUR, **changed)
    assert [each.is_good for each in token_views([token], NOW)] == [is_good]


@pytest.mark.parametrize(
    ("factors", "way", "said"),
    [
        (Factors(passkeys=1), WayIn.HERE, "They sign in by a passkey; no recovery codes left."),
        (
            Factors(passkeys=1, app=True, codes=1),
            WayIn.HERE,
            (
                "They sign in by a passkey, or the password and a code of the authenticator app; "
                "1 recovery code left."
            ),
        ),
        (
            Factors(passkeys=2, codes=3),
            WayIn.PROVIDER,
            "They sign in through Northgate, and show a passkey (2 passkeys) here; 3 recovery codes left.",
        ),
        (
            Factors(passkeys=1, app=True, codes=3),
            WayIn.GONE,
            "They signed in through a provider that is set up here no more, and cannot sign in again.",
        ),
    ],
)
def test_somebody_is_said_to_sign_in_by_what_they_have_alone(factors: Factors, way: WayIn, said: str) -> None:
    # proves F8
    assert factors_sentence(factors, SignInWay(way, "Northgate")) == said


# Break-glass


def given(**changed: Any) -> BreakGlass:  # noqa: ANN401 - any column
    plain = {"id": "g", "user": user(), "reason": "Fire", "begun": NOW - 2 * HOUR, "ends": NOW + 2 * HOUR}
    return BreakGlass(**{**plain, **changed})


@pytest.mark.parametrize(
    ("row", "lasts", "said", "end"),
    [
        (
            given(begun=NOW),
            True,
            "can be let in until 12:30, as administrator until 14:00, given on the fleet's host 12:00",
            "",
        ),
        (
            given(used=NOW - HOUR),
            True,
            "is let in as administrator until 14:00, given on the fleet's host 10:00",
            "",
        ),
        (
            given(),
            False,
            "was given administrator rights on the fleet's host 10:00 and did not use them",
            "Its link was not used in time.",
        ),
        (
            given(used=NOW - HOUR, ends=NOW),
            False,
            "could act as administrator from 11:00 to 12:00, given on the fleet's host",
            "Ended by itself 12:00.",
        ),
        (
            given(used=NOW - 2 * HOUR, ended=NOW - HOUR, ended_by="Head 1"),
            False,
            "could act as administrator from 10:00 to 11:00, given on the fleet's host",
            "Ended 11:00 by Head 1.",
        ),
        (
            given(begun=NOW - HOUR, ended=NOW - HOUR, ended_by=OPERATOR.name),
            False,
            "was given administrator rights on the fleet's host 11:00 and did not use them",
            "Ended 11:00 on the fleet's host.",
        ),
    ],
)
def test_break_glass_is_said_to_last_while_it_does_and_then_how_it_ended(
    row: BreakGlass, lasts: bool, said: str, end: str
) -> None:
    # proves F8
    [shown] = break_glass_views([row], NOW)
    assert (shown.lasts, shown.said, shown.end) == (lasts, said, end)


# What people said of a recording


@pytest.mark.parametrize(
    ("told", "said", "listed"),
    [
        (RecordingTold(), "Nobody has said yet whether it shows an incident.", ""),
        (RecordingTold(incident=True), "It shows an incident.", "an incident"),
        (RecordingTold(incident=False), "It shows no incident.", "no incident"),
        (
            RecordingTold("threat", True, (("1", "INC-2026-0001"),)),
            "It shows an incident.",
            "Threat or abuse · INC-2026-0001",
        ),
        (RecordingTold("unheard of", False), "It shows no incident.", "no incident"),
    ],
)
def test_a_recording_is_said_to_show_what_people_said(told: RecordingTold, said: str, listed: str) -> None:
    # proves F8
    assert incident_words(told) == said
    assert told_words(told) == listed


# One's own recordings


def own(**changed: Any) -> RecordingFacts:  # noqa: ANN401 - any field of its summary
    return RecordingFacts(replace(HELD, **changed))


def lines(facts: RecordingFacts, review: OwnReview | None = None) -> dict[str, str]:
    return {each.word: each.text for each in mine_view(facts, review, NOW).became}


def test_an_officer_is_told_what_became_of_their_recording() -> None:
    # proves F8
    kept = Keeping(NOW.date(), "a month.")
    assert "Kept" not in lines(own())
    assert lines(replace(own(), kept=kept))["Kept"] == "Until 29 November 2026: a month."
    held = replace(own(), kept=Keeping(None, "a hold."))
    assert lines(held)["Kept"] == "It is on hold: nothing of it goes until that ends."
    gone = own(gone=Gone(NOW, "its period is over", is_over=True), state="deleted")
    assert lines(replace(gone, kept=kept))["Kept"] == "It was deleted 29 November 2026."
    going = own(gone=Gone(NOW, "its period is over", is_over=False), state="deleting")
    assert lines(going)["Kept"] == "It is being deleted."
    listed = [mine_row(each, NOW).kept for each in (own(), replace(own(), kept=kept), held, gone)]
    assert listed == ["", "until 29 November 2026", "held", "deleted 29 November 2026"]


def test_an_officer_is_told_that_their_camera_records_only_as_long_as_it_said_so_lately() -> None:
    # proves F8
    coming = own(state="uploading", ended=None, receipt=False)
    for facts, then in (
        (own(), ""),
        (coming, ""),
        (replace(coming, under_way=True, known_until=NOW), RECORDING["unheard"].hint),
    ):
        where = mine_view(facts, None, NOW).became[0]
        assert (where.word, where.lapsed) == ("Where it is", then)
        assert bool(mine_row(facts, NOW).lapsed.until) is bool(then)


def test_an_officer_is_told_of_a_review_as_far_as_it_has_come() -> None:
    # proves F8
    assert "Review" not in lines(own())
    assert lines(own(), OwnReview(None))["Review"] == "It is to be reviewed; two people close that."
    closed = lines(own(), OwnReview(NOW))["Review"]
    assert closed.startswith("It was reviewed, and closed by two people ")
    assert "12:00" in closed


def test_an_officer_may_write_while_that_is_open_and_the_recording_is_there() -> None:
    # proves F8
    gone = Gone(NOW, "its period is over", is_over=True)
    for facts, may_write, is_gone in (
        (own(), True, False),
        (own(announced=NOW - timedelta(days=400)), False, False),
        (own(gone=gone), False, True),
    ):
        view = mine_view(facts, None, NOW)
        assert (view.may_write, view.is_gone) == (may_write, is_gone)


def test_a_dispute_over_who_had_the_camera_is_told_where_there_is_one() -> None:
    # proves F8
    assert mine_view(own(), None, NOW).disputed == ""
    disputed = mine_view(own(wearer_doubt=WearerDoubt.LIST_HAS_ANOTHER), None, NOW)
    assert disputed.disputed.startswith("The hand-out list does not say the same")
    assert mine_row(own(duration_s=None), NOW).length == ""
    assert mine_row(own(), NOW).length == "3 min 20 s"
