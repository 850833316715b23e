"""Recordings that are here twice: as copies, or as two that both claim one number, one id or one ledger."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from protocol.footage.format.sizes import DIGEST_BYTES
from protocol.footage.verifying.chains.chain_finding import ChainFinding, ChainKind
from protocol.footage.verifying.chains.wording import finding, which
from protocol.footage.verifying.results.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protocol.footage.verifying.chains.link import RecordingLink

TWO_HOLDERS = "the camera's key or its state was copied, or its program changed"


def without_doubles(links: Iterable[RecordingLink]) -> tuple[list[RecordingLink], list[ChainFinding]]:
    """Return a camera's recordings each once, the longest of each, and what is to be said of doubles."""
    by_open: dict[bytes, list[RecordingLink]] = defaultdict(list)
    for link in links:
        by_open[link.open_digest].append(link)
    single: list[RecordingLink] = []
    found: list[ChainFinding] = []
    for same in by_open.values():
        same.sort(key=lambda link: (len(link.records), link.records, link.chunks), reverse=True)
        single.append(same[0])
        found += [_ledgers(longer, shorter) for longer, shorter in pairwise(same)]
    return single, [*found, *_claims(single)]


def _ledgers(longer: RecordingLink, shorter: RecordingLink) -> ChainFinding:
    """Compare two ledgers that begin with the same open."""
    if shorter.records == longer.records:
        return finding(ChainKind.COPY, f"{which(longer)} is here twice.", longer)
    if longer.records[: len(shorter.records)] == shorter.records:
        left_out = (len(longer.records) - len(shorter.records)) // DIGEST_BYTES
        text = (
            f"{which(longer)} is here twice, and one of the two lacks the last "
            f"{count(left_out, 'record')} of its ledger: it was copied before the end, "
            "or somebody removed the end."
        )
    else:
        text = f"{which(longer)} is here with two ledgers that contradict each other: {TWO_HOLDERS}."
    return finding(ChainKind.LEDGER_TWICE, text, longer, shorter)


def _claims(links: Iterable[RecordingLink]) -> list[ChainFinding]:
    """Find recordings with different opens that claim the same number or the same id."""
    numbers: dict[int, RecordingLink] = {}
    ids: dict[str, RecordingLink] = {}
    found: list[ChainFinding] = []
    for link in links:
        other = numbers.setdefault(link.number, link)
        if other is not link:
            text = f"{which(link)} is here twice, as two different recordings: {TWO_HOLDERS}."
            found.append(finding(ChainKind.NUMBER_TWICE, text, other, link))
        other = ids.setdefault(link.recording, link)
        if other is not link:
            text = (
                f"{which(link)} and recording {other.number} have the same id, {link.recording}, and are not "
                f"the same: {TWO_HOLDERS}."
            )
            found.append(finding(ChainKind.ID_TWICE, text, other, link))
    return found
