"""Whether the footage of a camera of anybody's opens, plays and keeps time: ``lapel-simulator open``."""
