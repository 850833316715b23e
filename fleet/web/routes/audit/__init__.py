"""The audit log's pages: reading it, verifying it, and taking it away."""
