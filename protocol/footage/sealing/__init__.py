"""Sealing keys to recipients, and opening what was sealed."""
