"""What pages say of users: roles in words that are what the roles may do, sessions and tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fleet.core.actor import Role
from fleet.people.models import ApiToken, User, UserSession
from fleet.people.permissions import Permission, may
from fleet.web.views.people.accounts import account, browser_words, session_views, token_note, token_views
from fleet.web.views.people.roles import ROLE_WORDS, chosen_roles, role_boxes, role_list

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


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
    assert account(user, NOW, me="u").is_own
    assert account(user, NOW, me="v").warning
    user.retired = NOW
    shown = account(user, NOW, me="v")
    assert (shown.warning, shown.is_retired) == ("", True)
    assert shown.note == "Retired since 12:00: cannot sign in."
