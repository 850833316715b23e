"""How recordings are named in sentences about several of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.footage.verifying.chains.chain_finding import ChainFinding, ChainKind

if TYPE_CHECKING:
    from protocol.footage.verifying.chains.link import RecordingLink


def finding(kind: ChainKind, sentence: str, *links: RecordingLink) -> ChainFinding:
    """Return a finding about some recordings of one camera."""
    ordered = sorted(links, key=lambda link: link.number)
    return ChainFinding(
        kind,
        links[0].camera,
        tuple(link.number for link in ordered),
        tuple(dict.fromkeys(link.recording for link in ordered)),
        sentence,
    )


def which(link: RecordingLink) -> str:
    """Name a recording at the beginning of a sentence."""
    return f"Recording {link.number} of {link.camera}"


def between(before: RecordingLink, after: RecordingLink) -> str:
    """Name the numbers between two recordings."""
    first, last = before.number + 1, after.number - 1
    return f"number {first}" if first == last else f"numbers {first} to {last}"
