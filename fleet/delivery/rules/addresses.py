"""Which addresses a webhook may be sent to. Pure.

By itself only addresses of the public internet: else whoever writes the configuration, or the answer of a
name server, could have this service knock at machines next to it that trust it. Where
``webhook.private_addresses`` is set, private addresses and this machine too. Never link-local ones, behind
which clouds answer with credentials, nor addresses of many or of nobody.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address


def is_allowed(address: str, *, private: bool) -> bool:
    """Say whether a webhook may be sent to an address.

    Args:
        address: as a name server gave it.
        private: whether private addresses are meant.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None and found.ipv4_mapped is None:
            return False  # a tunnel may lead anywhere
        found = inner or found
    return _is_allowed(found, private=private)


def _is_allowed(address: IPv4Address | IPv6Address, *, private: bool) -> bool:
    if address.is_multicast or address.is_unspecified or address.is_link_local:
        return False
    if address.is_global:
        return True
    return private and (address.is_loopback or (address.is_private and not address.is_reserved))
