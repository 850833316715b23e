"""A release: what of a recording was given to somebody, and what shows which of it nobody touched."""
