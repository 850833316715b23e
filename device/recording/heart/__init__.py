"""What the camera decides: a pure function from what it knows and a message to what is to be done."""
