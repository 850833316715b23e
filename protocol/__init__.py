"""What a camera and the fleet agree on: the footage format and the messages.

``protocol.footage`` and ``protocol.messages`` are pure: they open no file and no socket, read no clock and
draw no randomness. ``protocol.verify`` is the thin shell around the verifier, the one place here that reads
files.
"""
