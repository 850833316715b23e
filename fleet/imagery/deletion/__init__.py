"""Deleting imports, and the certificates of that."""
