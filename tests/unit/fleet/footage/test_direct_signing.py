"""Signed addresses: the same as another implementation of the standard makes, and for one thing alone."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from fleet.core.config import FootageSection
from fleet.core.errors import FleetConfigError
from fleet.core.files import make_folder
from fleet.footage.direct.signer import signer_of
from fleet.footage.direct.signing import AccessKeys, StoreAddress, sign_put
from fleet.footage.store import names
from protocol.addresses import is_this_machine
from protocol.messages.uploads import direct_headers

SHA256 = hashlib.sha256(b"x").digest()
AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
KEYS = AccessKeys("AKIDEXAMPLE", "a-secret/+that=nobody sees", "")
WHERE = StoreAddress("https", "store.example:9000", "footage", "landlord", "eu-west-2")
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
WORDS = st.text("abcXYZ019-_.~", min_size=1, max_size=12)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


def of_botocore(where: StoreAddress, keys: AccessKeys, key: str, size: int, at: datetime, good_s: int) -> str:
    request: Any = AWSRequest("PUT", f"{where.scheme}://{where.host}{where.path(key)}")
    for name, value in direct_headers(size, SHA256).items():
        request.headers[name] = value
    credentials = Credentials(keys.name, keys.secret, keys.token or None)
    with patch("botocore.auth.get_current_datetime", return_value=at.replace(tzinfo=None)):
        S3SigV4QueryAuth(credentials, "s3", where.region, expires=good_s).add_auth(request)
    return str(request.url)


@given(
    key=st.lists(WORDS, min_size=1, max_size=4).map("/".join),
    prefix=st.lists(WORDS, max_size=2).map("/".join),
    token=st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), max_size=40),
    size=st.integers(1, 2**40),
    at=moments,
    good_s=st.integers(1, 604_800),
)
def test_an_address_is_what_the_standard_says(
    key: str, prefix: str, token: str, size: int, at: datetime, good_s: int
) -> None:
    where = StoreAddress("https", "store.example:9000", "footage", prefix, "eu-west-2")
    keys = AccessKeys(KEYS.name, KEYS.secret, token)
    url = sign_put(where, keys, key, size, SHA256, at, good_s)
    assert asked(url) == asked(of_botocore(where, keys, key, size, at, good_s))
    parts = urlsplit(url)
    assert unquote(parts.path) == "/" + "/".join(each for each in ("footage", prefix, key) if each)
    assert KEYS.secret not in unquote(url)


def asked(url: str) -> tuple[str, str, dict[str, list[str]]]:
    parts = urlsplit(url)
    return parts.netloc, parts.path, parse_qs(parts.query, strict_parsing=True)


@given(st.data())
def test_each_thing_that_is_signed_for_changes_the_signature(data: st.DataObject) -> None:  # proves L1, L2
    right: dict[str, Any] = {"key": "a", "size": 5, "sha256": SHA256, "at": AT, "good_s": 300}
    other: dict[str, Any] = {
        "key": WORDS,
        "size": st.integers(1, 2**40),
        "sha256": st.binary(min_size=32, max_size=32),
        "at": moments,
        "good_s": st.integers(1, 604_800),
    }
    name = data.draw(st.sampled_from(sorted(right)))
    value = data.draw(other[name].filter(lambda drawn: drawn != right[name]))
    if name == "at" and value.replace(microsecond=0) == AT:
        return  # the standard knows whole seconds
    signatures = {
        sign_put(WHERE, KEYS, **each).rpartition("X-Amz-Signature=")[2]
        for each in (right, {**right, name: value})
    }
    assert len(signatures) == 2


def test_keys_are_in_nothing_that_is_printed() -> None:
    keys = AccessKeys("name", "the secret", "the token")
    assert repr(keys) == "AccessKeys(name='name')"


@given(st.text(max_size=60), st.integers(-5, 5), st.text(max_size=70))
def test_nothing_else_gets_a_name_among_what_arrives(name: str, size: int, sha256: str) -> None:  # proves L1
    place = names.Place("cam-01", 7)
    right = "0" * 32 + "-00000000.seg"
    for given_ in ((name, 1, "0" * 64), (right, size, sha256)):
        try:
            key = names.arriving_key(place, *given_)
        except ValueError:
            continue
        assert key.startswith("scratch/arriving/cam-01/00000007/")
        assert key.count("/") == 5
        assert ".." not in key


def section(folder: Path, **more: Any) -> FootageSection:  # noqa: ANN401 - of the configuration
    given_ = {"store": "s3://footage/landlord", "region": "eu-west-2", "direct": True}
    return FootageSection(**{**given_, "endpoint": "https://store.example", **more})


@pytest.fixture
def authority(tmp_path: Path) -> str:
    from fleet.pki.authority import open_authority  # noqa: PLC0415 - it is slow to load for the others

    make_folder(tmp_path / "pki")
    open_authority(tmp_path / "pki", now=AT)
    return str(tmp_path / "pki" / "authority.pem")


def test_cameras_are_told_who_vouches_for_the_store(tmp_path: Path, authority: str) -> None:  # proves L1
    signer = signer_of(section(tmp_path, direct_authority=authority), ENVIRONMENT)
    assert signer is not None
    assert signer.authority_pem == Path(authority).read_text(encoding="ascii")
    assert signer.address == StoreAddress("https", "store.example", "footage", "landlord", "eu-west-2")
    signer.context()
    of_amazon = signer_of(section(tmp_path, direct_authority=authority, endpoint=""), ENVIRONMENT)
    assert of_amazon is not None
    assert of_amazon.address.host == "s3.eu-west-2.amazonaws.com"


@pytest.mark.parametrize("environment", [{}, {"AWS_ACCESS_KEY_ID": "A"}, {"AWS_SECRET_ACCESS_KEY": "S"}])
def test_without_keys_nothing_is_signed(tmp_path: Path, authority: str, environment: dict[str, str]) -> None:
    assert signer_of(section(tmp_path, direct_authority=authority), environment) is None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"store": ""}, "set footage.store"),
        ({"region": ""}, "set footage.region"),
        ({"endpoint": "http://store.example"}, "footage.endpoint is to be https"),
        ({"endpoint": "http://10.0.0.7:9000"}, "footage.endpoint is to be https"),
        ({"endpoint": "https://store.example/path"}, "an endpoint of a host alone"),
        ({"endpoint": "ftp://store.example"}, "an endpoint of a host alone"),
        ({}, "takes footage.direct_authority as well"),
        ({"direct_authority": "/nowhere"}, "holds no certificates"),
        ({"direct_authority": os.devnull}, "holds no certificates"),
    ],
)
def test_a_configuration_that_does_not_say_all_of_it_is_refused(
    tmp_path: Path, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(FleetConfigError, match=said) as caught:
        signer_of(section(tmp_path, **more), ENVIRONMENT)
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_with_a_key_is_told_to_nobody(tmp_path: Path, authority: str) -> None:
    both = tmp_path / "both.pem"
    both.write_text(Path(authority).read_text(encoding="ascii") + "-----BEGIN PRIVATE KEY-----\n")
    with pytest.raises(FleetConfigError, match="a few certificates alone"):
        signer_of(section(tmp_path, direct_authority=str(both)), ENVIRONMENT)


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("localhost", True)]
    + [(each, False) for each in ("store.example", "10.0.0.1", "localhost.example", "1270.0.0.1", "")],
)
def test_this_machine_is_known_by_its_very_name(host: str, here: bool) -> None:
    assert is_this_machine(host) is here
