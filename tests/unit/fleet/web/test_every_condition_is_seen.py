"""The tables of states ask each condition of a template with either outcome; a new one has to be, too (F8).

Whether a test notices the wrong outcome a hunt tells (``make sentences``), not this.
"""

from __future__ import annotations

from itertools import chain
from types import MethodType

import jinja2
import jinja2.environment
import pytest
from jinja2 import nodes

from tests.harness.mutation.sentences.__main__ import spared, words
from tests.harness.mutation.sentences.conditions import CALLED
from tests.harness.mutation.sentences.loading import TEMPLATES, mutants_of_room
from tests.harness.mutation.sentences.room import ROOT, is_in_room
from tests.harness.mutation.sentences.templates import turn_template
from tests.support.pages.one_block import Given, blank_environment, made_by
from tests.unit.fleet.web import (
    test_said_by_pages,
    test_said_by_templates,
    test_states_of_documents,
    test_states_of_imports,
    test_states_of_people,
    test_states_of_recordings,
    test_states_of_redaction,
    test_states_of_references,
    test_states_of_releases,
    test_states_of_requests,
    test_states_of_the_desk,
    test_states_of_the_service,
)

PAIRS = (test_said_by_pages.ROWS, test_said_by_templates.ROWS)
STATES = (
    test_states_of_documents.STATES,
    test_states_of_imports.STATES,
    test_states_of_people.STATES,
    test_states_of_recordings.STATES,
    test_states_of_redaction.STATES,
    test_states_of_releases.STATES,
    test_states_of_references.STATES,
    test_states_of_requests.STATES,
    test_states_of_the_desk.STATES,
    test_states_of_the_service.STATES,
)


def parsed_to_be_seen(
    environment: jinja2.Environment, source: str, name: str | None, filename: str | None
) -> nodes.Template:
    template = jinja2.environment.Environment._parse(environment, source, name, filename)
    if filename is not None and is_in_room(filename):
        turn_template(template, filename.removeprefix(f"{ROOT}/"))
    return template


@pytest.mark.skipif(
    jinja2.Environment is not jinja2.environment.Environment, reason="a hunt has turned the templates itself"
)
def test_the_tables_feed_each_condition_of_a_template_both_outcomes() -> None:
    # proves F8
    seen = set[tuple[str, bool]]()

    def note(name: str, value: object) -> object:
        seen.add((name, bool(value)))
        return value

    environment = blank_environment()
    environment.globals[CALLED] = note
    environment._parse = MethodType(parsed_to_be_seen, environment)  # type: ignore[method-assign]  # an own one
    given: list[tuple[str, Given]] = [(each.template, each.facts) for each in chain(*STATES)]
    for template, before, change, _ in chain(*PAIRS):
        given += [(template, before), (template, {**before, **change})]
    for template, facts in given:
        made_by(environment, template, facts)
    wanted = [
        (name, holds)
        for name, to in mutants_of_room().items()
        for holds in sorted(to)
        if name.startswith(TEMPLATES)
    ]
    assert len(wanted) > 1000
    never = [words(each) for each in wanted if (each[0], not each[1]) not in seen]
    assert [each for each in never if each not in spared()] == [], (
        "a state in a test_states_of_… has to feed it"
    )
