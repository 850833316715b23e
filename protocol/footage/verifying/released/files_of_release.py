"""Whether the files of a release's folder are those for which its fleet signed. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.footage.released.release import RELEASE_NAME, Release
from protocol.footage.verifying.report import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protocol.footage.receipt import SegmentDigest


def file_findings(release: Release, held: Sequence[SegmentDigest]) -> Iterator[Finding]:
    """Give what is wrong with the files of a folder, ``held`` with their sizes and digests."""
    here = {each.name: each for each in held if each.name != RELEASE_NAME}
    for named in release.files:
        found = here.pop(named.name, None)
        if found is None:
            yield release_finding(Rule.MISSING, f"the fleet released {named.name}, which is not here")
        elif (found.size, found.sha256) != (named.size, named.sha256):
            yield Finding(Rule.DIGEST, named.name, None, "", "it is not the file that the fleet released")
    for name in sorted(here):
        yield Finding(Rule.UNEXPECTED, name, None, "", "the fleet did not release this file")


def release_finding(rule: Rule, reason: str) -> Finding:
    """Return what is wrong with what the fleet says."""
    return Finding(rule, RELEASE_NAME, None, "release", reason)
