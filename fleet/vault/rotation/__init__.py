"""The keys that the vault had before the one that counts, and what takes their place."""
