"""What a verification finds, as types: of a chunk, a gap, a receipt, a broken rule."""
