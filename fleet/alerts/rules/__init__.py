"""What alerts are, and what follows from looking at the facts. Pure: no database, no clock."""
