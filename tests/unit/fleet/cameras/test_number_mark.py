"""A number of a camera is given once, whatever becomes of the database and the file beside the authority."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from fleet.cameras.numbering.mark import HIGHEST, MARK, NumberMark, mark_bytes, next_number, read_mark
from fleet.core.errors import StateError


@given(st.integers(0, HIGHEST))
def test_what_is_written_reads_back(number: int) -> None:
    assert read_mark(mark_bytes(number)) == number


@given(st.binary(max_size=14) | st.from_regex(rb"\A[-+ 0-9\n]{0,12}\Z"))
def test_nothing_else_is_a_number(data: bytes) -> None:
    try:
        number = read_mark(data)
    except ValueError:
        return
    assert data == mark_bytes(number)
    assert number <= HIGHEST


# proves L1
@given(st.integers(0, 30), st.none() | st.integers(0, 30))
def test_the_higher_of_the_two_counts(known: int, mark: int | None) -> None:
    assert next_number(known, mark) == 1 + max(known, 0 if mark is None else mark)


def test_the_last_number_of_all_is_the_last() -> None:
    assert next_number(HIGHEST - 1, None) == HIGHEST
    with pytest.raises(ValueError, match="it says that no number is left"):
        next_number(3, HIGHEST)


class Numbering(RuleBasedStateMachine):
    """Two hosts with folders of their own, or one that they share; their database is put back at times."""

    # proves L1

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.hosts = [self.mark("one"), self.mark("other")]
        self.known, self.backups = 0, [0]
        self.given = set[int]()

    def mark(self, host: str) -> NumberMark:
        folder = Path(self.folder.name) / host
        folder.mkdir()
        return NumberMark(folder)

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule()
    def share(self) -> None:
        """From now on, as before the first number was given."""
        if not self.given:
            self.hosts[1] = self.hosts[0]

    def settle(self, host: int) -> None:
        self.known = max(self.known, self.hosts[host].read() or 0)
        assert self.hosts[host].raise_to(self.known) == self.known

    @rule(host=st.integers(0, 1), is_kept=st.booleans())
    def enrol(self, host: int, is_kept: bool) -> None:
        number = self.hosts[host].take(self.known)
        assert number not in self.given
        if is_kept:  # nobody is answered before
            self.given.add(number)
            self.known = number
            self.settle(1 - host)  # by the hint

    @rule()
    def back_up(self) -> None:
        self.backups.append(self.known)

    @rule(data=st.data())
    def put_the_database_back(self, data: st.DataObject) -> None:
        """By hand; each host then starts."""
        self.known = data.draw(st.sampled_from(self.backups))
        for host in (0, 1):
            self.settle(host)

    @invariant()
    def no_mark_is_below_what_it_gave(self) -> None:
        assert max(self.given, default=0) <= max(self.known, *(each.read() or 0 for each in self.hosts))


TestNumbering = Numbering.TestCase
TestNumbering.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)


# proves L1
def test_a_number_is_noted_for_its_owner_alone_before_it_is_given(tmp_path: Path) -> None:
    mark = NumberMark(tmp_path)
    assert mark.read() is None
    assert [mark.take(0), mark.take(0), mark.take(7), mark.take(3)] == [1, 2, 8, 9]
    assert (tmp_path / MARK).read_bytes() == b"9\n"
    assert mark.raise_to(4) == 9
    assert mark.raise_to(12) == 12
    assert NumberMark(tmp_path).read() == 12
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}


# proves L1
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it does not hold a number on a line"),
        (b"7", "it does not hold a number on a line"),
        (b"999999999999\n", "it does not hold a number on a line"),
        (None, "Is a directory"),
    ],
)
def test_what_cannot_be_read_gives_no_number_and_stays(tmp_path: Path, data: bytes | None, why: str) -> None:
    file = tmp_path / MARK
    file.mkdir() if data is None else file.write_bytes(data)
    mark = NumberMark(tmp_path)
    for ask in (mark.read, lambda: mark.take(3), lambda: mark.raise_to(3)):
        with pytest.raises(StateError) as refused:
            ask()
        assert str(refused.value) == (
            f"The highest number of a camera cannot be read from {file} ({why}), so no camera is "
            "enrolled. Put it back from a backup; or take it away, if the database is the newest that there "
            "ever was, and it is made of that."
        )
    assert file.is_dir() if data is None else file.read_bytes() == data


def test_after_the_last_number_none_is_given(tmp_path: Path) -> None:
    mark = NumberMark(tmp_path)
    mark.raise_to(HIGHEST)
    with pytest.raises(StateError, match="it says that no number is left"):
        mark.take(0)


# proves L1
def test_many_at_once_are_given_a_number_each(tmp_path: Path) -> None:
    marks = [NumberMark(tmp_path) for _ in range(2)]

    def ask(number: int) -> int:
        if number % 5 == 4:
            marks[number % 2].raise_to(number // 2)  # a process that follows what it read a while ago
        return marks[number % 2].take(0)

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(ask, range(60)))
    assert len(set(found)) == 60
    assert marks[0].read() == max(found)


class PowerCutError(BaseException):
    """The power went, or the process was killed: nothing that would tidy up is caught by it."""


@contextmanager
def failing(count: int, error: BaseException) -> Iterator[list[str]]:
    """Fail at the step of this number; gives the names of the steps so far."""
    steps: list[str] = []
    with pytest.MonkeyPatch.context() as patch:

        def counted(name: str, real: Callable[..., object]) -> Callable[..., object]:
            def step(*arguments: object, **named: object) -> object:
                steps.append(name)
                if len(steps) == count:
                    raise error
                return real(*arguments, **named)

            return step

        for name in ("open", "fsync"):
            patch.setattr(os, name, counted(name, getattr(os, name)))
        patch.setattr(Path, "replace", counted("replace", Path.replace))
        yield steps


# proves F7 and L1
@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), PowerCutError()], ids=["full", "cut"]
)
def test_a_disk_that_fails_at_any_step_gives_no_number_twice(tmp_path: Path, error: BaseException) -> None:
    seen = list[str]()
    for count in range(1, 20):
        mark, given = NumberMark(tmp_path), list[int]()
        before = mark.read() or 0
        with failing(count, error) as steps:
            try:
                given.append(mark.take(before))
            except type(error):
                assert len(steps) == count
        seen = steps if len(steps) > len(seen) else seen
        after = mark.read() or 0
        assert after in {before, before + 1}, "the one before or the next, never half"
        if given:
            assert given == [after] == [before + 1]
            break
        assert mark.take(0) == after + 1, "it goes on, and the lock of who failed is gone"
    assert given, "a step after the last one does not fail"
    assert seen == ["open", "open", "fsync", "replace", "open", "fsync"]
