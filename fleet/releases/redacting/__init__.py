"""What is hidden in a release: the drafts of it, kept; who watched the copy; and what was approved."""
