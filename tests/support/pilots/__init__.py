"""Scripts of pilots that tests play."""
