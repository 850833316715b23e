"""Verifying whole recordings, and the receipt that follows."""
