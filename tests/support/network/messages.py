"""One message of each kind, and two of some: what tests of every message begin with."""

from __future__ import annotations

from typing import Final

from protocol.footage.consent import SaidOfConsent, WhyNotAsked
from protocol.messages.base import Message
from protocol.messages.commands import (
    Command,
    CommandKind,
    CommandOutcome,
    ConsentCommand,
    Response,
)
from protocol.messages.desired import AssignmentInfo, CameraSettings, Desired, Reported
from protocol.messages.enrolment import EnrolmentRequest, EnrolmentResponse, RecipientKey
from protocol.messages.events import CameraEvent, NewsKind
from protocol.messages.problems import Problem
from protocol.messages.status import Status, UploadProgress
from protocol.messages.uploads import (
    CompleteRequest,
    CompleteResponse,
    LedgerProgress,
    SegmentInfo,
    StoredObject,
    UploadedRecording,
    UploadState,
)
from protocol.mode import Mode
from tests.support.media.recordings import make_identity

KEY: Final = RecipientKey.of(make_identity().recipient)
SEGMENT: Final = SegmentInfo(name=f"{'a' * 32}-00000001.seg", size=3, sha256="b" * 64)
EXAMPLES: Final[list[Message]] = [
    Status(
        camera="cam-01",
        session="s-1",
        state=Mode.RECORDING,
        faults=("The card is full.",),
        battery_percent=80,
    ),
    Status(
        camera="cam-01",
        session="s-1",
        online=False,
        upload=UploadProgress(recordings=1, bytes_left=5, current=3),
    ),
    CameraEvent(
        id="1", kind=NewsKind.RECORDING_OPENED, camera="cam-01", at_utc_us=1, number=3, prerecord_s=179.6
    ),
    Desired(
        camera="cam-01", version=3, recipients=(KEY,), settings=CameraSettings(window_s=30.0, audio=False)
    ),
    Desired(
        camera="cam-01",
        version=4,
        assignment=AssignmentInfo(id="a-1", officer="Officer 1", since_utc_us=5),
    ),
    Reported(camera="cam-01", version=4, refused=("The window is too long.",)),
    EnrolmentRequest(code="secret-secret", csr_pem="-----BEGIN CERTIFICATE REQUEST-----"),
    EnrolmentResponse(
        camera="cam-01",
        certificate_pem="-",
        authority_pem="-",
        recipients=(KEY,),
        cameras_url="https://127.0.0.1:8444",
        mqtt_host="127.0.0.1",
        mqtt_port=8883,
    ),
    UploadedRecording(state=UploadState.UPLOADING, segments=(SEGMENT,), ledger_length=9),
    StoredObject(name="x", size=1, sha256="c" * 64, created=True),
    LedgerProgress(ledger_length=7),
    CompleteRequest(
        recording="d" * 32, ended="cut off", ledger_length=9, ledger_sha256="e" * 64, segments=(SEGMENT,)
    ),
    CompleteResponse(state=UploadState.VERIFYING),
    Command(id="c1", camera="cam-01", kind=CommandKind.LOCATE, issued_utc_us=1, expires_utc_us=2, by="u-1"),
    Command(
        id="c2",
        camera="cam-01",
        kind=CommandKind.CONSENT,
        issued_utc_us=1,
        expires_utc_us=2,
        by="u-1",
        consent=ConsentCommand(said=SaidOfConsent.NOT_ASKED, why=WhyNotAsked.DANGER, wording="en 2"),
    ),
    Response(id="c1", camera="cam-01", outcome=CommandOutcome.DONE, at_utc_us=2),
    Problem(title="Gone", status=410, code="enrolment_code_expired", detail="The code has expired."),
]
