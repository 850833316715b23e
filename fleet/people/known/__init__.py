"""Browsers that somebody signed in with before: what they are known by, and what they are spared."""
