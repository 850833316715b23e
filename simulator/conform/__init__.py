"""Whether anybody's fleet keeps the protocol, asked over the network: ``lapel-simulator conform``.

Nothing of ``device.link`` is used: what is sent is what ``docs/protocol.md`` tells a stranger to send.
"""
