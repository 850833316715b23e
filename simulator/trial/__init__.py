"""One input, filmed by the real camera from press to export: what becomes of any file, device or address."""
