"""The lines that a reader of the script expects in the fleet's registers. Pure.

A line is told by its columns' names. What no script can know, such as the second at which something was
approved, is in none; everything else is, with its exact words.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from simulator.pilot.oracle.letters import GROUNDS
from simulator.pilot.oracle.reckoning import clock_after
from simulator.pilot.script.model import OTHERS
from simulator.pilot.script.request_steps import LinkFootage, ReleaseFootage, SendLetter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from simulator.pilot.script.model import PilotRequest, PilotScript

KINDS: Final = {
    "access": "Access",
    "rectification": "Rectification",
    "erasure": "Erasure",
    "restriction": "Restriction",
    "objection": "Objection",
    "portability": "Portability",
    "complaint": "Complaint",
    "police": "Police",
    "civil": "Solicitors and insurers",
    "court": "Court order",
}
CHANNELS: Final = {
    "letter": "By letter",
    "email": "By e-mail",
    "telephone": "By telephone",
    "in-person": "In person",
    "online": "Online, or by social media",
    "other": "Otherwise",
}
OUTCOMES: Final = {
    "granted": "Granted",
    "partly": "Granted in part",
    "refused": "Refused",
    "upheld": "Upheld",
    "partly-upheld": "Upheld in part",
    "not-upheld": "Not upheld",
    "withdrawn": "Withdrawn, or closed without an answer",
}
ARTICLES: Final = {
    "consent": "Art. 6(1)(a)",
    "contract": "Art. 6(1)(b)",
    "legal-obligation": "Art. 6(1)(c)",
    "vital-interests": "Art. 6(1)(d)",
    "public-task": "Art. 6(1)(e)",
    "recognised-legitimate-interests": "Art. 6(1)(ea)",
    "legitimate-interests": "Art. 6(1)(f)",
}
"""What names each lawful basis."""
CONDITIONS: Final = {
    "": "",
    "crime": "Sch. 2 para 2",
    "ordered": "Sch. 2 para 5(2)",
    "proceedings": "Sch. 2 para 5(3)",
    "safeguarding": "Safeguarding",
    "emergency": "emergency",
}
"""What names each condition of a disclosure."""
NAMING: Final = frozenset({"Exemption", "Lawful basis", "Condition"})
"""The columns in which the law is named in a sentence: it has to be in it."""
ANSWERS: Final = ("answer", "refusal", "complaint-outcome", "others-answer", "others-refusal")


def request_references(script: PilotScript) -> Mapping[str, str]:
    """Return the reference of each request, by its name: numbered as they came, year by year."""
    numbers: dict[int, int] = {}
    found: dict[str, str] = {}
    for request in in_order(script):
        year = request.received.year
        numbers[year] = numbers.get(year, 0) + 1
        found[request.name] = f"REQ-{year}-{numbers[year]:04d}"
    return found


def in_order(script: PilotScript) -> list[PilotRequest]:
    """Return the requests in the order in which they came; of one day as the script has them."""
    return sorted(script.requests, key=lambda each: each.received)


def release_steps(script: PilotScript) -> list[tuple[PilotRequest, ReleaseFootage]]:
    """Return the releases in the order in which they are drafted."""
    found = [
        (request, step)
        for request in in_order(script)
        for step in request.steps
        if isinstance(step, ReleaseFootage) and not step.refused
    ]
    return sorted(found, key=lambda each: each[1].on)


def release_references(script: PilotScript) -> list[str]:
    """Return the references of the releases, in that order."""
    numbers: dict[int, int] = {}
    found = []
    for _request, step in release_steps(script):
        numbers[step.on.year] = numbers.get(step.on.year, 0) + 1
        found.append(f"REL-{step.on.year}-{numbers[step.on.year]:04d}")
    return found


def request_lines(script: PilotScript) -> Iterator[dict[str, str]]:
    """Return the lines of the register of requests, each with the columns that the script decides."""
    references = request_references(script)
    for request in in_order(script):
        yield _request_line(request, references[request.name])


def release_lines(script: PilotScript) -> Iterator[dict[str, str]]:
    """Return the lines of the register of releases, likewise."""
    references = request_references(script)
    for reference, (request, step) in zip(release_references(script), release_steps(script), strict=True):
        yield {
            "Reference": reference,
            "State": "Made",
            "Recipient": step.recipient,
            "Organisation": step.organisation,
            "What it is for": step.purpose,
            "Lawful basis": ARTICLES[step.basis],
            "Condition": CONDITIONS.get(step.condition, step.condition),
            "Answers": references[request.name],
            "What is withheld and why": step.withheld,
            "How it is handed over": "On a medium, against a receipt",
            "Last day": (step.on + timedelta(days=step.days)).isoformat(),
            "Drafted by": "CCTV manager",
            "Decided by": "Data protection officer",
            "Downloads begun": "1",
            "Received on": step.on.isoformat(),
            "Receipt": step.receipt,
            "Revoked (UTC)": "",
            "Why it ended": "",
        }


def _request_line(request: PilotRequest, reference: str) -> dict[str, str]:
    clock = clock_after(request, request.steps)
    sent = [each for each in request.steps if isinstance(each, SendLetter) and not each.refused]
    answers = [each for each in sent if each.letter in ANSWERS]
    acknowledged = next((each.on for each in sent if each.letter == "complaint-received"), None)
    extended = next((each.on for each in sent if each.letter == "extension"), None)
    answered = answers[0].on if answers else None
    closed = next((each for each in request.steps if each.do == "close" and not each.refused), None)
    outcome = _outcome(answers[-1]) if answers else ("withdrawn" if closed is not None else "")
    last = answers[-1] if answers else None
    met = [day for day in (acknowledged, answered) if day is not None]
    in_time = "" if not met or clock.due is None else ("yes" if min(met) <= clock.due else "no")
    linked = {
        visit
        for each in request.steps
        if isinstance(each, LinkFootage) and not each.refused
        for visit in each.visits
    }
    exemption = "" if last is None or last.exemption is None else last.exemption
    return {
        "Reference": reference,
        "Kind": KINDS[request.kind],
        "Received": request.received.isoformat(),
        "How": CHANNELS[request.channel],
        "Who asks": request.asks,
        "For whom": "" if request.kind in OTHERS else request.acts_for,
        "Organisation": request.organisation,
        "Rank": request.rank,
        "Their reference": request.theirs,
        "Who answers for it": request.owner,
        "Last day": _day(clock.due),
        "Extended on": _day(extended),
        "Acknowledged on": _day(acknowledged),
        "Answered on": _day(answered),
        "In time": in_time,
        "Outcome": OUTCOMES.get(outcome, ""),
        "Exemption": GROUNDS.get(exemption, exemption),
        "Lawful basis": "" if last is None or last.basis is None else ARTICLES[last.basis],
        "Condition": CONDITIONS["" if last is None else last.condition or ""],
        "Recordings": str(len(linked)),
        "Imports": "0",
        "Closed": "" if closed is None else closed.on.isoformat(),
    }


def _outcome(answer: SendLetter) -> str:
    if "refusal" in answer.letter:
        return "refused"
    return answer.outcome or ""


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
