"""What the processes of camera and fleet ask of their machine. Nothing here is of the footage."""
