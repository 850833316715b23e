"""What is decided of requests: their clock, bases, steps and words. Pure: no database, no clock, no files."""
