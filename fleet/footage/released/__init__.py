"""What of recordings was given away with its keys: those outlive every deletion."""
