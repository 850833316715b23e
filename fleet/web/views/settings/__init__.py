"""What is set, and how what the service stands on is doing, as a page shows it. Pure."""
