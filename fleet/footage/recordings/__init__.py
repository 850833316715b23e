"""Recordings as the fleet knows them: rows, what is made and missing, and how lists show them."""
