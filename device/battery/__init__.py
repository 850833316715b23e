"""The battery: what its gauge says, and when that is told."""
