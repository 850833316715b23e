from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.core.problems import ProblemError
from fleet.web.forms import clean_name, clean_reason, safe_next, same_passwords


def test_a_name_has_its_spaces_put_right() -> None:
    assert clean_name("  Officer \t 1\n", whose="a name") == "Officer 1"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "name_missing"),
        (" \n", "name_missing"),
        ("x" * 101, "name_too_long"),
        ("a\x00b", "name_unreadable"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(text: str, code: str) -> None:
    with pytest.raises(ProblemError) as refusal:
        clean_name(text, whose="your name")
    assert (refusal.value.status, refusal.value.code) == (422, code)


@pytest.mark.parametrize(("text", "code"), [(" ", "reason_missing"), ("x" * 501, "reason_too_long")])
def test_a_reason_is_needed_and_short(text: str, code: str) -> None:
    with pytest.raises(ProblemError) as refusal:
        clean_reason(text)
    assert refusal.value.code == code
    assert clean_reason(" lost  it ") == "lost it"


def test_passwords_must_be_typed_alike() -> None:
    same_passwords("one", "one")
    with pytest.raises(ProblemError):
        same_passwords("one", "two")


@pytest.mark.parametrize("target", ["/", "/recordings?state=held", "/cameras/cam-01#add"])
def test_a_path_of_ours_is_gone_back_to(target: str) -> None:
    assert safe_next(target) == target


@given(st.text())
def test_nobody_is_ever_sent_to_another_site(text: str) -> None:
    for target in (text, "/" + text, "//" + text, "/\\" + text, "https://" + text):
        chosen = safe_next(target)
        assert chosen.startswith("/")
        assert not chosen.startswith(("//", "/\\"))
        assert "\n" not in chosen
