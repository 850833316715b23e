"""Checkpoints of the audit log: a size and a root, signed, and kept where the database is not."""
