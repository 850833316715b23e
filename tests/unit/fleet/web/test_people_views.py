"""What pages say of users: roles in words that are what the roles may do, sessions and tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fleet.core.actor import Role
from fleet.core.sections.provider import ProviderSection
from fleet.people.factors.rules import Factors
from fleet.people.models import ApiToken, Officer, User, UserSession
from fleet.people.permissions import Permission, may
from fleet.web.views.people.accounts import account, browser_words, session_views, token_note, token_views
from fleet.web.views.people.roles import ROLE_WORDS, chosen_roles, role_boxes, role_list
from fleet.web.views.people.second import done_words, factors_sentence
from fleet.web.views.people.way import WayIn, way_of

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
NONE = ProviderSection()
OURS = ProviderSection(
    issuer="https://id.example", name="Northgate Homes", client_id="lapel", client_secret_file="/secret"
)
THEIRS = OURS.model_copy(update={"second_factor": "provider"})
APP, KEYS = Factors(app=True, codes=3), Factors(passkeys=2)


@pytest.mark.parametrize("role", Role)
def test_what_is_said_of_a_role_is_what_it_may_do(role: Role) -> None:  # proves F8
    _, text = ROLE_WORDS[role]
    for words, permission in (
        ("Plays", Permission.PLAY),
        ("xports recordings", Permission.EXPORT),
        ("Hands out cameras", Permission.HAND_OUT),
        ("Sees their own camera and recordings", Permission.OWN),
        ("Manages users and cameras", Permission.MANAGE_PEOPLE),
        ("Manages users and cameras", Permission.ENROL),
    ):
        if words in text:
            assert may({role}, permission), words
    assert ("rafts releases and hands them over" in text) == may({role}, Permission.RELEASE)
    assert ("pproves releases" in text) == may({role}, Permission.APPROVE_RELEASES)
    if "plays no" in text.lower() or "nothing else" in text:
        assert not may({role}, Permission.PLAY)
    if "exports none" in text:
        assert not may({role}, Permission.EXPORT)
    if "nothing else" in text:
        assert [each for each in Permission if may({role}, each)] == [Permission.SIGNED_IN]
    assert ("plays no" in text.lower() or "nothing else" in text or "plays none" in text) != may(
        {role}, Permission.PLAY
    ), "each role says whether it lets somebody watch"


def test_every_role_has_a_box_and_a_form_chooses_no_other() -> None:
    assert {box.value for box in role_boxes([])} == set(map(str, Role))
    assert [box.value for box in role_boxes(["officer", "king"]) if box.ticked] == ["officer"]
    assert chosen_roles(["officer", "king", ""]) == {Role.OFFICER}
    assert role_list([Role.ADMINISTRATOR, Role.SAFETY_TEAM]) == "Safety team, Administrator"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/130 Safari/537 Edg/130",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/130 Safari/537", "Chrome on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/130 Mobile Safari/537", "Chrome on Android"),
        ("curl/8", "A browser that does not say what it is"),
        ("", "A browser that does not say what it is"),
    ],
)
def test_a_browser_is_called_what_it_calls_itself(agent: str, words: str) -> None:
    assert browser_words(agent) == words


def test_this_session_is_told_from_others_and_an_address_that_was_not_kept_is_said() -> None:
    rows = [
        UserSession(
            id=name, digest=name.encode(), user_id="u", created=NOW, seen=NOW, expires=NOW, address=at
        )
        for name, at in (("a", "192.0.2.1"), ("b", None))
    ]
    mine, other = session_views(rows, NOW, this=b"a")
    assert (mine.is_this, other.is_this) == (True, False)
    assert (mine.address, other.address) == ("192.0.2.1", "an address that was not kept")


def test_a_token_says_until_when_and_whether_it_was_used() -> None:
    token = ApiToken(id="t", name="Import", roles=frozenset({Role.OFFICER}), created=NOW)
    assert token_note(token, NOW) == "Good until it is revoked; no use of it is known."
    token.seen, token.expires = NOW, NOW + timedelta(hours=1)
    assert token_note(token, NOW) == "Good until 13:00; last used 12:00."
    assert token_note(token, NOW + timedelta(hours=1)).startswith("Expired 13:00")
    assert [each.is_good for each in token_views([token], NOW + timedelta(hours=1))] == [False]
    token.revoked = NOW
    assert token_note(token, NOW) == "Revoked 12:00; last used 12:00."


def test_of_who_cannot_sign_in_no_warning_is_given() -> None:
    roles = frozenset({Role.ADMINISTRATOR, Role.CCTV_MANAGER})
    user = User(id="u", name="One", password="x", roles=roles, created=NOW)
    assert account(user, NOW, NONE, me="u").is_own
    assert account(user, NOW, NONE, me="v").warning
    user.retired = NOW
    shown = account(user, NOW, NONE, me="v")
    assert (shown.warning, shown.is_retired) == ("", True)
    assert shown.note == "Retired since 12:00: cannot sign in."


def somebody(**change: object) -> User:
    plain = {"id": "u", "name": "One", "password": "digest", "roles": frozenset(), "created": NOW}
    return User(**{**plain, **change})


BY_PASSWORD, BARE = somebody(), somebody(password="")
THROUGH = somebody(password="", issuer="https://id.example", subject="1")
ELSEWHERE = somebody(password="", issuer="https://old.example", subject="1")


@pytest.mark.parametrize(
    ("user", "section", "factors", "sentence"),
    [
        (BY_PASSWORD, OURS, Factors(), "They sign in by the password alone."),
        (
            BY_PASSWORD,
            OURS,
            APP,
            "They sign in by the password and a code of the authenticator app; 3 recovery codes left.",
        ),
        (BY_PASSWORD, NONE, KEYS, "They sign in by a passkey (2 passkeys); no recovery codes left."),
        (
            BARE,
            OURS,
            APP,
            "They have no password: without break-glass, or a link for a password, they cannot sign in.",
        ),
        (BARE, NONE, Factors(passkeys=1), "They sign in by a passkey; no recovery codes left."),
        (THROUGH, OURS, Factors(), "They sign in through Northgate Homes, and show nothing besides here."),
        (
            THROUGH,
            OURS,
            Factors(passkeys=1, app=True, codes=1),
            (
                "They sign in through Northgate Homes, and show a passkey or a code of the authenticator app "
                "here; 1 recovery code left."
            ),
        ),
        (
            THROUGH,
            THEIRS,
            APP,
            (
                "They sign in through Northgate Homes, and show a code of the authenticator app here, unless "
                "Northgate Homes asked for a second factor; 3 recovery codes left."
            ),
        ),
        (
            ELSEWHERE,
            OURS,
            APP,
            "They signed in through a provider that is set up here no more, and cannot sign in again.",
        ),
        (
            THROUGH,
            NONE,
            Factors(),
            "They signed in through a provider that is set up here no more, and cannot sign in again.",
        ),
    ],
)
def test_how_somebody_signs_in_is_said_as_it_is(
    user: User, section: ProviderSection, factors: Factors, sentence: str
) -> None:
    # proves F8
    assert factors_sentence(factors, way_of(user, section)) == sentence


def test_what_bringing_back_and_taking_away_do_is_said_by_how_somebody_signs_in() -> None:
    # proves F8
    shown = {each: account(each, NOW, OURS, me="v") for each in (BY_PASSWORD, BARE, THROUGH, ELSEWHERE)}
    assert "with the password and the roles that they had" in shown[BY_PASSWORD].back
    assert "and no password" in shown[BARE].back
    assert "through Northgate Homes again, with the roles that it gives them then" in shown[THROUGH].back
    assert "still cannot sign in" in shown[ELSEWHERE].back
    assert "by the password alone" in shown[BY_PASSWORD].reset
    assert "through Northgate Homes alone" in shown[THROUGH].reset
    assert shown[BARE].reset == shown[ELSEWHERE].reset == "They are signed out everywhere."
    assert shown[BY_PASSWORD].roles_from == ""
    assert "What it says of them decides their roles" in shown[THROUGH].roles_from
    assert "cannot sign in" in shown[ELSEWHERE].roles_from
    assert shown[ELSEWHERE].note.startswith("Cannot sign in: the provider")
    assert shown[THROUGH].note == "Has an account since 12:00."
    assert way_of(None, OURS).way is WayIn.PROGRAM


def test_of_somebody_whose_officer_is_retired_it_is_said_that_they_stay_out() -> None:
    # proves F8
    user = somebody(officer=Officer(id="o", name="Officer 1", created=NOW), retired=NOW)
    assert account(user, NOW, NONE, me="v").officer == "Is the officer Officer 1."
    assert user.officer is not None
    user.officer.retired = NOW
    shown = account(user, NOW, NONE, me="v")
    assert shown.officer == "Is the officer Officer 1, who is retired."
    assert (
        shown.back == "They can sign in again once the officer whose account it is is brought back as well."
    )
    assert account(somebody(), NOW, NONE, me="v").officer == "Not joined to an officer."


def test_an_address_that_is_opened_again_says_only_what_is_so_still() -> None:
    # proves F8
    assert done_words("app", APP, removed=True) == "Codes of the app are taken from now on."
    assert done_words("app", KEYS, removed=True) == ""
    assert done_words("passkey", KEYS, removed=True) == "The passkey is kept, and is taken from now on."
    assert done_words("passkey", APP, removed=True) == ""
    assert done_words("removed", APP, removed=True) == "One was removed; what you have now stands below."
    assert done_words("removed", APP, removed=False) == ""
    assert done_words("nonsense", APP, removed=True) == ""
