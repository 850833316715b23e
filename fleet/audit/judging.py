"""Judging a log by what its reader trusts: sentence and exit status of ``lapel-fleet audit verify``. Pure.

| status | meaning |
|---|---|
| 0 | the log holds, and the checkpoints are signed by a key that was given |
| 1 | the log or a checkpoint is not what it should be: the sentence says where |
| 2 | something cannot be read |
| 3 | as 0, but a checkpoint could not be compared with an export: it ends within what is hidden |
| 4 | the log holds, and nothing shows whose the checkpoints are: no key was given |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fleet.audit.chain import Broken
from fleet.audit.check import CheckResult
from fleet.audit.checkpoints.checkpoint import SignedCheckpoint
from fleet.audit.checkpoints.note import NoteError, NoteKey
from fleet.audit.export_check import ExportResult

HOLDS, ALTERED, NOT_COMPARED, UNKNOWN_SIGNER = 0, 1, 3, 4


@dataclass(frozen=True, slots=True)
class LogJudgement:
    """A sentence for people, and the exit status that says the same."""

    sentence: str
    status: int


def unsigned(checkpoints: Sequence[SignedCheckpoint], keys: Iterable[NoteKey]) -> str | None:
    """Return what is wrong with whose the checkpoints are, in a sentence; None when nothing is."""
    origins = {each.checkpoint.origin for each in checkpoints}
    if len(origins) > 1:
        return "The checkpoints are of more than one log: check them one log at a time."
    trusted = tuple(keys)
    if not trusted:
        return None
    for each in checkpoints:
        try:
            if each.signed_by(trusted):
                continue
        except NoteError as error:
            return f"The checkpoint of {_entries(each.checkpoint.size)} is not signed as it says. {error}"
        return f"The checkpoint of {_entries(each.checkpoint.size)} is not signed by a key that was given."
    return None


def judge(result: CheckResult, *, has_keys: bool) -> LogJudgement:
    """Say what a check came to; the checkpoints have been asked who signed them, if there are keys."""
    if result.broken is not None:
        return LogJudgement(_broken(result.broken, result.seen), ALTERED)
    sentence = f"The audit log holds: {_shown(result)}."
    if has_keys:
        return LogJudgement(sentence, HOLDS)
    whose = "whose the checkpoints are" if result.checkpoints else "who kept it"
    return LogJudgement(f"{sentence} No key was given, so nothing shows {whose}.", UNKNOWN_SIGNER)


def judge_export(result: ExportResult, *, has_keys: bool, same_table: bool) -> LogJudgement:
    """Say what a check of an export came to.

    Args:
        result: of the check.
        has_keys: whether its checkpoints were asked who signed them.
        same_table: whether the table beside it, if one was given, holds the same entries.
    """
    if result.broken is not None:
        return LogJudgement(f"The export does not hold. {result.broken.reason}", ALTERED)
    if not same_table:
        return LogJudgement("The table does not hold the entries of the export, or not as they are.", ALTERED)
    shows = "1 entry it shows is" if result.shown == 1 else f"{result.shown} entries it shows are"
    sentence = (
        f"The export holds: the {shows} in the log of {_entries(result.size)} that its checkpoint shows."
    )
    if result.newer:
        sentence += f" It says nothing of the checkpoint of {_entries(result.newer[0])}, which is newer."
    if result.hidden:
        hidden = _entries(result.hidden[0])
        sentence += f" The checkpoint of {hidden} could not be compared: it ends within what is hidden."
        return LogJudgement(sentence, NOT_COMPARED)
    if has_keys:
        return LogJudgement(sentence, HOLDS)
    return LogJudgement(
        f"{sentence} No key was given, so nothing shows whose the checkpoints are.", UNKNOWN_SIGNER
    )


def _shown(result: CheckResult) -> str:
    """Say how much of a log that holds the checkpoints show, and what shows the rest."""
    checkpoints = (
        "1 checkpoint shows" if result.checkpoints == 1 else f"{result.checkpoints} checkpoints show"
    )
    if not result.entries:
        return f"{checkpoints} that it was empty, and it is" if result.checkpoints else "it is empty"
    if not result.seen:
        return f"no checkpoint shows any of its {_entries(result.entries)}; the chain alone does"
    newer = result.entries - result.seen
    if not newer:
        return f"{checkpoints} all of its {_entries(result.seen)}"
    rest = "the newest one is" if newer == 1 else f"the newest {newer} are"
    return f"{checkpoints} its first {_entries(result.seen)}; {rest} shown by the chain alone"


def _broken(broken: Broken, seen: int) -> str:
    before = f" What comes before, up to entry {seen}, is as a checkpoint shows it." if seen else ""
    return f"The audit log does not hold. {broken.reason}{before}"


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"
