"""Taking in what cameras send."""
