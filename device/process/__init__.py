"""The camera as a process: how it ends, and what it asks of the kernel."""
