"""Nothing in the durable modules is there for nothing: take any one step of it away, and a test fails.

A mutant that survives points to a test that is missing, or to a step that nobody needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from tests.harness.mutation.hunt import (
    CALLERS,
    DURABLE,
    KEEPERS,
    ROOT,
    TESTS,
    Hunter,
    hunter,
    mutants_of,
    recorded,
)
from tests.harness.mutation.mutants import Mutant, mutants

MUTANTS = [mutant for module in DURABLE for mutant in mutants_of(module)]
STEPS = {"sync_data", "sync", "sync_dir", "rename", "link", "truncate", "chmod"}


@pytest.fixture(scope="module")
def hunting() -> Iterator[Hunter]:
    with hunter() as hunting:
        yield hunting


@pytest.fixture(scope="module")
def hints() -> Mapping[str, str]:
    return recorded()


def test_the_modules_as_they_are_pass_the_tests_that_their_mutants_die_of(
    hunting: Hunter, hints: Mapping[str, str]
) -> None:
    killers = sorted({hints[mutant.name] for mutant in MUTANTS if mutant.name in hints})
    assert hunting.failing(DURABLE[0], None, killers) is None


def test_a_test_that_is_gone_is_no_mutant_s_death(hunting: Hunter) -> None:
    """A test that had got another name once counted as having failed, whatever the mutant."""
    gone = "tests/unit/device/storage/test_durable.py::test_that_never_was"
    with pytest.raises(LookupError, match="there is no test"):
        hunting.failing(DURABLE[0], None, [gone])
    path = ROOT.joinpath(*MUTANTS[0].module.split(".")).with_suffix(".py")
    unchanged = replace(MUTANTS[0], source=path.read_text(encoding="utf-8"))
    assert hunting.killer(unchanged, [], gone) is None


# proves C3, C5 and C8
@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_mutant_of_a_durable_module_dies(mutant: Mutant, hunting: Hunter, hints: Mapping[str, str]) -> None:
    killer = hunting.killer(mutant, TESTS, hints.get(mutant.name))
    assert killer is not None, f"no test fails without this: {mutant.name}"


def test_every_step_that_makes_something_durable_is_taken_away_once() -> None:
    taken = {mutant.name for mutant in MUTANTS if ": without " in mutant.name}
    for step in STEPS:
        assert any(f".{step}(" in name or f"file.{step}, " in name for name in taken), step
    assert len({mutant.source for mutant in MUTANTS}) == len(MUTANTS)


def test_the_record_names_mutants_that_there_are(hints: Mapping[str, str]) -> None:
    """Of what is hunted by hand alone a name may be stale: that costs a little time, and hides nothing."""
    durable = tuple(f"{module.rpartition('.')[2]}." for module in DURABLE)
    stale = {name for name in hints if name.startswith(durable)} - {mutant.name for mutant in MUTANTS}
    assert not stale, "bring it up to date: python -m tests.harness.mutation --write"


def test_every_module_that_writes_to_the_card_is_hunted() -> None:
    """But the door to the card itself, and what only names a fault of it."""
    hunted = {*DURABLE, *KEEPERS, *CALLERS}
    writes = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "device").rglob("*.py")
        if re.search(r"\bdurable\.\w+\(|\bAppendFile\.", path.read_text(encoding="utf-8"))
    }
    assert writes - hunted == set()
    assert {"device.consent.log", "device.commands.journal", "device.storage.private_mark"} <= writes


SOURCE = """
def save(file):
    with doing("write"):
        file.write(b"x")
    file.sync()
    if file.broken:
        raise OSError
"""


def test_what_a_mutant_is() -> None:
    assert [mutant.name for mutant in mutants("some.where", SOURCE)] == [
        "where.save: without with doing('write')",
        "where.save: without file.sync()",
        "where.save: file.sync() before file.write(b'x')",
        "where.save: file.sync_data() for file.sync()",
        "where.save: always if file.broken",
        "where.save: never if file.broken",
        "where.save: without file.write(b'x')",
        "where.save: without raise OSError",
    ]
    first = next(iter(mutants("some.where", SOURCE)))
    assert first.source == (
        "def save(file):\n    file.write(b'x')\n    file.sync()\n    if file.broken:\n        raise OSError"
    )
