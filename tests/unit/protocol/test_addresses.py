"""What could open a camera or a stream is in no sentence, however an address is written or quoted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.addresses import without_secrets


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://admin:hunter2@10.0.0.7:554/live?token=abc stopped", "rtsp://10.0.0.7:554/… stopped"),
        ("http://cam/video.cgi?user=admin&password=hunter2", "http://cam/…"),
        ("rtsp://10.0.0.7:554/user=admin_password=hunter2_channel=1", "rtsp://10.0.0.7:554/…"),
        ("rtmp://live.example/app/stream-key", "rtmp://live.example/…"),
        ("srt://host:9000?passphrase=hunter2", "srt://host:9000/…"),
        ("HTTP://Admin@CAM.example", "HTTP://CAM.example"),
        ("http://admin:hunter2@[fe80::1%eth0]:80/x", "http://[fe80::1%eth0]:80/…"),
        # FFmpeg takes the last @ of the authority, and so a password may hold others.
        ("rtsp://admin:hunt@er2@10.0.0.7/x", "rtsp://10.0.0.7/…"),
        # A password with a slash that was not written as %2F: where the host begins, nobody can tell.
        ("rtsp://admin:hun/ter2@10.0.0.7/x", "rtsp://…"),
        ("rtsp://admin:hun?ter2@10.0.0.7/x", "rtsp://…"),
        ("rtsp://admin:hunter2", "rtsp://…"),
        (
            "[Errno 111] Connection refused: 'http://a:hunter2@h:9/drop?p=2'",
            "[Errno 111] Connection refused: 'http://h:9/…'",
        ),
        ("Opening 'http://h/seg.ts?token=hunter2' for reading", "Opening 'http://h/…' for reading"),
        ("concat:http://a:hunter2@h/1|http://a:hunter2@h/2", "concat:http://…"),
        # Somebody forgot the scheme.
        ("The video file admin:hunter2@10.0.0.7/x does not exist", "The video file … does not exist"),
        ("10.0.0.7/user=admin_password=hunter2", "10.0.0.7/…"),
        ("cam/live?auth=hunter2", "cam/live…"),
        ("user@http://h/hunter2", "…"),
        ("Authorization: Basic YWRtaW46aHVudGVyMg==", "Authorization: …"),
    ],
)
def test_what_could_open_a_camera_is_left_out(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "/dev/video0",
        "/media/My Clips/a@home.mp4",
        "file:///clips/a.mp4 cannot be read.",
        "The fleet at https://localhost:8443 cannot be reached: check its address.",
        "http://127.0.0.1/ and http://h:80.",
        "officer@example.org pressed",
        "USB Audio 2.0: hw:1,0\n  was unplugged",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert without_secrets(text) == text


SECRET = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="…"), min_size=4, max_size=12
)
PLACES = (
    "rtsp://{0}:{1}@10.0.0.7:554/cam",
    "http://10.0.0.7/cam?user={0}&password={1}",
    "rtsp://10.0.0.7/user={0}_password={1}_channel=1",
    "rtmp://10.0.0.7:1935/{0}/{1}",
    "{0}:{1}@10.0.0.7/cam",
)
AROUND = ("{}", "The stream {} does not answer.", "'{}'", "[Errno 5] refused: '{}': why", "({})", "a {} b {}")


@given(SECRET, SECRET, st.sampled_from(PLACES), st.sampled_from(AROUND))
def test_no_name_and_no_password_survives(name: str, password: str, place: str, around: str) -> None:
    address = place.format(f"Q{name}Z", f"Q{password}Z")
    text = around.replace("{}", address)
    shown = without_secrets(text)
    for secret in (f"Q{name}", f"{name}Z", f"Q{password}", f"{password}Z"):
        assert secret not in shown
    assert len(shown) <= len(text)


@given(st.text(st.sampled_from(list("ab1:/@?#&=.…'\"()[] \n%-httprtsp"))))
def test_doing_it_twice_changes_nothing_and_no_text_grows(text: str) -> None:
    once = without_secrets(text)
    assert without_secrets(once) == once
    assert len(once) <= len(text)
