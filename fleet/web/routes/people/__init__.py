"""Pages about people that have a file of their own each; the older ones stand beside this folder."""
