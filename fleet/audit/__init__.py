"""The audit log: who did what to what, and why; it only grows (F2)."""
