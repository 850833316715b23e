"""The fleet's own keys and certificates, and when they end."""

from __future__ import annotations

from cryptography import x509

from fleet.health.reading import AuthorityEnd, KeyEnd
from fleet.pki.authority import Authority
from fleet.vault.keybox import OpenedBy
from fleet.vault.vault import Vault

_RENEWED = "The service renews it by itself."
_NOT_RENEWED = "The service has not renewed it: start the service anew, and look at its log."
_WITH_IT = "It ends with the authority."
_NO_TRUST = (
    "No camera connects until it is enrolled anew. Signatures of before are checked by it as they were."
)
_SIGNS = "It signs the certificates of the service and of cameras."
_WITH_ISSUING = "It is renewed when the issuing authority is."
_OWN = (
    (
        "server",
        "Certificate of the dashboard, of uploads and of the broker",
        "By it cameras and browsers know the service.",
    ),
    ("service", "Certificate of the service at its broker", "By it the broker knows the service."),
    ("receipts", "Certificate that signs receipts", "By it a camera knows that footage is safe here."),
    (
        "checkpoints",
        "Certificate that signs checkpoints of the audit log",
        "By its key others see that no entry was changed or taken away.",
    ),
)
_KEPT = {
    OpenedBy.KEY_FILE: "Keep a copy of the vault and of its key file apart: without them nothing but a "
    "recovery key, if the fleet was given one, opens footage.",
    OpenedBy.PASSPHRASE: "Keep a copy of the vault, and its passphrase where two people find it: without "
    "them nothing but a recovery key, if the fleet was given one, opens footage.",
    OpenedBy.HARDWARE: "Keep a copy of the vault, and of the key on the hardware module as its maker says: "
    "without them nothing but a recovery key, if the fleet was given one, opens footage.",
    OpenedBy.SHARES: "Keep a copy of the vault: without it, and as many shares as are needed, nothing but a "
    "recovery key, if the fleet was given one, opens footage.",
}


def key_ends(authority: Authority, vault: Vault) -> tuple[KeyEnd, ...]:
    """Return them, the authority first.

    Raises:
        OSError: a certificate's file cannot be read.
        ValueError: it is no certificate.
    """
    signs = "It signs the certificate of the issuing authority." if authority.has_issuing else _SIGNS
    root = KeyEnd(
        "Certificate authority",
        f"{signs} Every enrolment code ends with the letters beside its name.",
        authority.fingerprint,
        authority.certificate.not_valid_after_utc,
        "Before that every camera is enrolled anew.",
        _NO_TRUST,
    )
    issuing = KeyEnd(
        "Issuing authority",
        _SIGNS,
        "",
        authority.issuing.not_valid_after_utc,
        "Before that the root gives it the next one: lapel-fleet authority renew-issuing.",
        "No camera can connect until the root gives it the next one: lapel-fleet authority renew-issuing.",
    )
    own = tuple(_own(authority, file, name, use) for file, name, use in _OWN)
    sealing = tuple(
        KeyEnd(
            "Key that footage is sealed to",
            "Its private half lies in the vault.",
            each.info.key_id.hex()[:16],
            None,
            _KEPT[vault.opener.by],
        )
        for each in vault.recipients()
    )
    return (root, *((issuing,) if authority.has_issuing else ()), *own, *sealing)


def authority_end(authority: Authority) -> AuthorityEnd:
    """Return when the authority ends, or what issues in its name."""
    issuing = authority.has_issuing and authority.ends < authority.certificate.not_valid_after_utc
    return AuthorityEnd(authority.ends, issuing)


def _own(authority: Authority, file: str, name: str, use: str) -> KeyEnd:
    ends = x509.load_pem_x509_certificate(authority.file(f"{file}.pem").read_bytes()).not_valid_after_utc
    is_at_end = ends >= authority.issuing.not_valid_after_utc
    with_it = (_WITH_ISSUING, _WITH_ISSUING) if authority.has_issuing else (_WITH_IT, _NO_TRUST)
    then, after = with_it if is_at_end else (_RENEWED, _NOT_RENEWED)
    return KeyEnd(name, use, "", ends, then, after)
