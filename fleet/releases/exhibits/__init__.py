"""Exhibit numbers of what is released, and its continuity: who had it, when, and how it changed hands."""
