"""What an open page asks for by itself says so, in each script: it is no sign that somebody is at work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import fleet.web

SCRIPTS = {
    each.name: each.read_text() for each in sorted((Path(fleet.web.__file__).parent / "static").glob("*.js"))
}
ASKS = re.compile(r"\bfetch\(|htmx\.ajax\(")
BY_ITSELF = re.compile(r"setInterval\(|setTimeout\(|\"online\"|new EventSource\(|\"lapel:account\"")
SAYS_SO = '"X-Lapel-By-Itself": "yes"'

# What asks of its own accord in somebody's name, with the reason.
IN_NAME = {
    "session.js": "whether one is signed in is asked with ?used=yes by what somebody does alone",
    "watched.js": "a film that plays is watched: nothing is sent while it does not",
    "watched_still.js": "once for each page, of a picture in sight of whoever has just opened it",
}


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_what_a_script_asks_for_by_itself_says_so(name: str) -> None:
    # proves F5
    text = SCRIPTS[name]
    asks_by_itself = ASKS.search(text) is not None and BY_ITSELF.search(text) is not None
    assert (asks_by_itself and SAYS_SO not in text) is (name in IN_NAME)


def test_of_what_waits_at_a_door_the_timer_and_the_network_ask_in_nobody_s_name() -> None:
    # proves F5
    calls = re.findall(r"[^\n]*(?<!function )\bsend\([^\n]*\)[^\n]*", SCRIPTS["said_at_door.js"])
    asked = {each.strip() for each in calls if "send(true)" in each}
    assert asked == {
        'window.addEventListener("online", () => send(true));',
        "setInterval(() => send(true), AGAIN_MS);",
    }
    assert all(each in asked or "send(false)" in each for each in (line.strip() for line in calls))


def test_a_part_that_was_told_to_fetch_itself_is_asked_for_by_nobody() -> None:
    # proves F5
    (follows,) = re.findall(r'"htmx:configRequest".*?\n}\);', SCRIPTS["live.js"], re.DOTALL)
    assert re.search(r'type === "lapel:refresh"\) headers\["X-Lapel-By-Itself"] = "yes"', follows)
