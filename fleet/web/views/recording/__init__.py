"""What one recording's page shows: what happened, its line, what is missing, whether to trust it."""
