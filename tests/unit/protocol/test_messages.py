"""Messages: what they take, what they refuse, and that both directions agree."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from protocol.footage.format.model import Track
from protocol.footage.sealing.keys import Recipient
from protocol.messages.base import Message
from protocol.messages.enrolment import (
    EnrolmentCode,
    EnrolmentRequest,
    RecipientKey,
    authority_fingerprint,
    parse_code,
)
from protocol.messages.problems import Problem
from protocol.messages.status import Status
from protocol.messages.topics import Down, Topic, Up, every_camera, parse_topic, topic
from protocol.messages.uploads import (
    content_digest,
    parse_content_digest,
)
from protocol.naming import is_camera_id
from tests.support.media.recordings import make_identity
from tests.support.network.messages import EXAMPLES, KEY

IDENTITY = make_identity()


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_a_message_survives_the_way(message: Message) -> None:
    text = message.model_dump_json()
    assert type(message).model_validate_json(text) == message
    assert type(message).model_validate(json.loads(text)) == message, "as a web framework hands it over"
    assert type(message).model_validate(message.model_dump()) == message


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_a_message_cannot_be_changed(message: Message) -> None:
    name = next(iter(type(message).model_fields))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(message, name, getattr(message, name))


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_an_unknown_field_is_refused(message: Message) -> None:  # proves F6
    document = {**json.loads(message.model_dump_json()), "surprise": 1}
    if isinstance(message, Problem):
        assert Problem.model_validate(document) == message, "RFC 9457 lets a reader ignore extensions"
        return
    with pytest.raises(ValidationError, match="surprise"):
        type(message).model_validate(document)


@pytest.mark.parametrize(
    "change",
    [
        {"camera": "Cam-01"},
        {"camera": "fleet"},
        {"camera": "cam/01"},
        {"camera": "+"},
        {"camera": 1},
        {"session": "with space"},
        {"session": ""},
        {"online": "yes"},
        {"online": 1},
        {"state": "asleep"},
        {"recording": "3"},
        {"recording": -1},
        {"recording": 1.5},
        {"prerecord_s": float("inf")},
        {"prerecord_s": "3"},
        {"battery_percent": 101},
        {"at_utc_us": 2**53},
        {"faults": ["x" * 257]},
        {"faults": ["x"] * 17},
        {"run": "abc"},
    ],
)
def test_a_wrong_value_is_refused(change: dict[str, object]) -> None:  # proves F6
    with pytest.raises(ValidationError):
        Status.model_validate({"camera": "cam-01", "session": "s", **change})


@given(st.text(max_size=40))
def test_a_camera_id_is_safe_in_topics_paths_and_urls(name: str) -> None:
    if is_camera_id(name):
        assert name == name.strip().lower() == name.encode("ascii").decode()
        assert not set(name) & set("/+#.%\\\0\n ")
        assert 1 <= len(name) <= 32


@pytest.mark.parametrize("name", ["a", "7", "cam-01", "a" * 32, "a-b-c"])
def test_a_camera_id(name: str) -> None:
    assert is_camera_id(name)
    assert parse_topic(topic(name, "up", "status")) == Topic(name, "up", Up.STATUS)


@pytest.mark.parametrize("name", ["", "-a", "a-", "a" * 33, "A", "a_b", "a.b", "fleet", "cam-01\n", "ä"])
def test_not_a_camera_id(name: str) -> None:
    assert not is_camera_id(name)
    with pytest.raises(ValueError, match="is not a camera id"):
        topic(name, "up", "status")


def test_topics_are_those_of_the_access_rules() -> None:
    assert topic("cam-01", "up", Up.STATUS) == "lapel/v1/cameras/cam-01/up/status"
    assert topic("cam-01", "down", Down.DESIRED) == "lapel/v1/cameras/cam-01/down/desired"
    assert every_camera(Up.EVENT) == "lapel/v1/cameras/+/up/event"
    for direction, subjects in (("up", Up), ("down", Down)):
        for subject in subjects:
            name = f"lapel/v1/cameras/cam-01/{direction}/{subject}"
            assert str(parse_topic(name)) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "lapel/v1/cameras/cam-01/up",
        "lapel/v1/cameras/cam-01/up/desired",
        "lapel/v1/cameras/cam-01/down/status",
        "lapel/v1/cameras/cam-01/up/status/x",
        "lapel/v1/cameras/+/up/status",
        "lapel/v2/cameras/cam-01/up/status",
        "x/lapel/v1/cameras/cam-01/up/status",
    ],
)
def test_another_topic_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a topic of Lapel"):
        parse_topic(name)


def test_a_topic_takes_only_its_own_subjects() -> None:
    with pytest.raises(ValueError, match="'desired' is not a subject of the direction 'up'"):
        topic("cam-01", "up", "desired")


def test_a_recipient_travels_as_base64() -> None:
    text = json.loads(KEY.model_dump_json())
    assert base64.b64decode(text["public_key"]) == IDENTITY.recipient.public_key
    assert text["tracks"] == ["video", "audio"]
    assert KEY.to_recipient() == IDENTITY.recipient
    video = Recipient("Pictures", IDENTITY.recipient.public_key, frozenset({Track.VIDEO}))
    assert RecipientKey.of(video).to_recipient() == video


@pytest.mark.parametrize("key", ["", "AAAA", "not base64!", base64.b64encode(bytes(1217)).decode(), 7])
def test_a_malformed_public_key_is_refused(key: object) -> None:
    with pytest.raises(ValidationError, match="public_key"):
        RecipientKey.model_validate({"name": "x", "public_key": key})


def test_an_enrolment_code_carries_the_authority_s_fingerprint() -> None:
    code = EnrolmentCode("s3cret", authority_fingerprint(IDENTITY.authority))
    assert parse_code(f"  {str(code).upper().replace('S3CRET', 's3cret')}\n") == code
    assert code.trusts(IDENTITY.authority)
    assert not code.trusts(make_identity(seed=2).authority)
    assert len(code.fingerprint) == 26


def test_the_secret_of_an_enrolment_code_is_not_shown_where_one_is_logged() -> None:
    code = EnrolmentCode("s3cret", authority_fingerprint(IDENTITY.authority))
    assert "s3cret" not in repr(code)
    request = EnrolmentRequest(code="s3cret-and-longer", csr_pem="x")
    assert "s3cret" not in repr(request)


@pytest.mark.parametrize("text", ["", "secret", ".", "secret.", "secret.short", f".{'a' * 26}", "a" * 60])
def test_an_incomplete_enrolment_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a complete enrolment code"):
        parse_code(text)


@given(st.binary(max_size=30))
def test_a_content_digest_survives_the_way(data: bytes) -> None:
    digest = hashlib.sha256(data).digest()
    assert parse_content_digest(content_digest(digest)) == digest
    assert parse_content_digest(f"sha-512=:AAAA:, {content_digest(digest)}") == digest


@pytest.mark.parametrize(
    "value", ["", "sha-256", "sha-256=:AAAA:", "sha-256=:****:", "sha-512=:AAAA:", "sha-256=AAAA"]
)
def test_a_malformed_content_digest_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="Content-Digest"):
        parse_content_digest(value)


def test_what_a_camera_does_not_say_is_not_known() -> None:
    # proves F8: not nought, not off, and not a clock that is not set
    bare = Status.model_validate_json('{"camera": "cam-01", "session": "s"}')
    for name in ("state", "prerecord_s", "window_s", "made", "at_utc_us", "clock_synchronised"):
        assert getattr(bare, name) is None, name
    assert (bare.upload.recordings, bare.upload.bytes_left, bare.upload.current) == (None, None, None)


def test_what_is_not_known_is_left_out_so_that_a_fleet_of_any_version_takes_it() -> None:
    said = json.loads(Status(camera="cam-01", session="s", made=0).to_json())
    assert None not in said.values()
    assert said["made"] == 0
    assert "state" not in said
    assert said["upload"] == {}
    assert Status.model_validate_json(json.dumps(said)) == Status(camera="cam-01", session="s", made=0)
