from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from fleet.core.errors import SigningRequestError, StateError
from fleet.pki.authority import Authority, camera_name, open_authority
from protocol.messages.enrolment import check_certificates, parse_code
from tests.support.fleet.fleet import camera_request
from tests.support.vectors.keyless import FITS_ALL, NEUTRAL_KEY

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cam-99")])


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return open_authority(tmp_path / "pki", now=NOW)


def issue(authority: Authority, camera: str = "cam-01", days: int = 90) -> x509.Certificate:
    _, request = camera_request()
    issued = authority.issue_camera(request, camera=camera, now=NOW, days=days)
    return x509.load_pem_x509_certificate(issued.pem.encode())


def test_the_authority_is_made_once_and_kept(tmp_path: Path, authority: Authority) -> None:
    again = open_authority(tmp_path / "pki", now=NOW + timedelta(days=1))
    assert again.der == authority.der
    assert authority.certificate.not_valid_after_utc - NOW > timedelta(days=3650)
    assert isinstance(authority.certificate.public_key(), ec.EllipticCurvePublicKey)


def test_keys_are_for_their_owner_only(tmp_path: Path, authority: Authority) -> None:
    authority.renew_own([], NOW)
    keys = sorted((tmp_path / "pki").glob("*.key"))
    assert [key.stem for key in keys] == [
        "authority",
        "checkpoints",
        "issuing",
        "receipts",
        "server",
        "service",
    ]
    secret = tmp_path / "pki" / "key-file"
    assert {key.stat().st_mode & 0o777 for key in (*keys, secret)} == {0o600}
    assert (tmp_path / "pki").stat().st_mode & 0o777 == 0o700


def test_a_camera_gets_the_name_that_the_fleet_chose(authority: Authority) -> None:  # proves L1
    key = Ed25519PrivateKey.generate()
    request = x509.CertificateSigningRequestBuilder().subject_name(NAME).sign(key, None)
    issued = authority.issue_camera(
        request.public_bytes(Encoding.PEM).decode(), camera="cam-01", now=NOW, days=90
    )
    certificate = x509.load_pem_x509_certificate(issued.pem.encode())
    assert camera_name(certificate.public_bytes(Encoding.DER)) == "cam-01"
    assert certificate.public_key() == key.public_key()
    chain = check_certificates(issued.pem, authority.der)
    assert len(chain) == 3, "its own, the issuing authority's and the root's"
    certificate.verify_directly_issued_by(authority.issuing)
    assert certificate.not_valid_after_utc == NOW + timedelta(days=90)
    assert issued.expires == certificate.not_valid_after_utc


def test_a_camera_certificate_is_for_clients_and_signing_only(authority: Authority) -> None:
    certificate = issue(authority)
    uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert ExtendedKeyUsageOID.CLIENT_AUTH in uses
    assert ExtendedKeyUsageOID.SERVER_AUTH not in uses
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_no_certificate_outlives_the_authority(authority: Authority) -> None:
    assert issue(authority, days=36500).not_valid_after_utc == authority.issuing.not_valid_after_utc


@pytest.mark.parametrize("name", ["fleet", "Cam", "cam/01", "", "a" * 33, "cam-01\n"])
def test_a_name_that_could_mislead_is_never_issued(authority: Authority, name: str) -> None:
    with pytest.raises(SigningRequestError):
        issue(authority, name)


def elliptic() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(NAME).sign(key, hashes.SHA256())
    return request.public_bytes(Encoding.PEM).decode()


def forged() -> str:
    """A request for somebody else's key: its own signature does not fit."""
    _, request = camera_request()
    der = bytearray(x509.load_pem_x509_csr(request.encode()).public_bytes(Encoding.DER))
    der[-1] ^= 1
    return x509.load_der_x509_csr(bytes(der)).public_bytes(Encoding.PEM).decode()


