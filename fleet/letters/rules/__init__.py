"""What is decided of letters. Pure: no database, no clock, no files."""
