"""``lapel-verify``: the thin shell around the pure verifier, the one place here that reads files."""
