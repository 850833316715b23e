"""Storm: shifts drawn by a seed, with faults; what breaks a promise is made short and kept as a scenario."""
