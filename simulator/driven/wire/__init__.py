"""What is between a camera and the fleet in virtual time: a line, a broker, and what carries requests."""
