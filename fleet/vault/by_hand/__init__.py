"""That the vault was sealed by hand, as every process of the fleet knows it."""
