"""What signs addresses for cameras, from the configuration: where the store is, and who vouches for it.

Rules:
- the address is https, and the authorities that vouch for it are a file that cameras are told: no machine's
  own list plays a part. Plain http is for a store on this machine, which no camera elsewhere reaches;
- the access keys come from the environment, as the store's own do. Those of a machine's role are not used:
  an address signed with them ends with them, at a time that is not ours to say.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from fleet.core.config import FootageSection
from fleet.core.errors import FleetConfigError
from fleet.core.sections.store_trust import read_certificates
from fleet.footage.direct.signing import AccessKeys, StoreAddress, sign_put
from protocol.addresses import is_this_machine
from protocol.messages.uploads import MAX_AUTHORITY_CHARACTERS

GOOD_S: Final = 300
"""An address is good for so many seconds."""
NO_KEYS: Final = (
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set for the service, and addresses are signed with "
    "these alone"
)


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs addresses of one store.

    Attributes:
        address: of the store.
        keys: sign.
        authority_pem: certificates of who vouches for the store; empty where it is on this machine, by http.
    """

    address: StoreAddress
    keys: AccessKeys
    authority_pem: str

    def put(self, key: str, size: int, sha256: bytes, at: datetime, good_s: int = GOOD_S) -> str:
        """Return the address by which one object may be created from that moment on."""
        return sign_put(self.address, self.keys, key, size, sha256, at, good_s)

    def context(self) -> ssl.SSLContext:
        """Return TLS as cameras use it with it: version 1.3, and just the authorities they are told of."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        if self.authority_pem:
            context.load_verify_locations(cadata=self.authority_pem)
        return context


def signer_of(config: FootageSection, environment: Mapping[str, str]) -> Signer | None:
    """Return what signs for cameras; None where there are no keys for it.

    Raises:
        FleetConfigError: the configuration does not say all that it takes.
    """
    address, authority = _address(config), _authority(config)
    name, secret = environment.get("AWS_ACCESS_KEY_ID", ""), environment.get("AWS_SECRET_ACCESS_KEY", "")
    if not name or not secret:
        return None
    return Signer(address, AccessKeys(name, secret, environment.get("AWS_SESSION_TOKEN", "")), authority)


def _address(config: FootageSection) -> StoreAddress:
    bucket = urlsplit(config.store)
    if bucket.scheme != "s3":
        raise FleetConfigError("footage.direct is for an S3-compatible store: set footage.store as well.")
    if not config.region:
        raise FleetConfigError("footage.direct signs addresses for a region: set footage.region as well.")
    where = urlsplit(config.endpoint or f"https://s3.{config.region}.amazonaws.com")
    if where.scheme not in {"https", "http"} or not where.hostname or where.path.strip("/") or where.query:
        raise FleetConfigError(
            "footage.direct takes an endpoint of a host alone, such as https://store.example."
        )
    if where.scheme == "http" and not is_this_machine(where.hostname):
        raise FleetConfigError(
            "footage.direct has cameras send to the store themselves: footage.endpoint is to be https."
        )
    return StoreAddress(where.scheme, where.netloc, bucket.netloc, bucket.path.strip("/"), config.region)


def _authority(config: FootageSection) -> str:
    if config.endpoint.startswith("http://"):
        return ""
    key = "direct_authority" if config.direct_authority else "authority"
    path = config.direct_authority or config.authority
    if not path:
        raise FleetConfigError(
            "footage.direct takes footage.direct_authority as well: the file with the certificate of who "
            "vouches for the store, which cameras are told."
        )
    found = read_certificates(f"footage.{key}", path)
    if len(found) > MAX_AUTHORITY_CHARACTERS:
        raise FleetConfigError(f"footage.{key} = '{path}' is to hold a few certificates alone.")
    return found
