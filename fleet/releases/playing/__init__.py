"""Redacted copies as somebody watches them before they are approved."""
