"""Requests that people make of the landlord: their rights, complaints, police and courts (F10)."""
