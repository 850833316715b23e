"""Who is connected to the service's listeners, and who is let go of so that others are answered (F9)."""
