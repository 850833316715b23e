"""A recording's own key, by which the vault's newest key opens what an earlier one was sealed to."""
