"""The vault: the fleet's private sealing key, and the only way to footage in plaintext."""
