"""The fleet's certificate authority."""
