"""The verifier of releases of imports: judges what somebody was given of what no camera of the fleet made.

    report = verify_import(statement, digests, authorities=[authority_der])

In order:

1. what the fleet says of it: form, certificates, signature (``released.release``);
2. every file of the folder: each is named there with its size and SHA-256, and none is left over;
3. whether the file that goes out has the SHA-256 that the fleet says it noted as the import came.

It is a pure function, and does not judge by certificates' dates, as ``verify`` does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.footage.format.errors import (
    CertificateError,
    NoLedgerError,
    ReleaseError,
    SignatureError,
)
from protocol.footage.released.release import RELEASE_NAME, Release, read_release
from protocol.footage.verifying.released.files_of_release import file_findings, release_finding
from protocol.footage.verifying.released.import_report import ImportReport
from protocol.footage.verifying.report import Rule, Verdict
from protocol.footage.verifying.results.finding import Weight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocol.footage.receipt import SegmentDigest

_FAULTS: Final = {
    Weight.ALTERED: Verdict.ALTERED,
    Weight.OTHER_AUTHORITY: Verdict.OTHER_AUTHORITY,
    Weight.STRAY_FILE: Verdict.STRAY_FILE,
}


def verify_import(
    statement: bytes, digests: Sequence[SegmentDigest], *, authorities: Sequence[bytes] = ()
) -> ImportReport:
    """Judge a release of an import.

    Args:
        statement: The content of ``release.json``.
        digests: Size and SHA-256 of every file of its folder.
        authorities: DER of the authorities that the caller trusts. Without any, the report shows
            consistency alone.

    Returns:
        The report; damage of any kind is reported in it and raises nothing.

    Raises:
        NoLedgerError: It is the release of a recording, whose ledger is not here.
    """
    checked = sum(each.size for each in digests)
    try:
        release = read_release(statement)
    except (ReleaseError, SignatureError, CertificateError) as error:
        rules = {ReleaseError: Rule.FORMAT, SignatureError: Rule.SIGNATURE}
        finding = release_finding(rules.get(type(error), Rule.CERTIFICATE), str(error))
        return ImportReport(None, (finding,), Verdict.ALTERED, False, checked)
    if not release.imported:
        raise NoLedgerError("it is the release of a recording, and there is no ledger of that in it")
    findings = list(file_findings(release, digests))
    is_noted, contradicts = _as_noted(release, digests)
    if contradicts:
        findings.append(release_finding(Rule.DIGEST, "it names another file than the one that was noted"))
    if authorities and release.authority not in authorities:
        reason = "it was signed under an authority that is not trusted here"
        findings.append(release_finding(Rule.AUTHORITY, reason))
    findings.sort(key=lambda finding: finding.weight)
    otherwise = Verdict.INTACT if authorities else Verdict.SIGNER_UNKNOWN
    fault = _FAULTS[findings[0].weight] if findings else otherwise
    return ImportReport(release, tuple(findings), fault, is_noted, checked)


def _as_noted(release: Release, digests: Sequence[SegmentDigest]) -> tuple[bool, bool]:
    """Say whether the file is the one that was noted, and whether the statement contradicts itself there."""
    noted, name = release.said.get("noted_sha256"), release.said.get("file")
    if noted is None or name == RELEASE_NAME:
        return False, noted is not None
    listed = next((each.sha256.hex() for each in release.files if each.name == name), None)
    here = next((each.sha256.hex() for each in digests if each.name == name), None)
    return here == noted, listed != noted
