"""The chain of a camera's recordings: whether several of them fit each other."""
