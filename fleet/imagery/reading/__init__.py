"""Reading a file that came from outside, in a process of its own that can do little else."""
