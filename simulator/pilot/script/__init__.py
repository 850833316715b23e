"""What a pilot's script says: pure models, its table of visits, and what can be wrong with it."""
