"""What cameras signed of consent: taken in, linked to visits, and given out as files."""
