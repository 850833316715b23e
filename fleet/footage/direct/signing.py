"""Addresses by which somebody without credentials may put one object into an S3 store. Pure.

An address is signed by AWS Signature Version 4 in its query (``X-Amz-Algorithm=AWS4-HMAC-SHA256``) for one
key, one length, one SHA-256, and for creating alone: ``content-length``, ``x-amz-checksum-sha256`` and
``if-none-match`` are among the signed headers, so that a store that reads them takes nothing else. It ends by
the clock of the store.

obstore signs addresses too, but for no header except ``host``.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from protocol.messages.uploads import direct_headers

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_SERVICE: Final = "s3"


@dataclass(frozen=True, slots=True)
class AccessKeys:
    """Credentials of a store; none of it is in what this prints as.

    Attributes:
        name: the access key's.
        secret: what signs.
        token: of a session, empty without one.
    """

    name: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """Where a bucket is reached, its name in the path.

    Attributes:
        scheme: http or https.
        host: with the port, where it has one.
        bucket: its name.
        prefix: what every key begins with, without slashes at its ends; empty for none.
        region: that the signature is for.
    """

    scheme: str
    host: str
    bucket: str
    prefix: str
    region: str

    def path(self, key: str) -> str:
        """Return the path of an object."""
        return "/" + quote("/".join(each for each in (self.bucket, self.prefix, key) if each), safe="/-_.~")


def sign_put(
    address: StoreAddress, keys: AccessKeys, key: str, size: int, sha256: bytes, at: datetime, good_s: int
) -> str:
    """Return the address by which one object may be created.

    Args:
        address: of the store.
        keys: sign it.
        key: of the object.
        size: in bytes.
        sha256: of its bytes.
        at: from when it is good.
        good_s: for so many seconds, by the store's clock.
    """
    headers = {name.lower(): value for name, value in direct_headers(size, sha256).items()}
    headers["host"] = address.host
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{stamp[:8]}/{address.region}/{_SERVICE}/aws4_request"
    query = {
        "X-Amz-Algorithm": _ALGORITHM,
        "X-Amz-Credential": f"{keys.name}/{scope}",
        "X-Amz-Date": stamp,
        "X-Amz-Expires": str(good_s),
        "X-Amz-SignedHeaders": ";".join(sorted(headers)),
    }
    if keys.token:
        query["X-Amz-Security-Token"] = keys.token
    path, asked = address.path(key), _query(query)
    lines = [f"{name}:{headers[name]}" for name in sorted(headers)]
    request = "\n".join(("PUT", path, asked, *lines, "", query["X-Amz-SignedHeaders"], "UNSIGNED-PAYLOAD"))
    text = "\n".join((_ALGORITHM, stamp, scope, hashlib.sha256(request.encode()).hexdigest()))
    signature = hmac.new(_signing_key(keys.secret, scope), text.encode(), hashlib.sha256).hexdigest()
    return f"{address.scheme}://{address.host}{path}?{asked}&X-Amz-Signature={signature}"


def _query(values: Mapping[str, str]) -> str:
    pairs = ((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in values.items())
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _signing_key(secret: str, scope: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
