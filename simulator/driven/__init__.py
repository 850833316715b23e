"""Virtual time: cameras and fleet on one driven clock, in one thread, the same for the same seed."""
