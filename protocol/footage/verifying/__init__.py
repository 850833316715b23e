"""The verifier: judges a recording's files without any key."""
