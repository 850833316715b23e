"""Incidents, and what people say of recordings: category, incident or not, notes, saved views."""
