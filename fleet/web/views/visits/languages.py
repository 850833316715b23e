"""Languages of visits in words: which one a text is in, and what is lacking in each. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fleet.visits.languages import LanguageState
from fleet.visits.texts import LANGUAGES, PLAIN, TextUse

_USES = {
    TextUse.NOTICE: "the notice",
    TextUse.DOOR: "what is said at the door",
    TextUse.REFERENCE: "the slip",
}


@dataclass(frozen=True, slots=True)
class LanguageView:
    """How a language stands: its code, its name, and what is to be said of it."""

    language: str
    name: str
    words: str


def notice_language(language: str, written: Collection[str]) -> str:
    """Say in which language the notice of a visit is, by the languages that one is written in."""
    name = LANGUAGES.get(language, language)
    return name if language in written else f"{name}, in which none is written yet: it is printed in English"


def language_choices(written: Collection[str]) -> dict[str, str]:
    """Return the languages that a visit can be told of in, with what is so of those without a notice."""
    return {
        code: name if code in written else f"{name} (no notice yet: in English)"
        for code, name in LANGUAGES.items()
    }


def door_words(language: str, first: str) -> str:
    """Say that what is said at the door is in another language than the visit's; empty where it is not."""
    if language == first:
        return ""
    return f"It is not written in {LANGUAGES.get(language, language)}; this is {LANGUAGES[first]}."


def table_words(languages: Collection[str], written: Collection[str]) -> str:
    """Say which languages of a table of visits have no notice; empty where each has one."""
    lacking = sorted(LANGUAGES.get(each, each) for each in set(languages) - set(written))
    if not lacking:
        return ""
    return f"No notice is written in {', '.join(lacking)}: those visits are told of in {LANGUAGES[PLAIN]}."


def language_views(states: Sequence[LanguageState]) -> tuple[LanguageView, ...]:
    """Return how each language stands, in words."""
    return tuple(LanguageView(each.language, LANGUAGES[each.language], _words(each)) for each in states)


def _words(state: LanguageState) -> str:
    told = ["Visits to come are planned in it."] if state.is_planned else []
    if state.missing:
        told.append(f"Not written: {', '.join(_USES[each] for each in state.missing)}.")
    if state.older:
        told.append(f"English was written anew since: {', '.join(_USES[each] for each in state.older)}.")
    if not state.missing and not state.older:
        told.append("Everything is written in it.")
    return " ".join(told)
