"""What was seen, piece by piece: the smallest parts of what the oracle judges. Pure."""
