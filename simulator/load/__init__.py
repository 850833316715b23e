"""Load: many light cameras from one process, and what a fleet makes of them, seen from another."""
