"""Conditions that decide what is said are found, each of them, and can be turned one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jinja2
import pytest

from tests.harness.mutation.sentences.__main__ import chosen_of, spared, words
from tests.harness.mutation.sentences.conditions import CALLED, turned_module
from tests.harness.mutation.sentences.hunt import Attempts, attempts
from tests.harness.mutation.sentences.loading import mutants_of_room
from tests.harness.mutation.sentences.room import FILES, FOLDERS, ROOT, is_in_room
from tests.harness.mutation.sentences.templates import turn_template
from tests.harness.mutation.sentences.turning import TURNING, turned

SOURCE = '''
"""What it is."""
from __future__ import annotations
WHEN = "now" if True else "then"
def said(a, b, names):
    if a and not b > 3:
        return "both"
    found = [each for each in names if each]
    match a:
        case 1:
            return "one"
        case _:
            raise ValueError
def is_late(a) -> bool:
    return a.late or a > 2
def name(a):
    while a.more:
        a.next()
    return a.name or "nobody" if a.name != "x" else a.other or ""
'''


@pytest.fixture(autouse=True)
def nothing_turned() -> Iterator[None]:
    yield
    TURNING.name = ""


def module() -> dict[str, Any]:
    found: dict[str, Any] = {}
    exec(compile(turned_module("m.py", SOURCE).tree, "m.py", "exec"), found)  # noqa: S102 - it is to be run
    return found


def test_every_condition_is_found_with_what_it_can_be_turned_to() -> None:
    found = turned_module("m.py", SOURCE).mutants
    assert {words((name, holds)).removeprefix("m.py:") for name, to in found.items() for holds in to} == {
        "said: never a and (not b > 3)",
        "said: always a",
        "said: never b > 3",
        "said: always each",
        "said: never each",
        "said: never case 1",
        "is_late: always a.late or a > 2",
        "is_late: never a.late",
        "is_late: never a > 2",
        "name: always a.name != 'x'",
        "name: never a.name != 'x'",
        "name: always a.name or 'nobody'",
        "name: never a.name or 'nobody'",
    }


def test_only_the_condition_that_is_turned_has_another_outcome() -> None:
    said = module()["said"]
    assert said(1, 9, []) == "one"
    TURNING.name, TURNING.holds = "m.py:said: b > 3", False
    assert said(1, 9, []) == "both"
    TURNING.name, TURNING.holds = "m.py:said: a and (not b > 3)", False
    assert said(1, 1, []) == "one"


class Named:
    """Something with a name."""

    more, name, other = False, "", "other"


def test_what_stands_in_for_something_can_be_had_to_and_not_to() -> None:
    name = module()["name"]
    assert name(Named()) == "nobody"
    TURNING.name, TURNING.holds = "m.py:name: a.name or 'nobody'", True
    assert name(Named()) == ""
    TURNING.name, TURNING.holds = "m.py:name: a.name != 'x'", False
    assert name(Named()) == "other"


def test_what_was_asked_is_kept_with_its_outcome() -> None:
    TURNING.seen.clear()
    module()["is_late"](type("A", (int,), {"late": False})(3))
    assert TURNING.seen == {
        ("m.py:is_late: a.late", False),
        ("m.py:is_late: a > 2", True),
        ("m.py:is_late: a.late or a > 2", True),
    }


TEMPLATE = """{% block main %}{% if a and not b %}one{% elif c is none %}two{% endif %}{{ 'x' if d == 3 }}
{% for each in names if each.on %}{{ each.name or "-" }}{% endfor %}{% endblock %}"""


def test_every_condition_of_a_template_is_found_and_turned() -> None:
    found = jinja2.Environment(autoescape=True)
    parsed = found.parse(TEMPLATE)
    mutants = turn_template(parsed, "t.html")
    assert {
        words((name, holds)).removeprefix("t.html:main: ") for name, to in mutants.items() for holds in to
    } == {
        "never a and not b",
        "always a",
        "never b",
        "always c is none",
        "never c is none",
        "always d eq 3",
        "never d eq 3",
        "always each.on",
        "never each.on",
        "never each.name",
    }
    found.globals[CALLED] = turned
    made = found.template_class.from_code(found, found.compile(parsed), {**found.globals})
    context = {"a": 1, "b": 0, "c": 1, "d": 2, "names": [{"on": True, "name": "n"}, {"on": False}]}
    assert made.render(context).split() == ["one", "n"]
    TURNING.name, TURNING.holds = "t.html:main: b", True
    assert made.render(context).split() == ["n"]
    TURNING.name, TURNING.holds = "t.html:main: d eq 3", True
    assert made.render(context).split() == ["onex", "n"]


def test_only_tests_that_saw_the_other_outcome_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = [
        ("f.py::one", 0.5, [("c", True)]),
        ("f.py::two", 0.1, [("c", True), ("c", False)]),
        ("g.py::three", 0.1, [("c", False)]),
    ]
    monkeypatch.setattr("tests.harness.mutation.sentences.hunt.what_was_seen", lambda: iter(seen))
    found = attempts([("c", True), ("c", False), ("d", True)], spent_s=9)
    assert found == Attempts(
        {
            "f.py": {("c", True): ["f.py::two"], ("c", False): ["f.py::one", "f.py::two"]},
            "g.py": {("c", True): ["g.py::three"]},
        },
        [("d", True)],
        {"f.py": 0.3, "g.py": 0.1},
    )


@pytest.mark.slow
def test_the_room_is_there_and_what_is_spared_is_in_it() -> None:
    assert [each for each in (*FILES, *FOLDERS) if not (ROOT / each).exists()] == []
    assert is_in_room(ROOT / FILES[0])
    assert not is_in_room(ROOT / "fleet/cli.py")
    known = {words((name, holds)) for name, to in mutants_of_room().items() for holds in to}
    assert set(spared()) <= known, "these conditions are no more, or are called otherwise"
    assert all(spared().values())


def test_only_what_is_named_is_turned_and_all_where_nothing_is() -> None:
    prey = [("fleet/web/zone.py:here: it", True), ("fleet/web/templates/user.html:main: fault", False)]
    assert chosen_of(prey, ["web/zone", "audit.html"]) == prey[:1]
    assert chosen_of(prey, ["never fault", "zone"]) == prey
    assert chosen_of(prey, ["always fault"]) == []
    assert chosen_of(prey, []) == prey
