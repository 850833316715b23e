"""What a context accepts, and what damaged files of the camera lead to."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from device.link.errors import IdentityError
from device.link.identity.mutual_tls import enrolled_context
from tests.support.camera.identities import enrol_without_fleet


def test_only_tls_1_3_and_only_the_fleets_authority(tmp_path: Path) -> None:
    context = enrolled_context(enrol_without_fleet(tmp_path))
    assert context.minimum_version is ssl.TLSVersion.TLSv1_3
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert len(context.get_ca_certs()) == 1


@pytest.mark.parametrize("kind", ["key", "certificate"])
def test_damaged_files_are_one_sentence(tmp_path: Path, kind: str) -> None:
    identity = enrol_without_fleet(tmp_path)
    path = {"key": identity.key_path, "certificate": identity.certificate_path}[kind]
    path.write_bytes(b"-----BEGIN NOTHING-----")
    with pytest.raises(IdentityError, match="enrol the camera again"):
        enrolled_context(identity)
