"""Alerts of what the desk looks at: cameras, recordings, the vault, the disk, and holds."""
