"""Several recordings at once: each judged by itself, then how they fit each other."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from protocol.footage.format.segment import parse_segment_name
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.receipt import RECEIPT_NAME
from protocol.footage.released.release import RELEASE_NAME
from protocol.footage.verifying.chains.chain import ChainFinding, check_chains
from protocol.footage.verifying.released.import_report import ImportReport
from protocol.footage.verifying.released.release_report import ReleaseReport
from protocol.footage.verifying.results.wording import count
from protocol.verify import status
from protocol.verify.folder import UnusableFolderError, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from protocol.footage.verifying.report import JsonValue, Report

DEEPEST: Final = 4
"""So many folders below the one given are looked into for recordings."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One folder: the report on it, or why there is none."""

    folder: Path
    report: Report | None
    problem: str = ""
    released: ReleaseReport | None = None
    """Of the folder of a release, what was found of it; ``report`` is its own then."""
    imported: ImportReport | None = None
    """Of the folder of a release of an import, what was found of it; there is no ``report`` then."""

    @property
    def status(self) -> int:
        """Its exit status."""
        if self.imported is not None:
            return status.of_import(self.imported)
        if self.released is not None:
            return status.of_release(self.released)
        return status.UNUSABLE if self.report is None else status.OF_VERDICT[self.report.verdict]

    @property
    def word(self) -> str:
        """Its verdict as it is counted; of a release never that of a whole recording."""
        given = self.imported or self.released
        if given is not None:
            return given.verdict
        return str(self.report.verdict) if self.report is not None else "not judged"

    def to_json(self) -> dict[str, JsonValue] | None:
        """The report as JSON; None where there is none."""
        found = self.imported or self.released or self.report
        return None if found is None else found.to_json()

    @property
    def sentence(self) -> str:
        """Its verdict in words, or why there is none."""
        found = self.imported or self.report
        return self.problem if found is None else found.sentence


@dataclass(frozen=True, slots=True)
class Several:
    """What is known of all of them."""

    judged: tuple[Judged, ...]
    chains: tuple[ChainFinding, ...]

    @property
    def status(self) -> int:
        """The exit status: the worst of all."""
        return status.worst([*(each.status for each in self.judged), *self._chain_statuses()])

    @property
    def sentence(self) -> str:
        """All in one sentence."""
        counted = Counter(each.word for each in self.judged)
        verdicts = ", ".join(f"{number} {verdict}" for verdict, number in counted.items())
        return f"{self._number()}: {verdicts}{self._but()}; {self._chain_words()}."

    @property
    def named(self) -> Mapping[str, str]:
        """What each recording that holds is called, by its id."""
        return {
            each.report.recording: f"recording {each.report.number} of {each.report.camera}"
            for each in self.judged
            if each.report is not None and each.report.link is not None and each.report.recording is not None
        }

    def _number(self) -> str:
        imports = sum(each.imported is not None for each in self.judged)
        recordings = len(self.judged) - imports
        words = [count(recordings, "recording")] if recordings or not imports else []
        return " and ".join([*words, *([count(imports, "import")] if imports else [])])

    def _but(self) -> str:
        """Say in how many the camera found picture or sound to be of no use: intact does not tell (C12)."""
        number = sum(bool(each.report and each.report.conditions) for each in self.judged)
        return f"; in {number} of them picture or sound was not as it should be" if number else ""

    def _chain_statuses(self) -> Iterator[int]:
        return (status.OF_CHAIN[each.weight] for each in self.chains)

    def _chain_words(self) -> str:
        counted = Counter(self._chain_statuses())
        worst, missing = counted[status.DISAGREEMENT], counted[status.NOT_HERE]
        if worst:
            return f"they contradict each other in {worst} {'way' if worst == 1 else 'ways'}"
        if missing:
            return f"between them at least {missing} {'is' if missing == 1 else 'are'} not here"
        return "those that hold fit each other"

    def to_json(self) -> dict[str, JsonValue]:
        """All of it as JSON."""
        return {
            "report_version": 2,
            "sentence": self.sentence,
            "status": self.status,
            "recordings": [
                {
                    "folder": str(each.folder),
                    "status": each.status,
                    "problem": each.problem or None,
                    "report": each.to_json(),
                }
                for each in self.judged
            ],
            "chain": [each.to_json() for each in self.chains],
        }


def recordings_in(path: Path) -> list[Path]:
    """Return the folders of recordings that a path stands for, in order: itself, or those that lie in it.

    A path that holds none stands for itself, so that judging it says what is wrong with it. Links are not
    followed.
    """
    try:
        if is_recording(_names(path)):
            return [path]
        found = sorted(_below(path, DEEPEST))
    except OSError:
        return [path]
    return found or [path]


def judge_all(
    folders: Iterable[Path], judge: Callable[[Path], Report | ReleaseReport | ImportReport], *, chunks: bool
) -> Several:
    """Judge folders, and compare what holds.

    Args:
        folders: Those of the recordings.
        judge: Judges one; raises ``UnusableFolderError``.
        chunks: Whether to keep what was found of each chunk; of many recordings that takes much memory.
    """
    judged = tuple(_judged(folder, judge, chunks=chunks) for folder in folders)
    links = [each.report.link for each in judged if each.report is not None]
    return Several(judged, check_chains(link for link in links if link is not None))


def _judged(
    folder: Path, judge: Callable[[Path], Report | ReleaseReport | ImportReport], *, chunks: bool
) -> Judged:
    try:
        found = judge(folder)
        if isinstance(found, ImportReport):
            return Judged(folder, None, imported=found)
        released = found if isinstance(found, ReleaseReport) else None
        report = found.report if isinstance(found, ReleaseReport) else found
        report = report if chunks else replace(report, chunks=())
        return Judged(folder, report, released=None if released is None else replace(released, report=report))
    except UnusableFolderError as error:
        return Judged(folder, None, str(error))


def is_recording(names: set[str]) -> bool:
    """Whether these are the files of a recording; of one without its ledger too, as that must be said.

    A release of an import has no ledger.
    """
    return any(
        name in (LEDGER_NAME, RECEIPT_NAME, RELEASE_NAME) or parse_segment_name(name) for name in names
    )


def _names(path: Path) -> set[str]:
    return {entry.name for entry in path.iterdir()}


def _below(path: Path, deepest: int) -> Iterator[Path]:
    for entry in os.scandir(path):
        if not entry.is_dir(follow_symlinks=False):
            continue
        try:
            inside = _names(Path(entry.path))
        except OSError as error:
            raise UnusableFolderError(f"{entry.path} cannot be read: {reason_of(error)}.") from error
        if is_recording(inside):
            yield Path(entry.path)
        elif deepest > 1:
            yield from _below(Path(entry.path), deepest - 1)