def keyless() -> str:
    """A request for a key with which anybody can sign, signed so."""
    _, request = camera_request()
    found = x509.load_pem_x509_csr(request.encode())
    own = found.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    der = found.public_bytes(Encoding.DER).replace(own, NEUTRAL_KEY).replace(found.signature, FITS_ALL)
    return x509.load_der_x509_csr(der).public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize(
    ("request_pem", "why"),
    [
        ("", "not a PKCS #10 request"),
        ("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", "not a PKCS #10"),
        ("ü", "not a PKCS #10 request"),
        ("x" * 5000, "too long"),
        (elliptic(), "not Ed25519"),
        (forged(), "not signed by its own key"),
        (keyless(), "anybody can sign"),
    ],
)
def test_a_request_that_proves_nothing_is_refused(authority: Authority, request_pem: str, why: str) -> None:
    with pytest.raises(SigningRequestError, match=why):
        authority.issue_camera(request_pem, camera="cam-01", now=NOW, days=90)


def test_own_certificates_are_renewed_when_they_must_be(authority: Authority) -> None:
    assert authority.renew_own(["fleet.example"], NOW)
    assert not authority.renew_own(["fleet.example"], NOW)
    before = authority.file("server.pem").read_bytes()
    assert authority.renew_own(["fleet.example", "10.0.0.5"], NOW)
    assert authority.renew_own(["fleet.example", "10.0.0.5"], NOW + timedelta(days=380))
    assert authority.file("server.pem").read_bytes() != before
    certificate = x509.load_pem_x509_certificate(authority.file("server.pem").read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {"localhost", "fleet.example"} <= set(names.get_values_for_type(x509.DNSName))
    assert {"127.0.0.1", "::1", "10.0.0.5"} <= {str(ip) for ip in names.get_values_for_type(x509.IPAddress)}


def test_a_crash_between_certificate_and_key_is_mended(authority: Authority) -> None:
    authority.renew_own([], NOW)
    old = authority.file("server.key").read_bytes()
    authority.file("server.pem").unlink()
    authority.renew_own([], NOW)
    authority.file("server.key").write_bytes(old)  # as if the crash had come before the key was written
    assert authority.renew_own([], NOW)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
        authority.file("server.pem"),
        authority.file("server.key"),
        password=authority.own_keys.password("server"),
    )


def test_the_receipts_key_signs_receipts_and_is_no_client(authority: Authority) -> None:
    authority.renew_own([], NOW)
    key, (own_der, _issuing_der, authority_der) = authority.receipts_key()
    own = x509.load_der_x509_certificate(own_der)
    assert own.public_key() == key.public_key()
    assert authority_der == authority.der
    uses = own.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert ExtendedKeyUsageOID.CLIENT_AUTH not in uses
    assert camera_name(own_der) is None


def test_the_code_lets_a_camera_know_its_authority(tmp_path: Path, authority: Authority) -> None:
    other = open_authority(tmp_path / "other", now=NOW)
    code = parse_code(f"secret-of-the-code.{authority.fingerprint}")
    assert code.trusts(authority.der)
    assert not code.trusts(other.der)


@pytest.mark.parametrize("damage", ["missing", "garbled", "another's"])
def test_a_damaged_authority_is_refused_and_never_replaced(
    tmp_path: Path, authority: Authority, damage: str
) -> None:
    key_file = authority.file("issuing.key")
    match damage:
        case "missing":
            key_file.unlink()
        case "garbled":
            key_file.write_bytes(b"nonsense")
        case _:
            other = open_authority(tmp_path / "other", now=NOW)
            key_file.write_bytes(other.file("issuing.key").read_bytes())
    with pytest.raises(StateError, match="restore"):
        open_authority(tmp_path / "pki", now=NOW)


def test_an_authority_that_ended_says_so(tmp_path: Path, authority: Authority) -> None:
    with pytest.raises(StateError, match="renew-issuing"):
        open_authority(tmp_path / "pki", now=authority.issuing.not_valid_after_utc)
    with pytest.raises(StateError, match="enrolled anew"):
        open_authority(tmp_path / "pki", now=authority.certificate.not_valid_after_utc)
