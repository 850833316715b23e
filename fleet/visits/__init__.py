"""Visits to tenants: planned, told of in writing, agreed to or not, and the recordings made on them."""
