"""What was imported, as it lies sealed in the store, and the keys that open it."""
