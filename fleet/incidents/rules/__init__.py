"""What incidents are told by, as pure rules: no files, database, clock or randomness of its own."""
