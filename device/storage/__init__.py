"""The card: one door to the filesystem, durable procedures on top of it, names, room, a start-up check."""
