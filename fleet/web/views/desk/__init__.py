"""What the people at the desk see of cameras and officers: today, what needs them, hand-out. Pure."""
