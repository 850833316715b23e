"""What decides about references. Pure."""
