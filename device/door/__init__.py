"""What the camera does about what is said at the door."""
