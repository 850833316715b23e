"""Which language a text of a visit is in, and what is lacking in each: said, never left out (F8)."""

from __future__ import annotations

import pytest

from fleet.visits.languages import LanguageState
from fleet.visits.texts import LANGUAGES, TextUse
from fleet.web.views.visits.languages import (
    door_words,
    language_choices,
    language_views,
    notice_language,
    table_words,
)

WRITTEN = frozenset({"en", "pl"})


def test_a_notice_is_in_english_where_none_is_written_in_the_language_of_the_visit() -> None:
    # proves F8
    assert notice_language("pl", WRITTEN) == "Polish"
    assert notice_language("cy", WRITTEN) == "Welsh, in which none is written yet: it is printed in English"
    choices = language_choices(WRITTEN)
    assert (choices["en"], choices["pl"]) == ("English", "Polish")
    assert choices["cy"] == "Welsh (no notice yet: in English)"
    assert set(choices) == set(LANGUAGES)


def test_what_is_said_at_the_door_in_another_language_is_said_to_be() -> None:
    # proves F8
    assert door_words("pl", "pl") == ""
    assert door_words("pl", "en") == "It is not written in Polish; this is English."


def test_of_a_table_the_languages_without_a_notice_are_named() -> None:
    # proves F8
    assert table_words({"en", "pl"}, WRITTEN) == ""
    said = table_words({"pl", "cy", "am"}, WRITTEN)
    assert said == "No notice is written in Amharic, Welsh: those visits are told of in English."


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (LanguageState("pl", (), (), is_planned=False), "Everything is written in it."),
        (
            LanguageState("pl", (TextUse.NOTICE, TextUse.REFERENCE), (), is_planned=True),
            "Visits to come are planned in it. Not written: the notice, the slip.",
        ),
        (
            LanguageState("pl", (), (TextUse.DOOR,), is_planned=False),
            "English was written anew since: what is said at the door.",
        ),
    ],
)
def test_what_is_lacking_in_a_language_is_said(state: LanguageState, words: str) -> None:
    # proves F8
    (view,) = language_views([state])
    assert (view.language, view.name, view.words) == ("pl", "Polish", words)
