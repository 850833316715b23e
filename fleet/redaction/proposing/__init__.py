"""What a machine proposes to hide: faces found and followed. People decide about each."""
