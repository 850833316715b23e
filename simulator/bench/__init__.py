"""The tester's bench: a page with a wall of virtual cameras, on this machine alone."""
