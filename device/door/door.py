"""What is said at the door of being recorded: given to the camera, done by it, and signed.

Rules:

- What was said stands in the ledger of the recording under way, where there is one or a press that waits for
  the card begins one, and always in the camera's own log of such events (``device.consent.log``). It is
  answered as kept once that one is durable.
- *Refused* and *withdrawn* are private: the sensors close and the ring goes before anything is kept in the
  log, so that a log that takes nothing keeps no sensor open (C11). That the camera is private is kept on its
  card, and it is said where it is not. A recording under way ends by it, with the word in its ledger: that is
  asked for first, and not waited for before the sensors close, since the card may hang.
- *Overridden* records in spite of that: the press comes first, then the word. Where nothing may be recorded,
  docked or locked, nothing was overridden. A press that is noted and done later is kept as overridden.
- *Asked for* records where the camera is ready. In private it opens nothing: that is for a person to do.
- *Given* opens nothing either: a camera that is private stays so until somebody leaves private.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from device.consent.log import ConsentLog, ToldInTime
from device.errors import ControlError, StorageError
from device.recording.heart.marked import LedgerMark
from device.recording.state import Event
from protocol.footage.consent import ConsentSaid, SaidOfConsent, WhyNotAsked, ledger_event
from protocol.mode import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from device.clock import Clock
    from device.recording.heart.outcome import Outcome
    from device.recording.recorder import Recorder

OVERRIDE, ASKED_FOR = "consent overridden", "asked for"
"""What a recording names as what began it."""
_WORDING: Final = re.compile(r"[a-z]{2,3} [1-9][0-9]{0,9}")
_CLOSES: Final = frozenset({SaidOfConsent.REFUSED, SaidOfConsent.WITHDRAWN})
CLOSE_WAIT_S: Final = 10.0
"""For so long sensors that close at this moment are waited for, where what was said needs them closed."""
MAY_BE_OPEN: Final = "Camera or microphone may still be open."
_NOTHING_STOOD_STILL: Final = frozenset({Mode.DOCKED, Mode.LOCKED, Mode.OFF})


@dataclass(frozen=True, slots=True)
class ConsentOutcome:
    """What came of it.

    Attributes:
        ok: Whether all that follows from it is done, and it is kept.
        state: The camera's state now.
        sentence: What happened, or what did not.
        consent: The number of the signed event; None where none was kept.
        outcome: What the recorder said last, where it was asked for anything.
        refused: Whether nothing was done, and nothing kept, because it cannot be so here.
    """

    ok: bool
    state: Mode
    sentence: str
    consent: int | None
    outcome: Outcome | None
    refused: bool = False

    def to_json(self) -> dict[str, Any]:
        """As it goes over the control socket; what is not known is left out."""
        answer: dict[str, Any] = {} if self.outcome is None else self.outcome.to_json()
        answer.update(ok=self.ok, state=str(self.state), sentence=self.sentence)
        answer.pop("error", None)
        if self.consent is not None:
            answer["consent"] = self.consent
        if not self.ok:
            answer["error"] = self.sentence
        return answer


class ConsentButtons:
    """Takes what is said at the door. Thread-safe.

    Args:
        recorder: What records.
        log: Where what was said is kept.
        change: Changes where the camera is, and returns once sensors that it closes are closed.
        clock: Tells the time.
        wait_until_closed: Waits at most so many seconds until no sensor is open; tells whether none is.
    """

    def __init__(
        self,
        recorder: Recorder,
        log: ConsentLog,
        change: Callable[[Event], Outcome],
        clock: Clock,
        wait_until_closed: Callable[[float], bool],
    ) -> None:
        self._recorder = recorder
        self._log = log
        self._change = change
        self._clock = clock
        self._wait_until_closed = wait_until_closed

    def say(self, said: ConsentSaid, way: str) -> ConsentOutcome:
        """Do what follows from what was said, and keep it.

        Args:
            said: What.
            way: What it was given by, such as ``control``.

        Raises:
            ControlError: It names a text that there cannot be, and nothing is done; one sentence.
        """
        check_wording(said.wording)
        recorder = self._recorder
        at_ns, label, assignment = self._clock.boot_ns(), self._clock.label(), recorder.then.holder.assignment
        began = self._begin(said)
        if began is not None and began.refused and said.kind is SaidOfConsent.OVERRIDDEN:
            return ConsentOutcome(
                ok=False,
                state=began.state,
                sentence=began.sentence,
                consent=None,
                outcome=began,
                refused=True,
            )
        marking = self._marking(said) if recorder.recording or recorder.then.state.recording else None
        closed = self._change(Event.PRIVATE_ON) if self._is_to_close(said) else None  # waits for no mark
        marked = None if marking is None else _in_a_recording(marking())
        are_closed = self._are_closed(said, closed)
        last = closed or marked or began
        recording = next((each.recording for each in (marked, began) if each is not None), None)
        try:
            number = self._log.keep(said, ToldInTime(at_ns, label, way, recording, assignment))
        except StorageError as error:
            sentence = f"What was said is not kept: {error} {self._done(said, are_closed)}".rstrip()
            return ConsentOutcome(
                ok=False, state=recorder.status().state, sentence=sentence, consent=None, outcome=last
            )
        wrong = next((each for each in (began, marked) if each is not None and not each.ok), None)
        open_still = said.kind in _CLOSES and not are_closed
        if wrong is None and open_still:
            wrong = closed
        unkept = recorder.unkept if said.kind in _CLOSES else None
        parts = (
            f"Kept as consent event {number}.",
            self._done(said, are_closed),
            None if wrong is None else wrong.sentence,
            unkept,
        )
        sentence = " ".join(filter(None, parts))
        ok = wrong is None and not open_still and unkept is None
        state = recorder.status().state
        return ConsentOutcome(ok=ok, state=state, sentence=sentence, consent=number, outcome=last)

    def find(self, way: str) -> int | None:
        """The number of the event on the card that was given by a way; None where there is none."""
        return self._log.find(way)

    def command(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer ``{"do": "consent", "kind": …, "why": …, "wording": …}`` of the control socket.

        Raises:
            ControlError: It is none; one sentence.
        """
        return self.say(said_of(request), "control").to_json()

    def _begin(self, said: ConsentSaid) -> Outcome | None:
        """Have a recording begin that is to begin with what was said."""
        if said.kind is SaidOfConsent.OVERRIDDEN:
            return self._recorder.press(OVERRIDE)
        then = self._recorder.then.state  # by what was asked for before, which the card may keep waiting
        if said.kind is SaidOfConsent.ASKED_FOR and then.home is Mode.READY and not then.recording:
            return self._recorder.press(ASKED_FOR)
        return None

    def _marking(self, said: ConsentSaid) -> Callable[[], Outcome]:
        """Ask for it to stand in the ledger of the recording under way; return what waits for that."""
        kind, detail = ledger_event(said)
        return self._recorder.marking(LedgerMark(kind, tuple(detail.items()), "What was said"))

    def _is_to_close(self, said: ConsentSaid) -> bool:
        return said.kind in _CLOSES and self._recorder.status().state not in _NOTHING_STOOD_STILL

    def _are_closed(self, said: ConsentSaid, closed: Outcome | None) -> bool:
        """Tell whether no sensor is open, by the sensors themselves: what should be so may not be (C11).

        Where this closed them that was waited for; where something else did, just before, it is waited for
        here, but only if what was said needs it.
        """
        if self._recorder.sensors:
            return False
        if closed is not None:
            return not closed.open_still
        return self._wait_until_closed(CLOSE_WAIT_S if said.kind in _CLOSES else 0.0)

    def _done(self, said: ConsentSaid, are_closed: bool) -> str:
        """What is so now, in a sentence."""
        recorder = self._recorder
        if said.kind in _CLOSES:
            if recorder.sensors:
                return "Camera and microphone are still open."
            return "Camera and microphone are closed." if are_closed else MAY_BE_OPEN
        then = recorder.then
        if then.state.recording:
            number = recorder.status().recording if then.is_current else None
            return "" if number is None else f"Recording {number} is running."
        if recorder.sensors:
            return "Nothing is being recorded."
        if are_closed:
            return "Nothing is being recorded, and camera and microphone are closed."
        return f"Nothing is being recorded. {MAY_BE_OPEN}"


