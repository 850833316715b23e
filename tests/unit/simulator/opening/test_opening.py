"""Footage of any camera, opened: what is good passes, and each kind of fault is found by its rule."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from protocol.footage.format.model import Gap, GapCause, PlainChunk, PlainPart, Track
from protocol.footage.ledger.ledger import LEDGER_NAME, Keys
from protocol.footage.sealing.keys import generate_private_key, seal_keys
from simulator.cli import app
from simulator.opening.judge import judge_recording
from simulator.opening.key_file import read_key
from simulator.opening.rules import RULES
from simulator.oracle.check import Check, Result
from tests.support.media.media import MediaTake
from tests.support.media.parts import cut, encoded, footage_chunk
from tests.support.media.recordings import BOOT_NS, SECOND_NS, make_identity

pytestmark = pytest.mark.slow

IDENTITY = make_identity()
CHUNKS = 4


def chunks(*, hole_ns: int = 0) -> list[PlainChunk]:
    """Some seconds of footage, the second half so much later."""
    return [
        footage_chunk(BOOT_NS + at * SECOND_NS + (hole_ns if at >= CHUNKS // 2 else 0))
        for at in range(CHUNKS)
    ]


def with_part(at: int, track: Track, change: Callable[[PlainPart], PlainPart]) -> list[PlainChunk]:
    """Footage in which one part is another."""
    media = chunks()
    parts = tuple(change(each) if each.track is track else each for each in media[at].parts)
    media[at] = replace(media[at], parts=parts)
    return media


def recorded(media: list[PlainChunk] | None = None, **more: object) -> dict[str, bytes]:
    """The files of a recording of some footage."""
    take = MediaTake(IDENTITY, media=media or chunks(), **more)  # type: ignore[arg-type]  # as it takes them
    take.record()
    return {name: bytes(data) for name, data in take.files.items()}


def judged(files: dict[str, bytes]) -> dict[str, Check]:
    """What every rule came to."""
    checks = judge_recording(files, IDENTITY.private, [IDENTITY.authority])
    assert [each.name for each in checks] == [each.name for each in RULES]
    return {each.name: each for each in checks}


def broken(files: dict[str, bytes]) -> set[str]:
    return {name for name, each in judged(files).items() if each.result is Result.BROKEN}


def test_good_footage_holds_every_rule() -> None:
    lacking = {name: each.sentence for name, each in judged(recorded()).items() if not each.passed}
    assert set(lacking) <= {"ffprobe"}, lacking  # where a machine has none


def test_what_ffprobe_could_not_be_asked_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    probe = judged(recorded())["ffprobe"]
    assert (probe.result, probe.asked) == (Result.NOT_EVALUATED, False)
    assert "no ffprobe" in probe.sentence


def sealed_elsewhere(*arguments: object, recording: bytes, **more: object) -> Keys:
    """Keys in the HPKE context of another recording."""
    return seal_keys(*arguments, recording=bytes(16), **more)  # type: ignore[arg-type]  # as it takes them


def doubled(part: PlainPart) -> PlainPart:
    one = encoded(part.track)
    return replace(part, data=part.data + cut(one.part, start_ns=BOOT_NS, duration_ns=SECOND_NS))


def shifted(by_ns: int, duration_ns: int = SECOND_NS) -> Callable[[PlainPart], PlainPart]:
    def shift(part: PlainPart) -> PlainPart:
        one = encoded(part.track)
        media = cut(one.part, start_ns=BOOT_NS + SECOND_NS + by_ns, duration_ns=duration_ns)
        return replace(part, data=one.part.initialisation.data + media)

    return shift


def blank(part: PlainPart) -> PlainPart:
    one = encoded(part.track)
    payload = bytes(len(one.part.payload))
    media = cut(one.part, start_ns=BOOT_NS + SECOND_NS, duration_ns=SECOND_NS, payload=payload)
    return replace(part, data=one.part.initialisation.data + media)


def in_the_middle(part: PlainPart) -> PlainPart:
    """Pictures that need one before them."""
    one = encoded(part.track)
    first, *rest = one.part.samples
    media = cut(
        replace(one.part, samples=tuple(rest)),
        start_ns=BOOT_NS + SECOND_NS,
        duration_ns=SECOND_NS,
        payload=one.part.payload[first.size :],
    )
    return replace(part, data=one.part.initialisation.data + media)


def other_timescale(part: PlainPart) -> PlainPart:
    rate = 90_000 if part.track is Track.VIDEO else 48_000
    head = encoded(part.track).part.initialisation.data
    at = head.index(b"mdhd") + 4 + 12
    assert int.from_bytes(head[at : at + 4], "big") == rate
    changed = head[:at] + (rate // 2).to_bytes(4, "big") + head[at + 4 :]
    return replace(part, data=changed + part.data[len(head) :])


@dataclass(frozen=True)
class Fault:
    """Footage with one fault, and the rule that must name it."""

    rule: str
    files: Callable[[], dict[str, bytes]]


def other_keys() -> dict[str, bytes]:
    take = MediaTake(IDENTITY, media=chunks())
    take.chunk()
    take.keys[0, Track.VIDEO] = bytes(range(32))
    take.chunk()
    take.press()
    take.live()
    take.close()
    return {name: bytes(data) for name, data in take.files.items()}


def truncated() -> dict[str, bytes]:
    files = recorded()
    last = max(name for name in files if name.endswith(".seg"))
    return files | {last: files[last][: len(files[last]) // 2]}


def altered_ledger() -> dict[str, bytes]:
    files = recorded()
    data = bytearray(files[LEDGER_NAME])
    data[-1] ^= 1
    return files | {LEDGER_NAME: bytes(data)}


def sealed_to_somebody_else() -> dict[str, bytes]:
    other = generate_private_key()
    recipient = replace(IDENTITY.recipient, public_key=other.public_bytes())
    take = MediaTake(replace(IDENTITY, recipient=recipient), media=chunks())
    take.record()
    return {name: bytes(data) for name, data in take.files.items()}


FAULTS = {
    "sealed to another": Fault("recipient", sealed_to_somebody_else),
    "another HPKE context": Fault("keys-open", lambda: recorded(sealer=sealed_elsewhere)),
    "keys of other parts": Fault("parts-open", other_keys),
    "two moof": Fault("one-fragment", lambda: recorded(with_part(1, Track.VIDEO, doubled))),
    "two moof of sound": Fault("one-fragment", lambda: recorded(with_part(1, Track.AUDIO, doubled))),
    "no MP4 at all": Fault(
        "one-fragment",
        lambda: recorded(with_part(1, Track.VIDEO, lambda part: replace(part, data=b"\0" * 900))),
    ),
    "another codec": Fault(
        "codec", lambda: recorded(with_part(1, Track.VIDEO, lambda part: replace(part, codec="avc1.64001F")))
    ),
    "sound for a picture": Fault(
        "codec",
        lambda: recorded(
            with_part(1, Track.VIDEO, lambda part: replace(part, data=footage_chunk(BOOT_NS).parts[1].data))
        ),
    ),
    "half the timescale": Fault("timescale", lambda: recorded(with_part(1, Track.VIDEO, other_timescale))),
    "bytes that are no picture": Fault("decodes-alone", lambda: recorded(with_part(1, Track.VIDEO, blank))),
    "a picture in the middle": Fault(
        "decodes-alone", lambda: recorded(with_part(1, Track.VIDEO, in_the_middle))
    ),
    "too early": Fault("times", lambda: recorded(with_part(1, Track.VIDEO, shifted(-SECOND_NS)))),
    "from nought on": Fault("times", lambda: recorded(with_part(1, Track.AUDIO, shifted(-BOOT_NS)))),
    "too short": Fault("times", lambda: recorded(with_part(1, Track.AUDIO, shifted(0, SECOND_NS // 2)))),
    "a gap that nobody told of": Fault("gaps-told", lambda: recorded(chunks(hole_ns=SECOND_NS))),
    "cut off in a segment": Fault("signed", truncated),
    "a changed ledger": Fault("signed", altered_ledger),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found_by_its_rule(name: str) -> None:
    fault = FAULTS[name]
    check = judged(fault.files())[fault.rule]

    assert check.result is Result.BROKEN, check.sentence
    assert check.exchange is not None
    assert check.exchange.expected
    assert check.exchange.came


def test_a_gap_that_is_told_is_none_to_complain_of() -> None:
    media = chunks(hole_ns=SECOND_NS)
    begins = BOOT_NS + CHUNKS // 2 * SECOND_NS
    told = tuple(Gap(track, begins, SECOND_NS, GapCause.STALLED) for track in Track)
    media[CHUNKS // 2] = replace(media[CHUNKS // 2], gaps=told)

    assert broken(recorded(media)) == set()


def test_the_signer_is_known_only_with_his_authority() -> None:
    files = recorded()
    signed = {each.name: each for each in judge_recording(files, IDENTITY.private, [])}["signed"]
    assert signed.passed
    assert "signer unknown" in signed.sentence
    other = make_identity(seed=2)
    stranger = {each.name: each for each in judge_recording(files, IDENTITY.private, [other.authority])}
    assert stranger["signed"].result is Result.BROKEN


def test_footage_that_is_nothing_at_all_is_not_evaluated_but_for_its_signature() -> None:
    found = judged({LEDGER_NAME: b"nothing"})
    assert found["signed"].result is Result.BROKEN
    assert {each.result for name, each in found.items() if name != "signed"} == {Result.NOT_EVALUATED}


def test_every_rule_is_documented() -> None:
    page = (Path(__file__).parents[4] / "docs" / "simulator.md").read_text(encoding="utf-8")
    assert [each.name for each in RULES if f"| `{each.name}` |" not in page] == []


def test_the_command_says_each_rule_and_ends_with_its_status(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(base64.b64encode(IDENTITY.private.to_bytes()))
    whole, wrong = tmp_path / "whole", tmp_path / "wrong"
    for folder, files in ((whole, recorded()), (wrong, FAULTS["another codec"].files())):
        folder.mkdir()
        for name, data in files.items():
            (folder / name).write_bytes(data)
    reports = ["--json", str(tmp_path / "report.json"), "--html", str(tmp_path / "report.html")]
    run = CliRunner().invoke

    good = run(app, ["open", str(whole), "--key", str(key)])
    assert (good.exit_code, "✓ codec: held." in good.output) == (0, True)
    bad = run(app, ["open", str(wrong), "--key", str(key), *reports])
    assert (bad.exit_code, "✗ codec: broken." in bad.output) == (1, True)
    report = json.loads((tmp_path / "report.json").read_text())
    [found] = [each["exchange"] for each in report["checks"] if each["result"] == "broken"]
    assert found["expected"] == "the header says avc1.64001F"
    assert "avc1.64001F" in (tmp_path / "report.html").read_text()
    (tmp_path / "empty").mkdir()
    for folder, of in ((tmp_path / "empty", key), (whole, whole / LEDGER_NAME)):
        refused = run(app, ["open", str(folder), "--key", str(of), *reports])
        assert refused.exit_code == 2
        assert json.loads((tmp_path / "report.json").read_text())["outcome"] == "unusable"


def test_a_key_that_was_made_opens_what_was_sealed_to_its_public_half(tmp_path: Path) -> None:
    made = CliRunner().invoke(app, ["key", str(tmp_path / "key")])
    private = read_key(tmp_path / "key")

    assert base64.b64decode(made.output) == private.public_bytes()
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    again = CliRunner().invoke(app, ["key", str(tmp_path / "key")])
    assert again.exit_code == 2
    assert read_key(tmp_path / "key").to_bytes() == private.to_bytes()
