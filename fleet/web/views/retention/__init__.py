"""How long recordings are kept, as pages show it. Pure."""
