"""Names from right to left move nothing beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from fleet.web.facts import CameraFacts
from fleet.web.views.bidi import FIRST_STRONG, POP, isolated
from fleet.web.views.claims import Claim, say
from fleet.web.views.desk.coverage import strip

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HEBREW, ARABIC = (
    "\N{HEBREW LETTER DALET}\N{HEBREW LETTER VAV}\N{HEBREW LETTER DALET}",
    "\N{ARABIC LETTER SEEN} 2",
)


# proves F8
def test_a_name_from_right_to_left_is_kept_to_itself_in_every_sentence() -> None:
    for name in (HEBREW, ARABIC, f"Officer {HEBREW}"):
        text = say(Claim.LAST_MESSAGE, camera="cam-01", when="14:02", officer=name)
        assert text == f"Last message of cam-01: 14:02. {FIRST_STRONG}{name}{POP} has it."
    assert say(Claim.HAS_IT, officer="Officer 1") == "Officer 1 has it"


# proves F8
def test_each_of_several_names_is_kept_to_itself() -> None:
    lost = CameraFacts("cam-01", NOW, last_seen=NOW)
    cameras = [
        replace(lost, camera=f"cam-0{at}", officer=name) for at, name in enumerate((HEBREW, ARABIC), 1)
    ]
    shown = strip(cameras, (), NOW).headline
    assert f"{FIRST_STRONG}{HEBREW}{POP} and {FIRST_STRONG}{ARABIC}{POP}" in shown


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_what_is_written_from_left_to_right_stays_as_it_is(text: str) -> None:
    assert isolated(text) == text
