"""How alerts are shown. Pure."""
