"""Several processes of one fleet, on one PostgreSQL: hints between them, and who of them does what.

One process alone on SQLite needs none of it, and pays nothing for it.
"""
