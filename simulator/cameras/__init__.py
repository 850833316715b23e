"""Virtual cameras: one process each, which runs the real device code with virtual sensors."""
