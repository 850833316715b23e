"""What reviewing decides, as pure rules: no files, database, clock or randomness of its own."""
