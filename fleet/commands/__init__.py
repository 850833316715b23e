"""Groups of commands of ``lapel-fleet`` that are too many for its own file."""