def _in_a_recording(marked: Outcome) -> Outcome | None:
    """What came of a mark; None where the recording was over meanwhile, or never began."""
    return None if marked.refused else marked


def said_of(request: Mapping[str, Any]) -> ConsentSaid:
    """Read what somebody says was said.

    Raises:
        ControlError: It is nothing that can be; one sentence.
    """
    kind, why, wording = (request.get(name, "") for name in ("kind", "why", "wording"))
    kinds, reasons = list(map(str, SaidOfConsent)), list(map(str, WhyNotAsked))
    if kind not in kinds:
        raise ControlError(f"What was said is one of: {', '.join(kinds)}.")
    if kind == SaidOfConsent.NOT_ASKED and why not in reasons:
        raise ControlError(f"Why nobody was asked is one of: {', '.join(reasons)}.")
    if kind != SaidOfConsent.NOT_ASKED and why:
        raise ControlError("Only that nobody was asked has a reason on the camera.")
    check_wording(wording)
    return ConsentSaid(SaidOfConsent(kind), str(why), wording)


def check_wording(wording: object) -> None:
    """Check what is said of which text was said; empty where none was.

    Raises:
        ControlError: It is not of that form; one sentence.
    """
    if not isinstance(wording, str) or (wording and _WORDING.fullmatch(wording) is None):
        raise ControlError("Which text was said to them is its language and version, such as: en 2.")
