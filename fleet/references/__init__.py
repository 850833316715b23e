"""References for the person recorded: codes by which they see what is kept of one visit, and nothing else."""
