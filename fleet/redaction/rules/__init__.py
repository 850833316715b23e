"""What is hidden, when and where. Pure: no files, database, clock, threads or randomness of its own."""
