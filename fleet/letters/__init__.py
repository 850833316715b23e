"""Letters: templates that the landlord edits, and what was sent, kept exactly as it was."""
