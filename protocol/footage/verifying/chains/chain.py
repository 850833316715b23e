"""Whether several recordings fit each other: the chain of a camera's recordings. Pure.

    findings = check_chains(report.link for report in reports if report.link is not None)

A camera numbers its recordings and names in each the ``open`` of the one before, so that one which was
removed, put in, or signed by a second holder of the key shows in those around it
(``docs/footage-format.md``, section 9, step 7). Of recordings that are not here nothing is said but that they
are not here: whoever looks at some of a camera's recordings has not found anything wrong with the others.

A camera is its name under one authority: two fleets may each have a ``cam-01``.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from protocol.footage.verifying.chains.chain_finding import ChainFinding, ChainKind, ChainWeight
from protocol.footage.verifying.chains.doubles import without_doubles
from protocol.footage.verifying.chains.link import RecordingLink
from protocol.footage.verifying.chains.runs import check_runs
from protocol.footage.verifying.chains.wording import between, finding, which

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["ChainFinding", "ChainKind", "ChainWeight", "RecordingLink", "check_chains"]


def check_chains(links: Iterable[RecordingLink]) -> tuple[ChainFinding, ...]:
    """Compare recordings, of one camera or of several.

    Args:
        links: What ties each to its neighbours, in any order. Of recordings that do not hold there is none.

    Returns:
        What they show together, the worst first; of each weight by camera and number.
    """
    cameras: dict[tuple[str, str], list[RecordingLink]] = defaultdict(list)
    for link in links:
        cameras[link.authority, link.camera].append(link)
    everybody = {link.open_digest: link for own in cameras.values() for link in own}
    found = [each for own in cameras.values() for each in _camera(own, everybody)]
    return tuple(sorted(found, key=lambda each: (each.weight, each.camera, each.numbers, each.kind)))


def _camera(links: list[RecordingLink], everybody: Mapping[bytes, RecordingLink]) -> Iterator[ChainFinding]:
    single, doubles = without_doubles(links)
    yield from doubles
    ordered = sorted(single, key=lambda link: (link.number, link.open_digest))
    yield from _beginning(ordered[0], everybody)
    for before, after in pairwise(ordered):
        if before.number < after.number:
            yield from _neighbours(before, after, everybody)
    yield from check_runs(ordered)


def _beginning(first: RecordingLink, everybody: Mapping[bytes, RecordingLink]) -> Iterator[ChainFinding]:
    """Say what comes before the first of those that are here."""
    if first.previous_open is None:
        if first.number > 1:
            text = (
                f"{which(first)} is the camera's first, as it says: no earlier number was ever acknowledged."
            )
            yield finding(ChainKind.SKIPPED, text, first)
        return
    named = everybody.get(first.previous_open)
    if named is None:
        text = f"{which(first)} follows one that is not among those here."
        yield finding(ChainKind.EARLIER, text, first)
    elif named is not first:
        yield _misnamed(first, named)


def _neighbours(
    before: RecordingLink, after: RecordingLink, everybody: Mapping[bytes, RecordingLink]
) -> Iterator[ChainFinding]:
    """Compare two recordings between whose numbers there is no other here."""
    skipped = after.number - before.number - 1
    if after.previous_open == before.open_digest:
        if skipped:
            text = (
                f"{which(after)} follows recording {before.number}, as the camera signed it: of "
                f"{between(before, after)} it never acknowledged a recording."
            )
            yield finding(ChainKind.SKIPPED, text, before, after)
        return
    if after.passes_over(before):
        text = (
            f"{which(after)} passes over recording {before.number}, and says why, as the camera signed it: "
            "the card did not confirm that recording, so it was never acknowledged. It was found on the card "
            "later."
        )
        yield finding(ChainKind.UNCONFIRMED, text, before, after)
        return
    if after.previous_open is None:
        text = (
            f"{which(after)} says that it is the camera's first, yet recording {before.number} is here: a "
            "camera that could not read what it had looks like this, and so do two with one identity."
        )
        yield finding(ChainKind.FIRST_AGAIN, text, before, after)
        return
    named = everybody.get(after.previous_open)
    if named is not None:
        yield from _named_another(before, after, named)
    elif skipped:
        text = (
            f"{which(after)} follows one that is not here: between it and recording {before.number} at least "
            f"one is missing, of {between(before, after)}."
        )
        yield finding(ChainKind.NOT_HERE, text, before, after)
    else:
        text = (
            f"{which(after)} does not follow the recording {before.number} that is here: it names another "
            "before it, so that one of the two was put in the other's place or two cameras had one identity."
        )
        yield finding(ChainKind.OTHER_BEFORE, text, before, after)


def _named_another(
    before: RecordingLink, after: RecordingLink, named: RecordingLink
) -> Iterator[ChainFinding]:
    same_camera = (named.authority, named.camera) == (after.authority, after.camera)
    if not same_camera or named.number >= after.number:
        yield _misnamed(after, named)
    elif named.number < before.number:
        text = (
            f"{which(after)} passes over recording {before.number}: it names recording {named.number} as the "
            "one before it, and does not say that the card had not confirmed that one. A camera of an "
            "earlier version whose card did not looks like this, and so does a recording that was put in "
            "later."
        )
        yield finding(ChainKind.PASSED_OVER, text, named, before, after)
    # else it names one of two with the number of ``before``, which is said of those two


def _misnamed(link: RecordingLink, named: RecordingLink) -> ChainFinding:
    if (named.authority, named.camera) != (link.authority, link.camera):
        text = (
            f"{which(link)} names recording {named.number} of another camera, {named.camera}, as the one "
            "before it."
        )
        return finding(ChainKind.OTHER_CAMERA, text, link)
    text = f"{which(link)} names recording {named.number}, which is no earlier one, as the one before it."
    return finding(ChainKind.BACKWARDS, text, link, named)
