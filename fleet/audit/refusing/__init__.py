"""What of refusals is written into the log, and what is counted."""
