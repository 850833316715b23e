"""Uploads: what to send next, and carrying it out until each recording has its receipt."""
