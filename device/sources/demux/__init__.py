"""Files and streams through PyAV: one connection for picture and sound, on the source's own times."""
