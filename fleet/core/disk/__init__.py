"""Room on the disk of the state folder."""
