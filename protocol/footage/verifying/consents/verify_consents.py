"""The verifier of consent events: a pure function over their files.

    report = verify_consents({"00000001.cbor": data}, authorities=[authority_der])

It says who signed what was said, when, and to which recording, and whether events are missing between those
that are here. Nothing shows whether one came after the last of them, and none says that it was rightly said.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocol.footage.consent import check_consent, parse_consent
from protocol.footage.format.certificates import fingerprint
from protocol.footage.format.errors import CertificateError, FormatError, SignatureError
from protocol.footage.verifying.chains.chain_finding import ChainWeight
from protocol.footage.verifying.consents.consent_chain import check_consent_chains
from protocol.footage.verifying.consents.consent_result import ConsentResult
from protocol.footage.verifying.report import Verdict
from protocol.footage.verifying.results.wording import count

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from protocol.footage.format.cbor import Buffer
    from protocol.footage.verifying.chains.chain_finding import ChainFinding
    from protocol.footage.verifying.results.json_value import JsonValue


@dataclass(frozen=True, slots=True)
class ConsentReport:
    """What was found of some consent events.

    Attributes:
        results: Each file, in the order in which they were given.
        chain: What those that hold show together, the worst first.
    """

    results: tuple[ConsentResult, ...]
    chain: tuple[ChainFinding, ...]

    @property
    def sentence(self) -> str:
        """All in one sentence, which claims no more than it shows."""
        counted = Counter(str(each.verdict) for each in self.results)
        verdicts = ", ".join(f"{number} {verdict}" for verdict, number in counted.items())
        return f"{count(len(self.results), 'consent event')}: {verdicts}; {self._together()}."

    def _together(self) -> str:
        if not any(each.entry is not None for each in self.results):
            return "none holds"
        weights = Counter(each.weight for each in self.chain)
        if worst := weights[ChainWeight.DISAGREEMENT]:
            return f"they contradict each other, or the camera's count, in {count(worst, 'way')}"
        if gaps := weights[ChainWeight.MISSING]:
            return f"between them events are not here, in {count(gaps, 'place')}"
        return "those that hold fit each other, and whether others came after them nothing shows"

    def to_json(self) -> dict[str, JsonValue]:
        """All of it as JSON."""
        return {
            "report_version": 2,
            "sentence": self.sentence,
            "consents": [each.to_json() for each in self.results],
            "chain": [each.to_json() for each in self.chain],
        }


def verify_consents(files: Mapping[str, Buffer], *, authorities: Collection[bytes]) -> ConsentReport:
    """Judge consent events.

    Args:
        files: Their files, by what each is called.
        authorities: DER of those that are trusted; without one it is not known whose events they are.
    """
    results = tuple(_judged(name, data, authorities) for name, data in files.items())
    holding = [(each.authority, each.entry) for each in results]
    chain = check_consent_chains(
        (authority, entry) for authority, entry in holding if authority is not None and entry is not None
    )
    return ConsentReport(results, chain)


def _judged(name: str, data: Buffer, authorities: Collection[bytes]) -> ConsentResult:
    try:
        entry = parse_consent(data)
    except FormatError as error:
        return ConsentResult(name, Verdict.ALTERED, f"it is not exactly one consent event, since {error}")
    try:
        identity = check_consent(entry)
    except (CertificateError, SignatureError) as error:
        return ConsentResult(name, Verdict.ALTERED, str(error))
    mark = fingerprint(identity.authority)
    if not authorities:
        return ConsentResult(name, Verdict.SIGNER_UNKNOWN, "", entry, mark)
    if identity.authority in authorities:
        return ConsentResult(name, Verdict.INTACT, "", entry, mark)
    return ConsentResult(
        name, Verdict.OTHER_AUTHORITY, "its certificate is of none that was given", entry, mark
    )
