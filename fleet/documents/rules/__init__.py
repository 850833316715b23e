"""What is decided of the landlord's documents. Pure: no database, no clock, no files."""
