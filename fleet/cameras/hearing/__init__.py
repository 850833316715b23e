"""Hearing what cameras say, each for itself, however much one of them says."""
