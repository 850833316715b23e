"""The rules of the end of an upload: the camera's word that this is all, and the receipt."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import Encoding

from protocol.footage.format.errors import ReceiptError
from protocol.footage.receipt import read_receipt
from protocol.footage.sealing.keys import Recipient, generate_private_key
from protocol.messages.uploads import CompleteResponse
from simulator.conform.attempt import rule
from simulator.conform.errors import NotLookedAtError
from simulator.conform.uploads import HTTP, SECTION, base, first, put_ledger, put_segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocol.footage.receipt import Receipt
    from protocol.messages.uploads import CompleteRequest
    from simulator.conform.attempt import Attempt
    from simulator.conform.door import DoorAnswer
    from simulator.conform.footage import MadeFootage
    from simulator.conform.visit import Visit

DECIDED_S: Final = 30.0
ASK_S: Final = 0.2
NOT_YET: Final = 202


def send_all(visit: Visit, it: Attempt, made: MadeFootage, names: Sequence[str] | None = None) -> None:
    """Send a whole recording: its ledger, and its segments in this order."""
    it.want(put_ledger(visit, made, 0, len(made.ledger)), 201)
    for name in made.segments if names is None else names:
        it.want(put_segment(visit, made, name), 201)


def complete(
    visit: Visit, made: MadeFootage, word: CompleteRequest | None = None, what: str = ""
) -> DoorAnswer:
    """Say that this is all."""
    return visit.cameras.post(f"{base(made)}/complete", word or made.word(), what)


def decided(visit: Visit, made: MadeFootage) -> DoorAnswer:
    """Ask for the receipt until the fleet has decided.

    Raises:
        NotLookedAtError: It takes longer than anybody waits.
    """
    end, pause = time.monotonic() + DECIDED_S, threading.Event()
    while True:
        answer = visit.cameras.get(f"{base(made)}/receipt")
        if answer.status != NOT_YET:
            return answer
        if time.monotonic() > end:
            raise NotLookedAtError(f"the fleet had not decided after {DECIDED_S:.0f} s", asked=True)
        pause.wait(ASK_S)


@rule("complete-too-early", SECTION, "a word that comes before the bytes is refused, and nothing is final")
def complete_too_early(visit: Visit, it: Attempt) -> None:
    """With 409 ``incomplete``; the rest is taken afterwards."""
    made = visit.footage()
    it.want(put_ledger(visit, made, 0, len(made.ledger)), 201)
    it.want(complete(visit, made, what=" without a segment held"), 409, code="incomplete")
    for name in made.segments:
        it.want(put_segment(visit, made, name), 201)
    it.want(complete(visit, made), 202, 200)


@rule(
    "closed-needs-its-end",
    SECTION,
    "closed is refused over a ledger without a close record, and nothing is final",
)
def closed_needs_its_end(visit: Visit, it: Attempt) -> None:
    """A version that was cut short is no whole recording."""
    made = visit.footage()
    cut = made.ledger[: made.records[-2]]
    it.want(put_ledger(visit, made, 0, len(cut)), 201)
    for name in made.segments:
        it.want(put_segment(visit, made, name), 201)
    said = complete(visit, made, made.word(ledger=cut), " as closed, without the close record")
    it.want(said, 409, code="incomplete")
    it.want(put_ledger(visit, made, len(cut), len(made.ledger)), 201)
    it.want(complete(visit, made), 202, 200)


@rule("receipt-too-early", HTTP, "before the camera has said that this is all there is no receipt")
def receipt_too_early(visit: Visit, it: Attempt) -> None:
    """A recording that grows."""
    made = visit.footage()
    it.want(put_ledger(visit, made, 0, len(made.ledger)), 201)
    it.want(visit.cameras.get(f"{base(made)}/receipt"), 409, code="incomplete")


@rule("not-found", HTTP, "of a recording that it never heard of the fleet has no receipt and takes no word")
def not_found(visit: Visit, it: Attempt) -> None:
    """404, and a problem document."""
    made = visit.footage()
    it.want(visit.cameras.get(f"{base(made)}/receipt"), 404, code="not_found")
    it.want(complete(visit, made), 404, code="not_found")


@rule("word-strict", HTTP, "a word with a field that is not known is refused")
def word_strict(visit: Visit, it: Attempt) -> None:
    """JSON bodies refuse unknown fields."""
    made = visit.footage()
    send_all(visit, it, made)
    body = made.word().model_dump(mode="json") | {"comment": "all of it"}
    answer = visit.cameras.post(f"{base(made)}/complete", body, " with a field beside those known")
    it.want(answer, 422, code="not_valid")


@rule("other-segments", SECTION, "a word over other bytes than those held is refused")
def other_segments(visit: Visit, it: Attempt) -> None:
    """Names, sizes and digests are compared."""
    made = visit.footage()
    send_all(visit, it, made)
    word = made.word()
    one, *rest = word.segments
    other = word.model_copy(update={"segments": (one.model_copy(update={"sha256": "0" * 64}), *rest)})
    answer = complete(visit, made, other, " with another digest of a segment")
    it.want(answer, 409, code="segments_differ")


@rule("receipt", SECTION, "a whole recording gets a receipt that is signed for just these files")
def receipt(visit: Visit, it: Attempt) -> None:
    """Signature, ledger digest and segment list, as a camera checks them."""
    _received(visit, it, visit.footage())


@rule("complete-again", SECTION, "the same word again is taken, and another one is refused")
def complete_again(visit: Visit, it: Attempt) -> None:
    """Any step may be repeated; a word is final."""
    made = visit.footage()
    send_all(visit, it, made)
    it.want(complete(visit, made), 202, 200)
    answer = it.want(complete(visit, made, what=" again"), 202, 200)
    it.that(answer.sent, "a CompleteResponse", answer.words, holds=answer.read(CompleteResponse) is not None)
    other = made.word(ended="cut off")
    it.want(complete(visit, made, other, " with another word"), 409, code="already_complete")


@rule("complete-is-final", SECTION, "after that word the fleet takes nothing more for the recording")
def complete_is_final(visit: Visit, it: Attempt) -> None:
    """A segment more would be none that anybody signed for."""
    made = visit.footage()
    send_all(visit, it, made)
    it.want(complete(visit, made), 202, 200)
    decided(visit, made)
    name = f"{first(made).rpartition('-')[0]}-00000099.seg"
    answer = visit.cameras.put(f"{base(made)}/segments/{name}", made.segments[first(made)], ", one more")
    it.want(answer, 409, code="recording_complete")


@rule("order-backwards", SECTION, "segments may come backwards, and before the ledger")
def order_backwards(visit: Visit, it: Attempt) -> None:
    """The fleet relies on no order."""
    made = visit.footage()
    for name in reversed(made.segments):
        it.want(put_segment(visit, made, name), 201)
    it.want(put_ledger(visit, made, 0, len(made.ledger)), 201)
    _word_and_receipt(visit, it, made)


@rule("order-mixed", SECTION, "pieces of the ledger and segments may come in turns, outwards from the press")
def order_mixed(visit: Visit, it: Attempt) -> None:
    """As cameras send them, with pieces that end within a record."""
    made = visit.footage()
    names = list(made.segments)
    middle = len(names) // 2
    outwards = [
        names[at]
        for pair in zip(range(middle, len(names)), range(middle - 1, -1, -1), strict=False)
        for at in pair
    ]
    step = len(made.ledger) // len(outwards) + 1
    for at, name in enumerate(outwards):
        start = at * step
        it.want(put_ledger(visit, made, start, min(start + step, len(made.ledger))), 201)
        it.want(put_segment(visit, made, name), 201)
    _word_and_receipt(visit, it, made)


@rule("order-repeated", SECTION, "every step may be repeated")
def order_repeated(visit: Visit, it: Attempt) -> None:
    """As if every answer had been lost."""
    made = visit.footage()
    for _ in range(2):
        it.want(put_ledger(visit, made, 0, len(made.ledger)), 201, 200)
        for name in made.segments:
            it.want(put_segment(visit, made, name), 201, 200)
    it.want(complete(visit, made), 202, 200)
    _word_and_receipt(visit, it, made)


@rule("cannot-be-opened", SECTION, "a recording that the fleet cannot open gets no receipt")
def cannot_be_opened(visit: Visit, it: Attempt) -> None:
    """It is rightly signed, and sealed to a key that nobody has: a receipt would let the camera delete it."""
    sealer = visit.identity.sealer
    stranger = Recipient("Nobody", generate_private_key().public_bytes())
    _refused(visit, it, visit.footage(sealer=replace(sealer, recipients=(stranger,))), "sealed to nobody")


@rule("altered", SECTION, "a recording that is not as its camera signed it gets no receipt")
def altered(visit: Visit, it: Attempt) -> None:
    """One bit of one segment, with the digest of what is sent."""
    made = visit.footage()
    name = first(made)
    data = bytearray(made.segments[name])
    data[-1] ^= 1
    _refused(visit, it, replace(made, segments=made.segments | {name: bytes(data)}), "with a bit changed")


@rule("another-camera-s", SECTION, "a recording that another camera signed gets no receipt")
def another_camera_s(visit: Visit, it: Attempt) -> None:
    """Its ledger says who made it."""
    sealer = replace(visit.identity.sealer, camera="another-camera")
    _refused(visit, it, visit.footage(sealer=sealer), "of another camera")


def _received(visit: Visit, it: Attempt, made: MadeFootage) -> None:
    send_all(visit, it, made)
    _word_and_receipt(visit, it, made)


def _word_and_receipt(visit: Visit, it: Attempt, made: MadeFootage) -> None:
    it.want(complete(visit, made), 202, 200)
    answer = it.want(decided(visit, made), 200)
    it.that(answer.sent, "application/cbor", answer.kind, holds=answer.kind == "application/cbor")
    try:
        found = read_receipt(answer.body, visit.identity.authority.public_bytes(Encoding.DER))
        wrong = _wrong(found, made, visit.identity.camera)
    except ReceiptError as error:
        wrong = str(error)
    it.that(answer.sent, "a receipt by this fleet for these files", wrong or "one", holds=not wrong)


def _wrong(found: Receipt, made: MadeFootage, camera: str) -> str:
    """What of a receipt is not of these files."""
    about = (found.camera, found.number, found.recording.hex())
    if about != (camera, made.number, made.id):
        return f"a receipt for recording {found.number} of {found.camera}"
    if (found.ledger_length, found.ledger_sha256) != (len(made.ledger), hashlib.sha256(made.ledger).digest()):
        return "a receipt for another ledger"
    held = [(each.name, each.size, each.sha256) for each in found.segments]
    sent = [(name, len(data), hashlib.sha256(data).digest()) for name, data in made.segments.items()]
    return "" if held == sent else "a receipt for other segments"


def _refused(visit: Visit, it: Attempt, made: MadeFootage, what: str) -> None:
    """Send a recording that must not get a receipt; the fleet may say so at any step."""
    for name in made.segments:
        it.want(put_segment(visit, made, name), 201)
    sent = put_ledger(visit, made, 0, len(made.ledger))
    it.that(f"{sent.sent} {what}", "201 or a refusal", sent.words, holds=sent.status in {201, 409, 422})
    said = complete(visit, made, what=f" {what}")
    if said.status in {200, NOT_YET}:
        said = decided(visit, made)
        said = replace(said, sent=f"{said.sent} {what}")
    it.want(said, 422, 409, code="recording_failed")


RECEIPTS: Final = (
    complete_too_early,
    closed_needs_its_end,
    receipt_too_early,
    not_found,
    word_strict,
    other_segments,
    receipt,
    complete_again,
    complete_is_final,
    order_backwards,
    order_mixed,
    order_repeated,
    cannot_be_opened,
    altered,
    another_camera_s,
)
