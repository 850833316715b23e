"""Retention: how long recordings are kept, what keeps them longer, and how they go."""
