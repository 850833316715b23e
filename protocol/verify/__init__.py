"""``lapel-verify``: the thin shell around the pure verifier, the one place in this package that reads files."""
