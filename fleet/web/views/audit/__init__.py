"""The audit log as its page shows it. Pure."""
