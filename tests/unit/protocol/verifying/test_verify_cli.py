"""lapel-verify as a person or a script meets it."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from typer.testing import CliRunner

from protocol.footage.format.certificates import fingerprint
from protocol.footage.format.limits import MAX_SEGMENT_BYTES
from protocol.footage.format.model import Gap, GapCause, Track
from protocol.footage.ledger.ledger import iter_ledger
from protocol.verify import cli, status
from protocol.verify.folder import Folder, UnusableFolderError
from tests.support.media.recordings import Take, make_identity, record

pytestmark = pytest.mark.slow

IDENTITY = make_identity()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "00000007"
    path.mkdir()
    for name, data in record(receipt=True).files.items():
        (path / name).write_bytes(data)
    return path


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    path = tmp_path / "authority.pem"
    path.write_bytes(x509.load_der_x509_certificate(IDENTITY.authority).public_bytes(Encoding.PEM))
    return path


def verify(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli.app, [str(each) for each in arguments])
    return result.exit_code, result.stdout, result.stderr


def test_an_intact_recording_is_exit_0_and_needs_no_key(folder: Path, authority: Path) -> None:
    code, out, err = verify(folder, "--authority", authority)
    assert (code, err) == (0, "")
    mark = fingerprint(IDENTITY.authority)
    digest = hashlib.sha256((folder / "ledger.cbor").read_bytes()).hexdigest()
    found = "and found them intact"
    signed = f"ledger SHA-256 {digest}"
    received = "2026-11-18 11:15:11.000000 UTC by its own clock"
    assert out.splitlines() == [
        "Intact: 5.0 s in 5 chunks, 3.0 s of it before the press, exactly as cam-01 signed it.",
        f"The fleet signed a receipt for exactly these files at {received} ({signed}), {found}.",
        "Recording 7 of cam-01: 3.0 s of pre-record held, 3.0 s asked for.",
        f"Signer of the receipt: 'fleet receipts', named by an authority that you gave (SHA-256 {mark}).",
        f"The camera's certificate was issued by an authority that you gave (SHA-256 {mark}).",
    ]


def test_an_authority_may_be_der(folder: Path, tmp_path: Path) -> None:
    der = tmp_path / "authority.der"
    der.write_bytes(IDENTITY.authority)
    assert verify(folder, "--authority", der)[0] == 0


def test_without_an_authority_it_says_what_was_not_shown_with_a_status_of_its_own(folder: Path) -> None:
    # proves F8
    code, out, _ = verify(folder)
    assert code == 4
    assert out.startswith("Consistent, signer unknown: ")
    assert "named by an authority not given" in out
    assert "Intact" not in out
    assert "The fleet signed" not in out
    assert f"The issuing authority was not pinned (SHA-256 {fingerprint(IDENTITY.authority)})." in out
    assert "consistent, not whose it is" in out


def test_a_changed_byte_is_exit_1_with_what_and_where(folder: Path, authority: Path) -> None:
    segment = min(folder.glob("*.seg"))
    data = bytearray(segment.read_bytes())
    data[-1] ^= 1
    segment.write_bytes(data)
    code, out, _ = verify(folder, "--authority", authority)
    assert code == 1
    assert out.startswith(f"Altered: chunk 2 ({segment.name}, byte ")
    assert "its audio is not what the camera signed" in out


def test_another_authority_is_named_as_that_with_a_status_of_its_own(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.der"
    other.write_bytes(make_identity(seed=2).authority)
    code, out, _ = verify(folder, "--authority", other)
    assert code == 5
    assert out.startswith("Another authority: ")
    assert "ltered" not in out
    assert "comes from an authority that is not trusted here" in out


def test_many_findings_are_listed_up_to_a_point(folder: Path) -> None:
    for at in range(25):
        (folder / f"note-{at:02}.txt").touch()
    code, out, _ = verify(folder)
    assert code == 6
    assert out.count("does not belong to a recording") == 21  # the sentence and twenty lines
    assert "and 5 more; --json lists them all" in out


def test_many_gaps_are_listed_with_their_places(tmp_path: Path) -> None:
    take = Take(IDENTITY)
    take.chunk()
    for _ in range(4):
        take.at_ns += 500_000_000
        take.chunk()
    take.press()
    take.close()
    for name, data in take.files.items():
        (tmp_path / name).write_bytes(data)
    code, out, _ = verify(tmp_path)
    assert code == 4
    assert "  - at 2.5 s: gap of 0.500 s in video, unexplained" in out.splitlines()


def test_a_gap_that_is_explained_names_the_chunk_that_does_or_the_ledger(tmp_path: Path) -> None:
    take = Take(IDENTITY)
    for _ in range(5):
        gap = Gap(Track.VIDEO, take.at_ns, 500_000_000, GapCause.OVERFLOW)
        take.at_ns += 500_000_000
        take.chunk(tracks=frozenset({Track.VIDEO}), gaps=(gap,))
    take.press()
    gap = Gap(Track.VIDEO, take.at_ns, 500_000_000, GapCause.OVERFLOW)
    take.at_ns += 500_000_000
    take.gap(gap)
    take.close()
    for name, data in take.files.items():
        (tmp_path / name).write_bytes(data)
    _, out, _ = verify(tmp_path)
    assert "  - at 1.0 s: gap of 0.500 s in video, overflow, as chunk 1 states" in out.splitlines()
    assert "  - at 7.0 s: gap of 0.500 s in video, overflow, as the ledger states" in out.splitlines()
    [_, second, *_, last] = json.loads(verify(tmp_path, "--json")[1])["gaps"]
    assert (second["explained"], second["stated_in"]) == (True, 1)
    assert (last["explained"], last["stated_in"]) == (True, None)


def test_json_is_the_whole_report(folder: Path, authority: Path) -> None:
    code, out, _ = verify(folder, "--json", "--authority", authority)
    report = json.loads(out)
    assert code == 0
    assert (report["verdict"], report["prerecord_ns"], len(report["chunks"])) == ("intact", 3_000_000_000, 6)


def test_a_recording_without_an_end_is_said_to_be_that_with_a_status_of_its_own(
    tmp_path: Path, authority: Path
) -> None:
    # proves F8
    tmp_path = tmp_path / "cut"
    tmp_path.mkdir()
    for name, data in record(closed=False).files.items():
        (tmp_path / name).write_bytes(data)
    code, out, _ = verify(tmp_path, "--authority", authority)
    assert code == 3
    assert out.startswith("Without an end: 5.0 s in 5 chunks")
    assert "; nothing shows where it ended: a power cut, a failed card, or somebody removing" in out


def test_a_file_that_does_not_belong_is_named_as_that_with_a_status_of_its_own(
    folder: Path, authority: Path
) -> None:  # proves F8
    (folder / "sub").mkdir()
    code, out, _ = verify(folder, "--authority", authority)
    assert code == 6
    assert "Without it: intact: 5.0 s in 5 chunks" in out
    assert "sub: this file does not belong to a recording" in out


def test_an_empty_file_is_judged_and_not_an_error(folder: Path) -> None:
    min(folder.glob("*.seg")).write_bytes(b"")
    assert verify(folder)[0] == 1
    (folder / "ledger.cbor").write_bytes(b"")
    code, out, _ = verify(folder)
    assert code == 1
    assert out.startswith("Altered: open record (ledger.cbor, byte 0): the data ends")


def unusable(*arguments: str | Path) -> str:
    code, out, err = verify(*arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "Traceback" not in err
    return err.strip()


def test_what_is_no_recording_is_exit_2_with_one_sentence(folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert unusable(empty) == f"{empty} is not a recording: there is no ledger.cbor in it."
    missing = tmp_path / "missing"
    assert unusable(missing) == f"{missing} does not exist: give the folder of a recording."
    ledger = folder / "ledger.cbor"
    assert unusable(ledger) == f"{ledger} is not a folder: give the folder of a recording."


def test_what_cannot_be_read_is_exit_2_with_one_sentence(folder: Path) -> None:
    """A folder in a file's place stands for any error of reading: it works for root as well."""
    segment = min(folder.glob("*.seg"))
    segment.unlink()
    segment.mkdir()
    assert unusable(folder) == f"{segment} cannot be read: is a directory."
    segment.rmdir()
    segment.symlink_to("nowhere")
    assert unusable(folder) == f"{segment} cannot be read: no such file or directory."


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_file_is_exit_2_with_one_sentence(folder: Path) -> None:
    (folder / "ledger.cbor").chmod(0)
    assert unusable(folder).endswith("cannot be read: permission denied.")


