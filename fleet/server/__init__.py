"""The running service: two HTTPS listeners, the broker beside them, and how everything is put together."""
