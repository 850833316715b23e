"""Deleting what is past its last day: the keys, then the bytes, then a signed certificate (F3)."""
