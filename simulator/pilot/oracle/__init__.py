"""What a pilot's script lets one expect by itself, and the judge that holds the fleet's word against it."""
