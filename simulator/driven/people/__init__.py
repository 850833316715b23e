"""People who are signed in at a fleet in virtual time."""
