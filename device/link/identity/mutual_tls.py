"""TLS in which the camera shows its own certificate too, on top of ``device.link.tls``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from device.link.errors import IdentityError
from device.link.identity.identity import AGAIN, CameraIdentity
from device.link.tls import authority_context

if TYPE_CHECKING:
    import ssl


def enrolled_context(identity: CameraIdentity) -> ssl.SSLContext:
    """A context that shows the camera's certificate and accepts the fleet's alone.

    Raises:
        IdentityError: the files of certificate and key cannot be used.
    """
    context = authority_context(identity.authority_pem)
    show_certificate(context, identity)
    return context


def show_certificate(context: ssl.SSLContext, identity: CameraIdentity) -> None:
    """Have new connections show this certificate; those that are open go on as they are.

    Raises:
        IdentityError: the files of certificate and key cannot be used.
    """
    try:
        context.load_cert_chain(identity.certificate_path, identity.key_path)
    except OSError as error:  # ssl.SSLError is one
        folder = identity.certificate_path.parent
        raise IdentityError(f"Certificate or key in {folder} is damaged: {AGAIN}") from error
