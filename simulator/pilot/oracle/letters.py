"""What each letter about a request has to say, by the script and the law alone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.pilot.oracle.reckoning import clock_after
from simulator.pilot.script.request_steps import SendLetter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from simulator.pilot.script.model import PilotLandlord, PilotRequest

TO_OTHERS: Final = ("others-answer", "others-refusal")
GROUNDS: Final = {
    "unfounded": "Art. 12(5)",
    "third-parties": "Sch. 2 para 16",
    "crime": "Sch. 2 para 2",
    "privilege": "Sch. 2 para 19",
    "accurate": "Art. 16",
    "claims": "Art. 17(3)(e)",
    "obligation": "Art. 17(3)(b)",
    "no-ground": "Art. 17(1)",
    "no-restriction": "Art. 18(1)",
    "compelling": "Art. 21(1)",
    "claims-objection": "Art. 21(1)",
    "not-portable": "Art. 20(1)",
    "others-rights": "Art. 20(4)",
    "not-shown": "Art. 12(2)",
    "not-held": "nothing of what was asked for",
    "not-necessary": "necessary",
    "no-form": "signed form",
    "not-binding": "does not bind",
}
"""What a refusal has to name, by its exemption."""
COMPLAINTS: Final = {
    "": "complaint",
    "upheld": "we uphold your complaint.",
    "partly-upheld": "we uphold your complaint in part.",
    "not-upheld": "we do not uphold your complaint.",
}
"""What the letter that ends a complaint has to say, by its outcome."""


@dataclass(frozen=True, slots=True)
class ExpectedLetter:
    """A letter that has to be kept as it was sent.

    Attributes:
        letter: Which.
        dated: The day on which it was sent.
        method: How it went.
        says: What it has to say, each with why: the text, and what that is.
    """

    letter: str
    dated: date
    method: str
    says: tuple[tuple[str, str], ...]


def expected_letters(
    request: PilotRequest, reference: str, landlord: PilotLandlord
) -> tuple[ExpectedLetter, ...]:
    """Return the letters that have to be there about a request, in order."""
    return tuple(
        ExpectedLetter(
            step.letter,
            step.on,
            step.method,
            tuple(_says(request, step, position, reference, landlord)),
        )
        for position, step in enumerate(request.steps, 1)
        if isinstance(step, SendLetter) and not step.refused
    )


def day_in_words(day: date) -> str:
    """Write a day as letters do: ``4 January 2027``."""
    return f"{day.day} {day:%B} {day.year}"


def _says(
    request: PilotRequest, step: SendLetter, position: int, reference: str, landlord: PilotLandlord
) -> Iterator[tuple[str, str]]:
    yield landlord.name, "who sends it"
    yield request.asks, "to whom it goes"
    yield reference, "its reference"
    yield day_in_words(step.on), "its day"
    if step.words:
        yield step.words, "what was written in it"
    if step.letter not in TO_OTHERS:
        yield landlord.complaints, "where one can complain to the landlord"
        yield "within 30 days", "by when a complaint is acknowledged"
        yield "Information Commissioner", "that one can complain to the Commissioner"
        yield "ico.org.uk", "where the Commissioner is reached"
    if step.letter == "complaint-outcome":
        yield COMPLAINTS[step.outcome or ""], "how the complaint ended"
    if step.exemption is not None:
        yield GROUNDS.get(step.exemption, step.exemption), "why it is refused"
    due = clock_after(request, request.steps[:position]).due
    if step.letter in ("received", "extension") and due is not None:
        yield day_in_words(due), "by when it is answered"
    if step.letter in ("received", "complaint-received", "answer", "refusal", "complaint-outcome"):
        yield day_in_words(request.received), "the day of receipt"
    if step.letter in TO_OTHERS:
        yield request.organisation, "for which organisation it was asked"
