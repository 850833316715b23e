from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.letters.rules.filling import LONGEST_FIELD, LetterError, clean_template, fields_of, fill
from fleet.letters.rules.kinds import LetterKind
from fleet.requests.letters import LETTERS

KIND = LetterKind(
    "try", "A try", frozenset({"name", "words"}), frozenset({"words"}), "it says why.", "{{words}}"
)
NAMES = st.text("abcdefgh_", min_size=1, max_size=8)
PLAIN = st.text(st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="{}"), max_size=20)
VALUES = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20)


@given(st.dictionaries(NAMES, VALUES, max_size=5), st.lists(PLAIN, min_size=6, max_size=6))
def test_a_letter_is_its_template_with_each_field_in_its_place(
    fields: dict[str, str], plain: list[str]
) -> None:
    # proves F8
    names = list(fields)
    pairs = list(zip(names, plain[1:], strict=False))
    template = plain[0] + "".join(f"{{{{{name}}}}}{text}" for name, text in pairs)
    expected = plain[0] + "".join(f"{fields[name].strip()}{text}" for name, text in pairs)
    assert fields_of(template) == set(names)
    assert fill(template, fields) == expected


@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=5), st.data())
def test_a_missing_and_an_unknown_field_are_refused(fields: dict[str, str], data: st.DataObject) -> None:
    # proves F6
    template = " ".join(f"{{{{{name}}}}}" for name in fields)
    one = data.draw(st.sampled_from(sorted(fields)))
    with pytest.raises(LetterError, match="lacks"):
        fill(template, {name: value for name, value in fields.items() if name != one})
    with pytest.raises(LetterError, match="lacks"):
        fill(template, {**fields, one: data.draw(st.sampled_from(["", "  ", "\n"]))})
    with pytest.raises(LetterError, match="no place"):
        fill(template, {**fields, "another_field": "x"})


def test_what_is_filled_in_is_never_looked_at_for_fields() -> None:
    assert fill("{{name}} {{words}}", {"name": "{{words}}", "words": "}}"}) == "{{words}} }}"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "a" * (LONGEST_FIELD + 1)}, f"At most {LONGEST_FIELD} characters go into {{{{name}}}}"),
        ({"name": "a\x00"}, "What was given for {{name}} has characters that cannot be shown."),
        ({"name": "a\u202e"}, "What was given for {{name}} has characters that cannot be shown."),
    ],
)
def test_what_cannot_be_filled_in_is_refused(fields: dict[str, str], said: str) -> None:
    # proves F6
    with pytest.raises(LetterError) as refused:
        fill("Dear {{name}}", fields)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" \n ", "Write something."),
        ("{{words}} {{age}}", "There is no {{age}} to fill in here."),
        ("Dear {{name}}", "It has to have {{words}}: it says why."),
        ("{{words}} {{Name}}", "It has {{ or }} that belong to no field"),
        ("{{words}} {{name}", "It has {{ or }} that belong to no field"),
        ("{{words}} { name }", "A field stands in two braces at each side: {{name}}."),
        ("{{words}}\x07", "It has characters that cannot be shown."),
        ("{{words}}" + "a" * 12_000, "A template has at most 12000 characters; that one has 12009."),
    ],
)
def test_a_template_that_cannot_be_is_refused(text: str, said: str) -> None:
    # proves F6
    with pytest.raises(LetterError) as refused:
        clean_template(text, KIND)
    assert str(refused.value).startswith(said)


def test_line_ends_of_a_browser_are_put_right() -> None:
    assert clean_template("One  \r\n{{words}}\r\n\r\n", KIND) == "One\n{{words}}"


@pytest.mark.parametrize("said", ["\u0646\u200c\u0645", "1\u00a0Gate Street", "{words} {anybody}"])
def test_joiners_wide_spaces_and_single_braces_stay(said: str) -> None:
    assert fill("{{words}}", {"words": said}) == said


def test_a_single_brace_that_is_no_field_is_text() -> None:
    assert clean_template("{{words}} {anybody} { }", KIND) == "{{words}} {anybody} { }"


@pytest.mark.parametrize("kind", LETTERS.values(), ids=lambda each: each.id)
def test_the_product_s_own_letters_have_what_they_must(kind: LetterKind) -> None:
    # proves F10
    assert clean_template(kind.text, kind) == kind.text
    if not kind.id.startswith("others-"):
        assert "how_to_complain" in kind.required
    if kind.id.endswith("refusal"):
        assert "exemption" in kind.required
