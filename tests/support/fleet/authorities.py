"""Authorities as they were made before there were issuing ones: they issue by themselves."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fleet.core.files import make_private_folder, write_file
from fleet.pki.certificates import build_root
from fleet.pki.key_secret import KeySecret
from fleet.pki.own_keys import OwnKeys


def plain_key(pki: Path, name: str, folder: Path) -> Path:
    """Decrypt one of a fleet's own keys into a folder, for a program that reads plain ones."""
    key, out = OwnKeys(pki, KeySecret.of(pki, None)).read(name), folder / f"{name}.plain.key"
    write_file(out, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return out


def make_one_of_before(folder: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Write one as earlier versions did: its key lies there as it is, and no authority may be below it."""
    key = ec.generate_private_key(ec.SECP256R1())
    root = build_root(key, name="Lapel fleet authority 0a0b0c0d", now=now, days=3653, path_length=0)
    make_private_folder(folder)
    write_file(folder / "authority.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    write_file(folder / "authority.pem", root.public_bytes(Encoding.PEM))
    return root, key
