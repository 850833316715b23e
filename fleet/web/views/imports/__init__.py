"""Views of imports. Pure."""
