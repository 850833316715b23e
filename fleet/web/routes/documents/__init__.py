"""The pages of the landlord's documents."""
