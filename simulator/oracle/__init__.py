"""The oracle: what a run's own history says must be there at the end, and whether it is. Pure."""