def test_an_unusable_authority_is_exit_2_with_one_sentence(folder: Path, tmp_path: Path) -> None:
    missing, wrong = tmp_path / "missing.pem", tmp_path / "wrong.pem"
    assert unusable(folder, "--authority", missing).endswith(
        "missing.pem cannot be read: no such file or directory."
    )
    later = IDENTITY.authority.replace(
        b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x2d", 1
    )  # X.509, version 46
    pem = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    for content in (b"", b"nonsense", pem, later):
        wrong.write_bytes(content)
        assert unusable(folder, "--authority", wrong) == f"{wrong} is not a certificate in PEM or DER form."


def test_no_argument_is_exit_2() -> None:
    code, out, err = verify()
    assert (code, out) == (2, "")
    assert "Missing argument 'FOLDER...'" in err


def test_it_runs_as_a_module(folder: Path) -> None:
    command = [sys.executable, "-m", "protocol.verify", str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (4, "")
    assert result.stdout.startswith("Consistent, signer unknown: ")


def test_a_terminal_sees_progress_on_stderr(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "LONG_BYTES", 0)
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal, os.fdopen(master, "rb", buffering=0) as screen:
        monkeypatch.setattr(sys, "stderr", terminal)
        report = cli.verify_folder(Folder(folder), [])
        terminal.flush()
        shown = b""
        while b"Verifying" not in shown:  # a terminal hands over what it has, in pieces
            shown += screen.read(65536)
    assert report.ok


def test_nothing_is_written_on_stderr_without_a_terminal(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "LONG_BYTES", 0)
    assert verify(folder)[2] == ""


def test_files_are_read_when_asked_for(folder: Path) -> None:
    files = Folder(folder)
    assert files.size == sum(path.stat().st_size for path in folder.iterdir())
    assert len(files) == len(list(files)) == 4
    for name in files:
        assert bytes(files[name]) == (folder / name).read_bytes()
    with pytest.raises(KeyError):
        files["other"]
    (folder / "ledger.cbor").unlink()
    with pytest.raises(UnusableFolderError):
        files["ledger.cbor"]


def test_no_more_is_read_of_a_file_than_shows_that_it_is_too_long(folder: Path) -> None:
    segment = min(folder.glob("*.seg"))
    with segment.open("r+b") as file:
        file.truncate(3 * MAX_SEGMENT_BYTES)  # a hole, which takes no room on the disk
    assert len(Folder(folder)[segment.name]) == MAX_SEGMENT_BYTES + 1
    code, out, _ = verify(folder)
    assert code == 1
    assert f"({segment.name}, byte {MAX_SEGMENT_BYTES}): a segment is at most" in out


def test_a_sector_that_cannot_be_read_is_exit_2_with_one_sentence(folder: Path) -> None:
    """The kernel has a file whose first byte cannot be read. Mapped, such a one would end the process."""
    segment = min(folder.glob("*.seg"))
    segment.unlink()
    segment.symlink_to("/proc/self/mem")
    assert unusable(folder) == f"{segment} cannot be read: input/output error."


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    ledger = folder / "ledger.cbor"
    ledger.unlink()
    os.mkfifo(ledger)
    assert unusable(folder) == f"{ledger} cannot be read: it is not a regular file."


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"\x1b[2K\rIntact: all is well", r"\x1b[2K\rIntact: all is well"),
        (b"two\nlines", r"two\nlines"),
        ("\u202egnp.exe".encode(), r"\u202egnp.exe"),
        (b"\xff\xfe", r"\udcff\udcfe"),
    ],
)
def test_a_file_s_name_cannot_paint_over_the_verdict(folder: Path, name: bytes, shown: str) -> None:
    (folder / os.fsdecode(name)).touch()
    command = [sys.executable, "-m", "protocol.verify", str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (6, "")
    [first, *_] = result.stdout.splitlines()
    assert first.startswith(f"Stray file: {shown}: this file does not belong to a recording. Without it: ")


def test_every_chunk_can_be_listed(folder: Path) -> None:
    _, out, _ = verify(folder, "--chunks")
    first = min(folder.glob("*.seg")).name
    lines = [line for line in out.splitlines() if line.startswith("chunk ")]
    assert len(lines) == 6
    assert lines[0].startswith(
        f"chunk 0: outside the recording, 1.0 s long, 1.0 s before the recording ({first}, byte "
    )
    assert lines[2].startswith(f"chunk 2: intact, 1.0 s long, 1.0 s into the recording ({first}, byte ")
    assert "chunk " not in verify(folder)[1].split("\n", 1)[1]


def test_the_help_says_what_it_takes_and_what_its_exit_status_means() -> None:
    code, out, _ = verify("--help")
    assert code == 0
    text = " ".join(out.split())
    assert "Say whether a recording is, byte for byte, as the camera signed it. No key is needed." in text
    for number, meaning in status.MEANING.items():
        assert f"{number}: {meaning}" in text
    others = {0, status.UNUSABLE, status.RELEASED, status.IMPORTED}
    assert set(status.MEANING) == {*others, *status.OF_VERDICT.values(), *status.OF_CHAIN.values()}
    for option in ("--authority FILE", "--chunks", "--json", "FOLDER"):
        assert option in text


def write(folder: Path, take: Take) -> Path:
    folder.mkdir(parents=True)
    for name, data in take.files.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    """Three recordings of a camera, each in its folder."""
    takes = [Take(IDENTITY, number=1)]
    for at in range(3):
        takes[-1].chunk()
        takes[-1].press(asked_s=1, outside=len(takes[-1].chunks) - 1)
        takes[-1].close()
        if at < 2:
            takes.append(takes[-1].another())
    return [write(tmp_path / "card" / f"0000000{take.number}", take) for take in takes]


def test_several_recordings_are_judged_each_and_together(three: list[Path], authority: Path) -> None:
    code, out, err = verify(*three, "--authority", authority)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "3 recordings: 3 intact; those that hold fit each other."
    assert [line.split(": ")[0] for line in lines if line.startswith("/")] == [str(each) for each in three]
    assert verify(three[0].parent, "--authority", authority) == (code, out, err)
    assert verify(*three, three[0], "--authority", authority) == (code, out, err), "one given twice is one"


def test_one_that_was_taken_away_is_said_with_a_status_of_its_own(
    three: list[Path], authority: Path
) -> None:  # proves F8
    code, out, _ = verify(three[0], three[2], "--authority", authority)
    assert code == 8
    assert out.startswith("2 recordings: 2 intact; between them at least 1 is not here.")
    assert "  - Not here: Recording 3 of cam-01 follows one that is not here: " in out


def test_of_those_between_is_said_how_many_lack_at_least(tmp_path: Path, authority: Path) -> None:
    # proves F8
    takes = [Take(IDENTITY, number=1)]
    for at in range(5):
        takes[-1].chunk()
        takes[-1].press(asked_s=1, outside=0)
        takes[-1].close()
        if at < 4:
            takes.append(takes[-1].another(seed=at + 10))
    ends = [write(tmp_path / f"{take.number}", take) for take in (takes[0], takes[4])]
    code, out, _ = verify(*ends, "--authority", authority)
    assert code == 8
    assert out.startswith("2 recordings: 2 intact; between them at least 1 is not here.")
    assert "at least one is missing, of numbers 2 to 4" in out


def test_a_copy_that_was_cut_contradicts_the_whole_one(three: list[Path], authority: Path) -> None:
    cut = three[0].parent / "copy"
    cut.mkdir()
    for path in three[2].iterdir():
        data = path.read_bytes()
        if path.name == "ledger.cbor":
            data = data[: ledger_entries(data)[-1]]
        (cut / path.name).write_bytes(data)
    code, out, _ = verify(cut, three[2], "--authority", authority)
    assert code == 7
    assert (
        "Contradiction: Recording 3 of cam-01 is here twice, and one of the two lacks the last 1 record"
        in out
    )


def ledger_entries(data: bytes) -> list[int]:
    return [entry.offset for entry in iter_ledger(data)]


def test_of_several_the_worst_counts_and_one_that_cannot_be_judged_stops_nothing(
    three: list[Path], authority: Path
) -> None:
    (three[1] / "ledger.cbor").unlink()
    code, out, _ = verify(three[0].parent, "--authority", authority)
    assert code == 2
    assert f"{three[1]} is not a recording: there is no ledger.cbor in it." in out
    segment = min(three[2].glob("*.seg"))
    segment.write_bytes(segment.read_bytes()[:-1] + b"?")
    assert verify(three[0].parent, "--authority", authority)[0] == 1
    report = json.loads(verify(three[0].parent, "--authority", authority, "--json")[1])
    assert (report["status"], [each["status"] for each in report["recordings"]]) == (1, [0, 2, 1])
    assert [each["report"] is None for each in report["recordings"]] == [False, True, False]


def test_a_recording_without_its_ledger_is_not_taken_for_a_folder_of_recordings(
    three: list[Path], authority: Path
) -> None:
    three[1].rename(three[0] / "within")
    (three[0] / "ledger.cbor").unlink()
    said = unusable(three[0], "--authority", authority)
    assert said == f"{three[0]} is not a recording: there is no ledger.cbor in it."


def test_a_folder_within_a_folder_is_found_and_a_link_is_not_followed(
    three: list[Path], authority: Path, tmp_path: Path
) -> None:
    deep = tmp_path / "deep"
    (deep / "a" / "b").mkdir(parents=True)
    (deep / "a" / "b" / "00000001").symlink_to(three[0])
    (deep / "note.txt").touch()
    assert "is not a recording: there is no ledger.cbor in it." in verify(deep)[1] + verify(deep)[2]
    three[0].rename(deep / "a" / "b" / "moved")
    code, out, _ = verify(deep, "--authority", authority)
    assert code == 0
    assert out.startswith("1 recording: 1 intact; those that hold fit each other.")


def test_every_order_of_the_worst_names_each_status_once() -> None:
    statuses = list(status.MEANING)
    assert status.worst([]) == 0
    for each in statuses:
        assert status.worst([each, 0]) == each
        assert status.worst([each, status.ALTERED]) == status.ALTERED


@pytest.mark.parametrize("name", ["\x1b[2Kfolder", "two\nlines"])
def test_a_folder_s_name_cannot_paint_over_the_verdict(three: list[Path], authority: Path, name: str) -> None:
    three[0].rename(three[0].parent / name)
    _, out, _ = verify(three[0].parent, "--authority", authority)
    assert name not in out
