"""A scenario that was written is read again as what it was, whatever stands in it."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario.writing.text import ScenarioHead, WrittenStep, scenario_text, toml_value

CHARACTERS = st.characters(codec="utf-8")
PLAIN: st.SearchStrategy[object] = st.one_of(
    st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False), st.text(CHARACTERS)
)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(CHARACTERS), inner), max_leaves=8
)


@given(VALUES)
def test_a_value_is_read_again_as_it_was(value: object) -> None:
    assert tomllib.loads(f"it = {toml_value(value)}") == {"it": value}


@given(st.text(), st.text())
def test_remarks_never_become_anything_but_remarks(of_the_whole: str, of_a_step: str) -> None:
    head = ScenarioHead("told", "What was told", remarks=(of_the_whole,))
    text = scenario_text(head, [WrittenStep({"do": "press"}, (of_a_step,))])

    read = {"name": "told", "title": "What was told", "seed": 1, "steps": [{"do": "press"}]}
    assert tomllib.loads(text) == read


def test_half_a_character_is_written_as_one_that_is_missing() -> None:
    assert tomllib.loads(f"it = {toml_value(chr(0xD800))}") == {"it": chr(0xFFFD)}


def test_a_long_remark_is_wrapped() -> None:
    text = scenario_text(ScenarioHead("told", "It", remarks=("word " * 100,)), [])

    assert max(map(len, text.splitlines())) <= 110


def test_what_no_scenario_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="internal error"):
        toml_value(object())
